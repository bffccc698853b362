"""What a language model says of itself, of what it was asked and of what it is about to write."""

import re

_SAYS = (
    "prompt", "프롬프트", "json", "언어", "language model", " ai", "ai ", "ai로", "인공지능", "delta",
    "lorem", "chatgpt", "챗gpt", "openai", "instruction", "지시", "지침", "명령", "choice", "event", "result",
    "infrastructure", "system:", "user:", "assistant", "어시스턴트", "요청하신", "cannot", "can't", "sorry",
    "current", "market_", "schema", "스키마", "my ", "apolog", "let me", "i'm ", "i am ", "i've ", "i have ",
    "i will ", "i'll ", "the user ", "you are a", "act as", "i was trained", "characters", "words", "tokens",
    "description", "requested", "hope th", "feel free", "step by step", "certainly", "sure",
    "선택지", "이벤트", "사용자가", "학습", "죄송", "드리겠", "드렸", "보았습", "다음은", "아래", "당신은",
    "너는", "글자", "자 이", "자를", "도움이", "말씀", "단계별", "시나리오", "답변", "효과", "지식",
    "title", "제목", "설명:",
)  # fmt: skip
"""Without one of these nothing below is said: most texts are done here."""
_WORK_KO = "(?:이벤트|시나리오|선택지|답변|응답|초안|예시|결과물)"
_WORK_EN = "(?:event|choices?|scenario|draft|output|example|version|response|descriptions?)"
_FIELD = "(?:title|description|choices?|result|severity|effects?|제목|설명|선택지|결과|심각도|효과)"

_OF_ITSELF = (
    r"언어 ?모델|language model|(?:as|i am|i'm) an? (?:ai|artificial intelligence|llm|large)\b",
    r"(?:ai|인공지능)(?: 언어)?(?: ?모델| ?비서| ?어시스턴트)?로서\b",
    r"chatgpt|챗gpt|openai|\bgpt-?\d",
    "my (?:training|knowledge)(?: data| cut-?off| ends| stops)|i was trained|as of my (?:last|latest)",
    "(?:제|저의|내) (?:학습|훈련) ?(?:데이터|자료)|(?:제가|저는) (?:학습|훈련)(?:한|된|되|받)",
    "(?:제|저의) 지식(?:은|에|으로)|지식 ?(?:기준일|한계일|컷오프)",
)
_REFUSES = (
    "i(?:'m| am) sorry,? but i (?:can|am not)|i(?:'m| am) (?:not allowed|programmed|designed) to",
    "i (?:cannot|can't) (?:assist|comply|fulfil|help with|generate|provide)",
    r"(?:sorry|apologi[sz]e)\b.{0,30}\bi(?:'m| am)? (?:can't|cannot|unable|not able)\b",
    (
        "죄송(?:하지만|합니다)[^!?]{0,30}(?:요청|질문|내용|주제|부탁)[^.!?]{0,20}(?:답|도와|응하|작성|제공|생성)"
        "[^.!?]{0,8}(?:수 ?없|어렵)"
    ),
)
_ITS_ORDERS = (
    "system[ _]prompt|시스템 ?프롬프트|프롬프트(?:를|을|에|의)? ?(?:공개|무시|따라|유출|내용|출력|지시)",
    "(?:json|출력|output) ?(?:schema|스키마|형식|format|object|객체)|schema ?(?:of|for) ?the ?output",
    "(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier|instruction)",
    "(?:이전|앞선|위의?|기존|모든) ?(?:지시|지침|명령)(?:사항)?[을를은는]? ?(?:모두 |전부 )?(?:무시|잊)",
    "(?:지시|지침) ?사항(?:에 따라|대로) (?:작성|생성|출력)",
    "(?:my|the|your|following) instructions? (?:say|said|are|were|is|tell|told)",
    "^(?:system|user|assistant|developer|시스템|사용자|어시스턴트) ?:",
    r"(?:you are|act as|you're) (?:an? )?(?:\w+ ){0,3}(?:writer|assistant|designer|game master|narrator)\b",
    "(?:당신|너)[은는] [^.!?]{0,24}(?:작가|비서|조수|도우미|어시스턴트|기획자|모델|생성기)(?:입니다|이다|야)",
    (
        r"(?:do not|don't|never|must not) (?:exceed|use|write|go over)(?: more than)? \w+ "
        r"(?:characters|words|tokens|sentences)\b"
    ),
    r"(?:at most|no more than|under|within|up to|maximum(?: of)?|max\.?) \w+ (?:characters|tokens)\b",
    r"\d+ ?(?:글자|자|토큰|단어|문장)[를을]? ?(?:이내|이하|미만|안팎|넘)",
    "효과의? ?부호|이벤트 ?유형|선택지[를을은는]",
    "the user (?:wants|asks|asked|is asking|requests|requested|needs|expects) (?:me |us |for |an? )",
    (
        "사용자가 ?[^.!?]{0,24}(?:이벤트|시나리오|답변|응답|출력|한국어|영어)[를을로]? ?[^.!?]{0,10}"
        "(?:원하|원한|요청|요구|바라|부탁|물었|물어)"
    ),
)
_ITS_WORK = (
    "(?:here is|here's|below is) (?:the|your|a) (?:json|event|requested|generated)",
    rf"here (?:is|are) (?:an?|the|your|my|some|three|two)\b.{{0,30}}\b{_WORK_EN}\b",
    r"요청하신 ?(?:json|이벤트|형식|내용|대로)|\bas (?:you )?requested\b",
    "let me (?:think|write|draft|generate|create|craft|produce|know if)|let'?s think",
    rf"i(?:'ve| have|'ll| will)(?: now)? (?:writ|creat|generat|draft|craft|provid)\w* .{{0,30}}\b{_WORK_EN}",
    "^(?:sure|certainly|of course|absolutely|understood|got it)[,.!:] ?(?:here|i(?:'ll| will)|below|let me)",
    "hope th(?:is|at) helps|feel free to (?:ask|let|reach)|think(?:ing)? (?:this through )?step by step",
    (
        f"{_WORK_KO}[를을]? ?[^.!?]{{0,16}}(?:작성|생성|만들어|제공|출력|구성|준비)[가-힣 ]{{0,6}}"
        "(?:드리겠|드릴게|드렸|드립니다|보았|봤습|보겠|줄게)"
    ),
    f"(?:다음|아래)[은는]? ?[^.!?]{{0,24}}{_WORK_KO}(?:입니다|이다|예요|이에요)",
    "(?:도움이|참고가) 되(?:었|셨|시)(?:기를|길|으면)|단계별로 (?:생각|풀어)|차근차근 생각해 ?보(?:면|자|겠)",
    "(?:추가|더) ?[^.!?]{0,12}(?:있으|필요하)(?:시)?면 ?[^.!?]{0,8}말씀",
)
_ITS_FORMAT = (
    r"\b(?:cash|users|trust)_?delta|\b(?:result_?text|choice_?id|event_?id|event_?type)\b",
    r"\b(?:add|remove)_?infrastructure\b|\bcurrent_?turn\b|lorem ipsum",
    "(?:market|funding)_opportunity|competitor_action|infrastructure_crisis|team_event",
    rf"\b{_FIELD} ?: ?\S.{{0,80}}\b{_FIELD} ?:|title, (?:and )?(?:description|choices)",
)
_SPEAKS = re.compile(
    "|".join((*_OF_ITSELF, *_REFUSES, *_ITS_ORDERS, *_ITS_WORK, *_ITS_FORMAT)), re.MULTILINE
)


def speaks_of_itself(text: str) -> bool:
    """Whether a folded text speaks as the model that wrote it, or quotes what it was told."""
    return any(map(text.__contains__, _SAYS)) and _SPEAKS.search(text) is not None
