"""What only a language model says: of itself, of what it was asked and of what it is about to write."""

import re

_SAYS = (
    "prompt", "프롬프트", "json", "언어", "language model", " ai", "ai ", "ai로", "ai인", "인공지능", "delta",
    "lorem", "chatgpt", "챗gpt", "openai", "instruction", "지시", "지침", "명령", "choice", "event", "result",
    "infrastructure", "system:", "user:", "assistant", "어시스턴트", "요청", "cannot", "can't", "sorry",
    "current", "market_", "schema", "스키마", "my ", "apolog", "let me", "i'm ", "i am ", "i've ", "i have ",
    "i will ", "i'll ", "the user ", "you are a", "act as", "i was ", "characters", "words", "i don't ",
    "i do not ", "description", "hope th", "feel free", "step by step", "certainly", "sure", "explanation",
    "선택지", "이벤트", "사용자가", "학습", "죄송", "드리겠", "드렸", "드릴", "보았습", "다음", "아래", "당신",
    "너는", "글자", "자 이", "자를", "도움이", "말씀", "단계별", "시나리오", "답변", "효과", "지식", "위 ",
    "title", "제목", "설명", "물어보", "알려", "마음에 드", "물론", "저는", "생략", "마칩", "예시", "여기에",
    "[", "(계속", "continued", "due to length", "here", "limit", "player", "placeholder", "amounts", "translat",
    "번역:", "역할:", "카테고리:", "플레이어", "난이도", "심각도", "severity", "todo", "example", "draft",
    "텍스트", "금액", "영어로", "한국어로", "requirement", "constraint", "teach", "version", "answer",
    "output", "learning", "문장", "가상",
)  # fmt: skip
"""Without one of these nothing below is said: most texts are done here."""
_WORK_KO = "(?:이벤트|시나리오|선택지|답변|응답|초안|예시|결과물|버전)"
_WORK_EN = "(?:event|choices?|scenario|draft|output|example|version|response|descriptions?)"
_FIELD = "(?:title|description|choices?|result|severity|effects?|제목|설명|선택지|결과|심각도|효과)"
_MODEL = "(?:ai|인공지능|언어 ?모델|챗봇|어시스턴트|클로드|엑사원|제미나이|라마|claude|exaone|gemini|qwen|llama)"

_OF_ITSELF = (
    r"언어 ?모델|language model|(?:as|being|i am|i'm)(?: just| only)? an? (?:ai|artificial intelligence|llm|large)\b",
    r"\bas an assistant(?! (?:manager|director|to\b))|chatgpt|챗gpt|openai|\bgpt-?\d",
    r"(?:ai|인공지능)(?: 언어)?(?: ?모델| ?비서| ?어시스턴트)?로서\b|(?:ai|인공지능)(?: ?모델)?인 [제저]",
    rf"(?<![가-힣])(?:저는|나는) (?:[가-힣]+ ){{0,3}}{_MODEL}|(?:저는|나는) [^.!?]{{0,20}}모델(?:입니다|이라|이다)",
    "my (?:training|knowledge|programming|guidelines)\\b|i was (?:trained|created|developed|programmed)|"
    "as of my (?:last|latest)|i (?:don't|do not|cannot|can't) (?:have|access) (?:personal|access|opinions|real)",
    "(?:제|저의|내) (?:학습|훈련) ?(?:데이터|자료|시점)|(?:제가|저는) (?:학습|훈련)(?:한|된|되|받)",
    "(?:제|저의) 지식(?:은|에|으로)|지식 ?(?:기준일|한계일|컷오프)|저는 실시간",
)
_REFUSES = (
    "i(?:'m| am) sorry,? but i (?:can|am not)|i(?:'m| am) (?:not allowed|programmed|designed) to",
    "i (?:cannot|can't) (?:assist|comply|fulfil|help with|generate|provide)",
    r"(?:sorry|apologi[sz]e)\b.{0,30}\bi(?:'m| am)? (?:can't|cannot|unable|not able)\b",
    "죄송(?:하지만|합니다|합니다만)[^!?]{0,30}(?:요청|질문|내용|주제|부탁)[^.!?]{0,20}"
    "(?:답|도와|응하|작성|제공|생성|처리|다룰|다루)[^.!?]{0,8}(?:수 ?없|어렵)",
    "(?:해당|이런|그런|이러한) (?:요청|질문|주제)[^.!?]{0,8}(?:답변|응답|작성)[^.!?]{0,8}(?:수 ?없|어렵)",
    "(?:정책|지침|규정)(?:상|에 따라|에 의해)[^.!?]{0,12}(?:답변|응답|작성|생성)[^.!?]{0,6}(?:수 ?없|어렵)",
)
_ITS_ORDERS = (
    r"system[ _](?:prompt|message)\b|시스템 ?(?:프롬프트|메시지에)|프롬프트(?:를|을|에|의)? ?(?:공개|무시|따라|유출|내용|출력|지시)",
    r"json ?(?:schema|스키마|object|객체)|json ?형식(?:으로|에)[^.!?]{0,6}(?:답|응답|제공|맞)|json(?:만|이어야)|"
    r"(?:출력 ?형식|output (?:format|schema))(?:[은는이]| is| must| should| has)|schema ?(?:of|for) ?the ?output|"
    r"\b(?:respond|reply|return|answer|output)\b (?:only|just)\b.{0,16}json|output (?:must|should|has to) be|json only",
    r"(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier|instruction)",
    "(?:이전|앞선|위의?|기존|모든) ?(?:지시|지침|명령)(?:사항)?[을를은는]? ?(?:모두 |전부 )?(?:무시|잊)",
    "(?:지시|지침) ?사항(?:에 따라|대로) (?:작성|생성|출력)|시스템 지침",
    "(?:my|your|following) instructions? (?:say|said|are|were|is|tell|told)|"
    "(?:the )?(?:instructions?|prompt) (?:says?|said|tells?|told|asks?) |according to the (?:instructions|prompt)",
    "^(?:system|user|assistant|developer|시스템|사용자|어시스턴트) ?:",
    r"(?:you are|act as|you're) (?:an? )?(?:\w+ ){0,3}(?:writer|assistant|game designer|game master|narrator|generator)\b",
    "(?:당신|너)[은는] [^.!?]{0,24}(?:작가|비서|조수|도우미|어시스턴트|기획자|모델|생성기)(?:입니다|이다|야|다\\b)",
    rf"당신의 (?:임무|역할|할 일|목표)[는은] [^.!?]{{0,24}}{_WORK_KO}|"
    rf"your (?:task|role|job|goal) is to .{{0,24}}\b{_WORK_EN}",
    r"(?:do not|don't|never|must not) (?:exceed|use|write|go over)(?: more than)? \w+ "
    r"(?:characters|words|tokens|sentences)\b",
    r"(?:at most|no more than|under|within|up to|maximum(?: of)?|max\.?) \w+ characters\b",
    r"(?:설명|제목|본문|결과)[은는이]? ?[^.!?]{0,8}(?:\d+ ?(?:글자|자|단어|문장)|[한두세] 문장)(?:[를을]? ?(?:이내|이하|미만|안팎|넘)|으로)|"
    r"\d+ ?(?:글자|자|단어|문장)[를을]? ?(?:이내|이하|미만|안팎)(?:로|에서)? ?(?:작성|쓰|쓴|쓸|써|씁)",
    "효과의? ?부호|이벤트 ?유형|각 선택지(?:[는은마의에]|별)|선택지[를을은는이] ?[^.!?]{0,16}(?:달라야|해야|이어야|여야|있어야|만들|작성|쓴다)",
    "(?:추가|다른|별도의?) ?설명(?: ?없이| ?금지)|(?:금액|숫자)[을를은] (?:직접 )?(?:쓰|적|언급하)지 마",
    "(?:위|아래|다음) (?:규칙|지침|형식|제약)[을를에] ?(?:모두 |반드시 )?(?:지켜|따르|따라|준수|맞)|"
    "(?:예시|예문)(?:를|와|처럼|의) [^.!?]{0,12}(?:참고|겹치|형식)|주어진 (?:스키마|형식|프롬프트|지시)",
    "(?:한국어|영어)로만? ?(?:작성|답변|응답|출력)(?:하세요|하십시오|하시오|하라|할 것)",
    rf"the user (?:wants|asks|asked|is asking|requests|requested|needs|expects) (?:(?:me|us) to|(?:for )?.{{0,24}}\b(?:{_WORK_EN}|text|story|title|json|korean|english)\b)",
    "사용자[가는] ?[^.!?]{0,24}(?:이벤트|시나리오|답변|응답|출력|한국어|영어)[를을로]? ?[^.!?]{0,10}"
    "(?:원하|원한|요청[했하]|요구[했하]|부탁|물었|물어)|사용자[가의]? 요청(?:한 것|을 (?:분석|이해|읽))",
    r"(?:no|any|without) (?:extra |additional |further )*(?:explanations?|commentary|preamble|markdown)\b|"
    r"do not (?:mention|state|use|write) (?:exact |any |specific )?(?:amounts|figures|numbers|digits)\b|"
    r"follow (?:these|the following|the above) (?:rules|instructions|constraints)|"
    r"\b(?:each|every) choice (?:must|should|needs)|(?:only in|in) (?:english|korean) only|"
    r"satisf(?:y|ies) (?:all )?(?:the |these |your )?(?:constraints|requirements)",
)
_ITS_WORK = (
    "(?:here is|here's|below is) (?:the|your|a) (?:json|event|requested|generated|revised)",
    rf"here (?:is|are) (?:an?|the|your|my|some|three|two)\b.{{0,30}}\b{_WORK_EN}\b",
    "요청하신 ?(?:json|이벤트|형식|내용|대로)|요청에 (?:따라|맞[게춰추])[^.!?]{0,12}(?:작성|만들|생성|이벤트)",
    r"let me (?:think|write|draft|generate|create|craft|produce)|let'?s think|let me know if you",
    rf"i(?:'ve| have|'ll| will)(?: now)? (?:writ|creat|generat|draft|craft|provid)\w* .{{0,30}}\b{_WORK_EN}",
    "^(?:sure|certainly|of course|absolutely|understood|got it)[,.!:] ?(?:here|i(?:'ll| will)|below|let me)",
    "hope th(?:is|at) helps|feel free to (?:ask|let|reach)|think(?:ing)? (?:this through )?step by step",
    f"{_WORK_KO}[를을]? ?[^.!?]{{0,16}}(?:작성|생성|만들어|제공|출력|구성|준비)[가-힣 ]{{0,6}}"
    "(?:드리겠|드릴|드렸|드립니다|보았|봤습|보겠|줄게)|(?:만들어|작성해|수정해) ?드릴(?:게|까)",
    f"(?:다음|아래)[은는]? ?[^.!?]{{0,24}}{_WORK_KO}(?:입니다|이다|예요|이에요)|다음과 같이 (?:작성|생성)",
    f"여기까지[가는]? [^.!?]{{0,8}}{_WORK_KO}|이상으로 (?:답변|설명|글)|이하 ?생략|여기서 (?:답변|글|출력)?[을를]? ?마칩",
    "(?:도움이|참고가) 되(?:었|셨|시)(?:기를|길|으면)|단계별로 (?:생각|풀어)|차근차근 생각해 ?보(?:면|자|겠)",
    "(?:추가|더|수정|궁금)[^.!?]{0,16}(?:있으|필요하|원하)(?:시)?면 ?[^.!?]{0,8}(?:말씀|알려 ?주세|알려 ?주십|물어)|"
    "언제든지? (?:물어|말씀해)|마음에 드(?:시|셨)(?:나|으면|길|다면)|다른 버전도",
    "^물론(?:입니다|이죠|이지요|이에요)[!,.]|^네,? ?알겠습니다[.!,]",
    r"is there anything else|would you like (?:me|another|to change)|\bif you(?:'d| would) like (?:me|any|another)",
    r"\bnow (?:for|onto|let me do) the (?:choices|title|description|effects)|due to (?:length|token) limit|"
    r"\(?continued in the next|^\(계속\)|\(계속\)$|(?:of course|sure|certainly)[!,.] here you go",
    r"(?:learning|educational) (?:goal|objective|point)s? (?:of|is|:)|(?:teach|remind)e?s the player|"
    r"플레이어(?:에게|가|는) [^.!?]{0,16}(?:가르|배우|배울)|플레이어의 (?:현금|자금|신뢰|상태)|the player (?:has|will|must|should) (?:\w+ )?(?:cash|trust|choose|learn)",
)
_ITS_FORMAT = (
    r"\b(?:cash|users|trust)_?delta|\b(?:result_?text|choice_?id|event_?id|event_?type)\b|이벤트 ?id",
    r"\b(?:add|remove)_?infrastructure\b|\bcurrent_?turn\b|lorem ipsum",
    "(?:market|funding)_opportunity|competitor_action|infrastructure_crisis|team_event",
    rf"\b{_FIELD} ?: ?\S.{{0,80}}\b{_FIELD} ?:|title, (?:and )?(?:description|choices)",
    r"(?:^|[.!?]\s)\(?(?:제목|설명|선택지(?: ?[\da-d가-라])?|난이도|심각도|이벤트(?: ?(?:유형|명))?|카테고리|역할|번역|출력|답변|응답|"
    r"최종 ?답변?|수정본|현재 ?상태|title|description|(?:choice|option) [a-d\d]|event(?: ?(?:type|name))?|severity|"
    r"translation|final answer|revised version|output|draft \d|example \d|todo|disclaimer|category) ?:",
    r"\[[^\[\]]{0,20}(?:이름|입력|여기|회사|company|\bname|insert|your|player|placeholder)[^\[\]]{0,20}\]|placeholder text|"
    r"(?:여기에|이곳에) [^.!?]{0,20}(?:입력하|넣으|적으|넣어 주)(?:세요|십시오)|^your \w+ here\b|^end of (?:event|scenario|output)|"
    r"event (?:generated|created) successfully",
)
_SPEAKS = re.compile(
    "|".join((*_OF_ITSELF, *_REFUSES, *_ITS_ORDERS, *_ITS_WORK, *_ITS_FORMAT)), re.MULTILINE
)


def speaks_of_itself(text: str) -> bool:
    """Whether a folded text speaks as the model that wrote it, or quotes what it was told."""
    return any(map(text.__contains__, _SAYS)) and _SPEAKS.search(text) is not None
