"""Signs in a folded text that a model speaks of itself, its orders or the format it writes."""

import re

_MAY_MARK = re.compile(r'[<>\[{}"`|#*\\&]')
_MARKS = re.compile(
    # the turns of chat templates: ChatML and harmony, Llama, Gemma, EXAONE, GLM
    r"<\s?/?\s?\||\|\s?>|\[\|/?[a-z]|\|\]|<<\s?/?sys|\[/?\s?inst\s?\]|\[(?:gmask|sop|bos|eos|cls|sep)\]|"
    r"</?\s?(?:s|bos|eos|pad|unk|think|thought|analysis|final|system|user|human|assistant|model|end|start|"
    r"channel|message|im_start|im_end|(?:start|end)_of_turn|tool_call|unused\d+)(?:\s[^<>]{0,30})?/?>|"
    # what a model writes around its answer: Markdown, HTML, JSON
    r"```|^#{1,6}\s|\*\*\w|</?(?:a|b|i|p|br|ul|li|div|span|script|style|title|text|result|json)\b[^<>]{0,60}>|"
    r'\{\{|\}\}|[{,\[]\s?"[\w ]{1,30}"\s?:|"[\w ]{1,30}"\s?:\s?(?:["{\[]|-?\d|true|false|null)|'
    r'["\]}]\s?[}\]]|[}\]]\s?,\s?[{"]|\\[nrt"u]|&(?:quot|amp|lt|gt|nbsp|#\d+);',
    re.MULTILINE,
)
_SAYS = (
    "prompt", "프롬프트", "json", "언어", "language model", " ai", "ai ", "ai로", "인공지능", "delta",
    "lorem", "chatgpt", "챗gpt", "openai", "instruction", "지시", "지침", "명령", "choice", "event", "result",
    "infrastructure", "system:", "user:", "assistant", "어시스턴트", "요청하신", "cannot", "can't",
    "i'm sorry", "current", "market_", "schema", "스키마",
)  # fmt: skip
"""Without one of these nothing below is said: most texts are done here."""
_SPEAKS = re.compile(
    r"system[ _]prompt|시스템 ?프롬프트|프롬프트(?:를|을|에|의)? ?(?:공개|무시|따라|유출|내용|출력|지시)|"
    r"(?:json|출력|output) ?(?:schema|스키마|형식|format|object|객체)|schema ?(?:of|for) ?the ?output|"
    r"언어 ?모델|language model|(?:as|i am|i'm) an? (?:ai|artificial intelligence|llm|large)\b|"
    r"(?:ai|인공지능)(?: 언어)?(?: ?모델| ?비서| ?어시스턴트)?로서\b|"
    r"chatgpt|챗gpt|openai|\bgpt-?\d|"
    r"(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier|instruction)|"
    r"(?:이전|앞선|위의?|기존|모든) ?(?:지시|지침|명령)(?:사항)?[을를은는]? ?(?:모두 |전부 )?(?:무시|잊)|"
    r"(?:지시|지침) ?사항(?:에 따라|대로) (?:작성|생성|출력)|"
    r"(?:my|the|your|following) instructions? (?:say|said|are|were|is|tell|told)|"
    r"i(?:'m| am) sorry,? but i (?:can|am not)|"
    r"i (?:cannot|can't) (?:assist|comply|fulfil|help with|generate|provide)|"
    r"(?:here is|here's|below is) (?:the|your|a) (?:json|event|requested|generated)|"
    r"요청하신 ?(?:json|이벤트|형식|내용|대로)|"
    r"^(?:system|user|assistant|developer|시스템|사용자|어시스턴트) ?:|"
    r"\b(?:cash|users|trust)_?delta|\b(?:result_?text|choice_?id|event_?id|event_?type)\b|"
    r"\b(?:add|remove)_?infrastructure\b|\bcurrent_?turn\b|lorem ipsum|"
    r"(?:market|funding)_opportunity|competitor_action|infrastructure_crisis|team_event",
    re.MULTILINE,
)


def leaks(text: str) -> bool:
    """Whether a folded text shows the prompt, the format or the model behind it."""
    if _MAY_MARK.search(text) and _MARKS.search(text):
        return True
    return any(map(text.__contains__, _SAYS)) and _SPEAKS.search(text) is not None
