"""Who does what in a Korean sentence: its clauses, a practice taken up or given up, a negation."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from serve.quality.misconceptions.relations import Practice

UNSAID = re.compile(
    r"\?|까요|[다라자냐]고[ ,]|줄 (?:알|믿)|착각|오해|틀렸|틀린 말|거짓|아닙니다|것 같|듯(?:했|합| )"
    r"|기대했|바랐|믿었|소문|헛말|[었았]다는 "
)
"""A sentence that tells what someone thinks, asks or denies tells no lesson."""

_LINK = re.compile(
    r"(?P<even>[어아여해도려켜춰꺼나져애내워겨쳐줘둬써와]도(?<![는의]도)|더라도|고도)"
    r"|(?P<though>지만|는데도?|(?<=[했었았])으나)"
    r"|(?P<so>(?<!이용)(?<!사용)(?<!관리)(?<!담당)(?<!개발)(?<!투)(?<!혼)(?<!숫)(?<!글)(?<!문)(?<!운영)자|으?니까?"
    r"|더니|므로|(?<=[은난눈둔앤운린긴한뺀꾼끈] )뒤에?|(?<![화장반측표])면|덕분에|덕에|탓에|때문에"
    r"|덕으로|[었았]기에|[어아여해려켜써둬춰줘눠워겨쳐져꺼](?:서)?|이라서?|라서)"
    r"|(?P<and>(?<![않창광경재최중예권회금원참])고(?! 나)|며|면서)"
)
"""How a clause hangs together with the next one, by its last word."""
_AUXILIARY = (
    r"(?!(?:내|두|보|주|놓)[니자면고지어아려]|버[리렸린려]|낸 |냈|둔 |둬|본 |봤|준 |줬|놨|놓은 )"
)
"""열어 두니, 떼어 내고: one verb, not two clauses."""
_LAST = re.compile(rf"(?:{_LINK.pattern}),?\s+{_AUXILIARY}")
_GIVEN_UP = re.compile(
    r"(?:^|\s)(?:없[애앴앤이으어는던을자]|끄|껐|꺼|끈|걷어|치우|치웠|치운|빼|뺐|뺀|떼어|뗐|뗀|내리|내린|내렸|그만|멈추|멈췄|멈춘"
    r"|건너|생략|버리|버렸|버린|풀[자니었어]|푼 |지우|지웠|지운|미루|미룬|미뤄|해제|중단|삭제|포기|제거|닫"
    r"|접[자으었]|무시)"
)
_TAKEN_UP = re.compile(
    r"(?:^|\s)(?:두[니자면고었어]|둔|둬|켜|켰|켠|걸|거는|넣|붙|달|도입|마련|갖추|갖춘|세우|세워|세운|만들|올리|올려|올린|옮|담|쌓|쓰|써|쓴|있|덕"
    r"|하니|하자|해서|했더|한 (?!사람|명|대|번|곳)|맺|설치|보니|보자|주니|주자|남기|남겨|적용|늘리|늘려)"
)
_REFUSED = re.compile(r"(?![가-힣]{0,3}야 )[가-힣]{0,3}(?: [가-힣]{1,3})?지[는도]? ?(?:않|못|말)")
_LEFT_UNDONE = re.compile(r"\S* ?\S+지[는도]? ?(?:않|못)|\S* (?:안|못) ")
_SUPPOSED = re.compile(r"[을는은] (?:때|대신)|것[이은] 아니")
"""When there is no cache; instead of blaming: not what is done."""
_FORMERLY = re.compile(r"[가-힣]{0,4}(?: [가-힣]{1,3})?던 ")
_NOT_IT = re.compile(
    r"[이가은는]? ?(?:아니|대신|말고|보다)"
    r"|[이가은는도] ?(?:잠[깐시] )?(?:멎|멈|쓰러|고장|죽|꽉|느려|터|넘|사라|꺼|끊"
    r"|만료|낡|틀|늦|뒤처|가득|모자)"
)
"""The practice is not meant, or is itself what fails."""
_BY_MEANS = re.compile(r"으?로 ")
_PARTICLE = re.compile(r"[을를에이가은는도만]|으?로|까지| ?덕| ?하나? ?없| ?안 ")
_USELESS = re.compile(
    r"(?:쓸모없는|(?:쓰지|보지) 않는|안 쓰는|낡은|오래된|필요 ?없는|불필요한|헛|시끄러운|잘못된)\s*$"
)
_TURNED = re.compile(
    r"[가-힣]{0,3}지[는도]? ?(?:않|못|말)"
    r"|[가-힣]{0,3} ?수[가는도]? ?없|[이가은는도]? ?(?:더는 |아주 )?(?:없[어었습다]|사라|그쳤|줄[어었]|덜)"
    r"|[가-힣]{0,3} ?(?:[가-힣]+ ){0,2}?(?:일|걱정|위험|경우|염려|우려|주문|손님|고객|사람|것|틈)"
    r"[이가은는도을를]? ?(?:더는 |아주 |크게 )?(?:없|사라|줄|덜|적|막)"
)
_NIEUN = 4
"""The place of ㄴ among the final consonants."""
_CAUSES = (" 덕", " 탓", " 뒤", " 까닭", " 때문", " 채")
_REACH = 14
"""Letters behind a practice within which its verb is sought."""


class Clause(NamedTuple):
    text: str
    link: str
    """`so`, `and`, `though`, `even`; empty for the last one."""


def readings(practice: Practice, clauses: list[Clause]) -> Iterator[tuple[int, bool, list[str]]]:
    """(1 taken up or -1 given up, conceded, where an effect would be told)."""
    for place, clause in enumerate(clauses):
        sign, end = _way(practice, clause.text)
        if sign and clause.link not in {"though", "and"}:
            told = [clause.text[end:], *_consequences(clauses[place + 1 :])]
            yield sign, clause.link == "even", told


def turned(text: str, found: re.Match[str]) -> bool:
    """Whether a negation beside these words turns them round."""
    before = text[: found.start()].rstrip()
    return _TURNED.match(text, found.end()) is not None or before.endswith((" 안", " 못", " 덜"))


def cut(sentence: str) -> list[Clause]:
    """Its clauses, each ending with the word that links it to the next."""
    clauses: list[Clause] = []
    start = 0
    for found in _LAST.finditer(sentence):
        clauses.append(Clause(sentence[start : found.end()].strip(), found.lastgroup or ""))
        start = found.end()
    return [*clauses, Clause(sentence[start:], "")]


def _consequences(clauses: list[Clause]) -> Iterator[str]:
    """The clauses that say what came of it, up to one that brings another cause in."""
    for clause in clauses:
        if clause.link == "even":
            continue
        yield clause.text
        if clause.link == "so" and " " in clause.text:
            return


def _way(practice: Practice, clause: str) -> tuple[int, int]:
    """(the way the clause puts the practice, 0 for neither; where its words end)."""
    if _SUPPOSED.search(clause):
        return 0, 0
    said = practice.said(clause)
    if said:
        sign, found = said
        if _FORMERLY.match(clause, found.end()):
            return 0, 0
        return (-sign if _REFUSED.match(clause, found.end()) else sign), found.end()
    found = practice.named.search(clause) if practice.named else None
    if found is None or _USELESS.search(clause[: found.start()]):
        return 0, 0
    return _verb(clause[found.end() :][:_REACH]), found.end()


def _describes(text: str, at: int) -> bool:
    """Whether the word that reaches here only describes the next one, as in 캐시를 둔 서버."""
    end = text.find(" ", at)
    last = text[end - 1] if end > 0 else " "
    return (ord(last) - ord("가")) % 28 == _NIEUN and not text.startswith(_CAUSES, end)


def _verb(tail: str) -> int:
    """The way the words behind a practice put it."""
    if _NOT_IT.match(tail) or not _PARTICLE.match(tail):
        return 0
    if _BY_MEANS.match(tail):
        return 1
    verbs = [
        (found, sign)
        for found, sign in ((_GIVEN_UP.search(tail), -1), (_TAKEN_UP.search(tail), 1))
        if found
    ]
    if verbs:
        found, sign = min(verbs, key=lambda verb: verb[0].start())
        if _describes(tail, found.end()):
            return 0
        return -sign if _REFUSED.match(tail, found.end()) else sign
    if _LEFT_UNDONE.match(tail):
        return -1
    return 1 if tail[:1] in {"이", "가", "은", "는"} else 0
