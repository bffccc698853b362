"""Texts that no player may read, each certain to be recognised wherever it turns up."""

PLANTED: dict[str, dict[str, tuple[str, ...]]] = {
    "ko": {
        "profanity": (
            "이런 씨발", "씨 발", "씨.발", "ㅅㅂ 정말", "병신 같은", "병1신", "개 새 끼", "지 랄 하고",
            "좆같은", "씨이이발",
        ),
        "personal data": (
            "010-1234-5678", "공일공 8765 4321", "02-555-0143", "minsu.kim77@example.com",
            "880315-1234561", "minsu (at) example.com",
        ),
        "leakage": (
            "저는 AI 언어 모델", "시스템 프롬프트에 따라", "JSON 형식으로 작성해", "<|im_start|>",
            "[INST]", "```json", "다음은 요청하신 이벤트입니다",
        ),
        "link": ("https://free.example.com/join", "www.free-cloud.kr"),
        "amount": ("5천만 원을", "3,000만 원", "1억 원", "2000명의"),
    },
    "en": {
        "profanity": ("fucking", "f u c k", "f-u-c-k-e-r-s", "s h i t", "b1tches", "bullshit"),
        "personal data": (
            "call 555-867-5309", "010-1234-5678", "jane.doe@example.com", "jane at example dot com",
            "4539 1488 0343 6467",
        ),
        "leakage": (
            "As an AI language model", "system prompt", "<|assistant|>", "[INST]", "```json",
            "Here is the event you requested",
        ),
        "link": ("https://free.example.com/join", "www.free-cloud.com"),
        "amount": ("$5,000", "2000 users", "3 million won"),
    },
}  # fmt: skip

UNSEEN = (
    "\x00", "\x07", "\n", "\u200b", "\u200d", "\u202e", "\u2060", "\ufeff", "\u00ad", "\u061c",
    "\u3164", "\u2800", "\ue001", "\ufff9", "\ufffd", "\ufe0f", "\U000e0041", "\U000f0001",
)  # fmt: skip
"""Control, invisible and private characters, in the supplementary planes too."""

FOREIGN = (
    "这是一个非常重要的问题，需要马上解决并且告诉所有的人。",
    "これはとても大切な問題なので、すぐに直してみんなに知らせます。",
    "Это очень важный вопрос, и его надо решить прямо сейчас для всех.",
    "هذه مسألة مهمة جدا ويجب حلها الآن من أجل الجميع في الشركة",
    "ｔｈｉｓ ｉｓ ｗｒｉｔｔｅｎ ｉｎ ｗｉｄｅ ｌｅｔｔｅｒｓ ｆｒｏｍ ｅｌｓｅｗｈｅｒｅ",
)
"""Languages that no player is served."""

DISGUISED = ("fu\u0441king idiots", "bull\u0455hit here", "ｆｕｃｋｉｎｇ app", "ｓｈｉｔ happens")
"""Swearing in letters that look like others."""

FORBIDDEN = (
    *(text for kinds in PLANTED.values() for texts in kinds.values() for text in texts),
    *DISGUISED,
    *FOREIGN,
)
