"""Addresses in a folded text, and the usual ways to write one past a filter."""

import re

_MAY = re.compile(
    r"[.:。점쩜닷](?:(?<=\.)[a-z한)\]}]|(?<=\.)\scom|(?<=\s\.)|(?<=:)(?:\s?/|\d)|(?<=。)|"
    r"(?<=[점쩜닷])\s?[cnok컴넷])"
)
_MAY_SAY = (
    "dot", "카톡", "카카오", "오픈", "텔레", "라인", "디스코드", "인스타", "위챗", "왓츠", "스카이프",
    "시그널", "telegram", "whats", "discord", "wechat", "kakao", "instagram", "snapchat", "skype", "signal",
    "line ", "옾", "@",
)  # fmt: skip
"""Without one of these there is no link: most texts are done here."""
_DOMAIN = r"(?:com|net|org|io|kr|xyz|gg|me|ly|dev|info|biz|tv|cc|ru|cn|jp|shop|site|한국)"
_MESSENGER = (
    r"(?:카카오\s?톡?|카톡|오픈\s?카톡|텔레(?:그램)?|디스코드|인스타(?:그램)?|위챗|왓츠\s?앱|스카이프|시그널|(?<![가-힣])라인|"
    r"kakao\s?(?:talk)?|telegram|whats\s?app|discord|wechat|instagram|snapchat|skype|signal|(?<![a-z])line)"
)
_CHAT = rf"(?!line|signal|라인|시그널){_MESSENGER}"
"""The messengers that are no everyday words."""
_CODE = r"(?:js|ts|py|md|go|sh|json|ya?ml|txt|log|csv|conf)"
_LINK = re.compile(
    r"(?:https?|hxxps?|ftp|wss?)\s?:|www\s?[.。]|"
    rf"(?<![a-z0-9])(?!(?:asp|ado|vb|socket)\.)[a-z0-9가-힣][a-z0-9가-힣-]{{0,62}}\.{_DOMAIN}"
    r"(?![a-z0-9])|"
    rf"[a-z0-9가-힣]\s?(?:[(\[{{]\s?(?:dot|점|\.)\s?[)\]}}]|\sdot\s|\s\.|。|(?<=[a-z0-9])\.\s(?=com\b))\s?{_DOMAIN}\b|"
    r"(?:\s|[a-z0-9])[점쩜닷]\s?(?:com|net|org|kr|컴|넷)(?![가-힣a-z])|"
    rf"[a-z0-9-]\.(?!{_CODE}/)[a-z]{{2,10}}/[a-z0-9_@+?]|"
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}:\d{2,5}|localhost:\d|"
    rf"{_MESSENGER}\s?(?:아이디|id|계정|handle|name|user(?:name)?|account)\s?(?:is|는|은|:|：)?\s?@?[a-z\d_.]{{3}}|"
    rf"{_MESSENGER}\s?(?:으로|로|에서|:|at|on|@)?\s?@[a-z\d_]{{3}}|"
    r"(?:add|message|text|dm|find|contact|write|reach|ping|call)\s(?:me|us|him|her|them)\s(?:on|at|via|through|over)\s"
    r"(?:telegram|whatsapp|discord|wechat|kakao(?:talk)?|instagram|snapchat|skype|signal|line)\b|"
    r"(?:discord|디스코드)\s?[:=]?\s?[\w.]{2,32}#\d{4}|"
    rf"{_CHAT}[가-힣a-z\s:]{{1,12}}(?<![a-z\d_.])(?=[a-z_.]*\d)[a-z][a-z\d_.]{{3,}}|"
    rf"{_CHAT}[^.!?]{{0,12}}(?<![a-z])[a-z][a-z\d_.]{{3,}}\s?[을를로]?\s?(?:추가|검색|친추|디엠|찾)|"
    rf"(?:카카오\s?톡?|카톡)\s?(?:친구\s?추가|친추|아디|검색|에서)\s?:?\s?[a-z][a-z\d_.]{{3}}|"
    rf"(?:add|find|follow|message|dm)\s[\w.]{{3,20}}\s(?:on|at|via)\s{_CHAT}|"
    r"(?<![\w.])@[a-z]\w{2}|옾(?:챗|톡)|오픈\s?(?:채팅|챗)\s?코드|"
    rf"[a-z0-9-]{{3}}\sdot\s(?:{_DOMAIN}|example|app|co)\b|"
    r"오픈\s?(?:채팅|챗|카톡)(?:방|으로)?\s?(?:링크|주소|검색|참여|입장|으로|로|오세요|들어|문의)|"
    r"(?<![가-힣])(?:텔레(?:그램)?|라인|카톡)\s?(?:으로|로)?\s?(?:@|(?:아이디|id)\s?:?\s?[a-z\d_]{3}|(?:연락|문의)\s?(?:주|하세|바라|바랍|환영))"
)


def has_link(text: str) -> bool:
    """Whether a folded text gives an address to go to or a channel to write to."""
    may = any(map(text.__contains__, _MAY_SAY)) or _MAY.search(text) is not None
    return may and _LINK.search(text) is not None
