"""What tells a person apart, in a folded text: numbers, addresses and mail, also disguised.

Phone numbers, resident and foreigner numbers, cards, licences and accounts are Korean formats; the
number of a business is public and is none of these.
"""

import re
from datetime import date

_DIGIT = "[\\do공영빵일이삼사오육륙칠팔구]"
_FIGURES = tuple("0123456789")
_ZERO, _ONE = "[0o공영빵]", "[1l일]"
_BREAK = r"[\s().~/·_,에-]{0,3}"
_MAY_NUMBER = re.compile(rf"[\do공영빵+](?:{_BREAK}(?:{_DIGIT}|\*)){{8}}")
"""Without so many figures in a row there is no number: most texts are done here."""
_NAMED = re.compile(
    r"(?:주민|외국인)\s?(?:등록)?\s?번호[^.!?]{0,16}\d{6}|생년월일[^.!?\d]{0,6}\d{2}|date of birth\D{0,6}\d|"
    r"여권[^.!?]{0,8}[a-z]{1,2}\d{7}|passport\b[^.!?]{0,12}\b[a-z]{0,2}\d{7}|"
    r"(?:ssn|social security)\b[^.!?]{0,16}\d{3}-?\d\d-?\d{4}|"
    r"(?:직통|연락처|전화|핸드폰|휴대폰|번호)[가-힣\s:]{0,8}(?!1[568]\d\d)\(?\d{3,4}\)?[\s.-]\d{4}(?!\d)|"
    r"\b(?:call|ring|phone|text|dial|fax|tel)\b[^.!?\d]{0,16}\(?\d{3}\)?[\s.-]\d{4}(?!\d)|"
    r"(?:국민|신한|우리|하나|기업|농협|토스|카카오|케이)(?:은행|뱅크)?\s?\d{3,6}-\d{2,6}-\d{3,8}|"
    r"[가-힣]{2,8}(?:로|길)\s?\d{1,4}(?:번길)?(?:-\d+)?,?\s?\d+\s?(?:층|호|동)|"
    r"\b\d{1,5} (?:[a-z]+ ){1,3}(?:street|avenue|road|boulevard|lane)\b"
)
"""Numbers and places that a word before or after tells apart from the game's own figures."""
_MAY_MAIL = ("@", "앳", "골뱅이", "(at", "( at", "[at", "[ at", "{at", " dot ")
_MAIL = re.compile(
    r"[\w.+-]{2,}@[a-z0-9-]{3,}|"
    r"[\w.+-]\s?(?:@|[(\[{]\s?(?:at|@|골뱅이)\s?[)\]}]|골뱅이)\s?[\w-]{1,40}"
    r"\s?(?:\.|[(\[{]\s?(?:dot|\.)\s?[)\]}]|\sdot\s|\s[점닷쩜]|[점닷쩜]\s)\s?[a-z가-힣]{2,}|"
    r"\w\sat\s[\w-]{1,40}\sdot\s(?:com|net|org|co|kr|io)\b|"
    r"\w\s?(?:골뱅이|앳)\s?(?:gmail|naver|daum|kakao|hanmail|지메일|네이버|다음|한메일)"
)
_PHONE = re.compile(
    rf"(?<!\d)(?:\+?82{_BREAK}{_ZERO}?|{_ZERO}){_BREAK}(?:"
    rf"{_ONE}\s?[016789o공영빵육칠팔구]|2|[3-6][1-5]|70|50\d)"
    rf"{_BREAK}{_DIGIT}(?:\s?{_DIGIT}){{2,3}}{_BREAK}{_DIGIT}(?:\s?{_DIGIT}){{3}}(?!\d)"
)
_ABROAD = re.compile(
    r"(?<![\d+])\+(?!82)\d{1,3}[\s.-]?\(?\d{1,4}\)?(?:[\s.-]?\d{2,4}){2,4}(?!\d)|"
    r"(?<![\d.-])(?:\(\d{3}\)\s?|\d{3}[.-])\d{3}[.-]\d{4}(?![\d-])"
)
"""Numbers of other countries, and of North America as it writes its own."""
_RESIDENT = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d)\s?[-~]?\s?([0-9])(?:\d{6}(?!\d)|\*{6})")
_CENTURIES = {"9": 1800, "0": 1800} | dict.fromkeys("1256", 1900) | dict.fromkeys("3478", 2000)
"""By the seventh figure; 5 to 8 are foreigners."""
_CARD = re.compile(r"(?<!\d)\d{4}([\s.-]{0,2})\d{4}\1\d{4}\1\d{4}(?!\d)")
_LICENCE = re.compile(r"(?<!\d)\d\d-\d\d-\d{6}-\d\d(?!\d)")
_ACCOUNT = re.compile(
    r"(?:계좌|account|은행|농협|신협|카카오뱅크|토스뱅크)[^\d]{0,12}\d[\d-]{8,}\d"
)


def has_personal_data(text: str) -> bool:
    """Whether a folded text has a person's number or mail address."""
    if any(map(text.__contains__, _MAY_MAIL)) and _MAIL.search(text):
        return True
    if any(map(text.__contains__, _FIGURES)) and _NAMED.search(text):
        return True
    return _MAY_NUMBER.search(text) is not None and _has_number(text)


def _has_number(text: str) -> bool:
    return (
        any(pattern.search(text) for pattern in (_PHONE, _ABROAD, _LICENCE, _ACCOUNT))
        or any(_is_birthday(*found.groups()) for found in _RESIDENT.finditer(text))
        or any(_has_luhn_sum(found.group()) for found in _CARD.finditer(text))
    )


def _is_birthday(year: str, month: str, day: str, century: str) -> bool:
    try:
        date(_CENTURIES[century] + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _has_luhn_sum(card: str) -> bool:
    """The check sum every bank card keeps."""
    figures = [int(figure) for figure in card if figure.isdigit()]
    doubled = (sum(divmod(2 * figure, 10)) for figure in figures[-2::-2])
    return (sum(figures[-1::-2]) + sum(doubled)) % 10 == 0
