"""Links, personal data and leakage: what is caught, what only looks like it, and hostile lengths."""

import time

import pytest

from serve.domain.content import content_violations
from serve.domain.state import Locale

LINKS = """
자세한 내용은 https://example.org 에 있습니다
hxxps://example 로 오세요
hxxp://spam 에 접속하세요
http : //spam 으로
www.example 을 보세요
ftp://files 에서 받으세요
보러 오세요 spam.com
보러 오세요 spam.co.kr 입니다
보러 오세요 SPAM．COM 입니다
한글주소.com 으로
한글주소.한국 으로
예시 사이트 spam.xyz 가 열렸습니다
bit.ly/abc 를 누르세요
t.me/abcd 로 오세요
discord.gg/abcd 로 오세요
open.kakao.com/o/abc 로 오세요
카카오톡 오픈채팅 링크로 오세요
오픈채팅방으로 들어오세요
카톡 아이디 game77 추가
카톡 id game77 추가
텔레그램으로 연락 주세요
텔레 @game77 추가
라인 아이디 game77 추가
example dot com 으로
example (dot) com 으로
example[.]com 으로
example . com 으로
example 점 com 으로
스팸 점 컴 으로 오세요
example쩜com 으로
example。com 으로
10.0.0.12:8080 으로 접속
192.168.0.1:3000 을 여세요
localhost:8080 을 여세요
spam.zz/free 를 여세요
카톡으로 문의 주세요
라인으로 연락 바랍니다
카카오톡 계정은 game77 입니다
디스코드 아이디 game77 추가
디스코드 @game77 으로
인스타그램 @game77 구경하세요
위챗 id: game_77
add me on whatsapp for tips
message us via telegram today
my discord: gamer.pro#1234
telegram handle is game77
카톡 친구 추가 cloudking
카톡에서 cloudking을 검색하세요
옾챗으로 오세요
오픈채팅 코드 1234
인스타 abc_123로 디엠
텔레그램 채널 abc123에 들어오세요
my kakao is cloud77
find cloud77 on discord
follow us @cloud77
visit free-credit dot example
""".strip().splitlines()

NO_LINKS = """
Node.js 함수를 다시 씁니다
v1.2.3 판을 되돌립니다
백업은 S3. 기록은 RDS.
처리량이 10.5배로 늘었습니다
10.0.0.0/16 대역을 나눕니다
10.0.0.1 노드가 멈췄습니다
ASP.NET 서버를 옮깁니다
Socket.IO 연결이 끊겼습니다
닷컴 거품을 겪은 투자자
관점 커뮤니티를 엽니다
이 점 커다란 차이입니다
장점 넷을 적었습니다
매점 컴퓨터를 바꿉니다
가동률 99.9%를 지켰습니다
오픈 채비를 마쳤습니다
온라인으로 문의가 늘었습니다
새 매장을 오픈으로 알렸습니다
카톡 알림이 늦게 갑니다
CI/CD 흐름을 고칩니다
config.yaml/prod 를 고칩니다
오전 3:30 에 배포합니다
비율은 3:1 입니다
서버가 멈췄다. 커밋을 되돌렸다.
서버가 멈췄다. com 포트가 아니라 설정 탓
a.m. 3시 점검
polka dots and a dot on the map
A dashboard. Common metrics. Networks.
Read me first. Organise the team.
The rate is 3.5x. In total, fine.
카카오 아이디로 로그인을 엽니다
카톡 문의가 늘었습니다
라인으로 문의하는 고객이 늘었습니다
알람 라인 세 줄을 다시 그었습니다
신호가 시그널 계정 없이도 잡힙니다
인스타그램 광고비를 줄였습니다
카카오톡 알림이 늦게 갑니다
a signal line went dead
our discord is noisy tonight
카톡으로 온 문의 30건을 처리했습니다
인스타그램 광고를 AWS 교육으로 돌렸습니다
디스코드 서버가 멈췄습니다
connect the dots before you scale
sell ads on instagram this spring
""".strip().splitlines()

PERSONAL = """
문의는 010-1234-5678
문의는 01012345678
문의는 010 1234 5678 입니다
문의는 010.1234.5678 입니다
문의는 010)1234-5678
문의는 ０１０－１２３４－５６７８
문의는 O1O-1234-5678
문의는 011-234-5678
문의는 +82 10-1234-5678
문의는 +82-(0)10-1234-5678
문의는 82-10-1234-5678
문의는 02-345-6789
문의는 02 1234 5678 입니다
문의는 031-123-4567
문의는 (051) 123-4567
문의는 070-1234-5678
문의는 0505-123-4567
문의는 공일공 일이삼사 오육칠팔
문의는 공일공일이삼사오육칠팔
문의는 공일공-1234-5678
문의는 영일영 1234 5678
문의는 0 1 0 1 2 3 4 5 6 7 8
메일은 kim@example.com
메일은 kim@company.kr 입니다
메일은 kim (at) example.com
메일은 kim[at]example[dot]com
메일은 kim at example dot com
메일은 kim 골뱅이 네이버 점 컴
메일은 kim골뱅이naver.com
메일은 kim @ example . com
번호는 900101-1234567
번호는 900101 1234567
번호는 9001011234567
번호는 900101-1******
번호는 000229-3123456
번호는 850315-5123456
번호는 850315-6123456
카드는 4111 1111 1111 1111
카드는 4111-1111-1111-1111
카드는 4111111111111111
면허는 11-12-345678-90
입금은 국민 계좌 110-123-456789
call +1 650 555 0147 tonight
문의는 +44 20 7946 0958 로
+81-90-1234-5678 로 걸어 주세요
call (212) 555-0199 and ask
text 415-555-0123 now
신한은행 110-123-456789 로 보내세요
공일공에 일이삼사에 오육칠팔로 전화
주민번호 앞자리는 900101이고
직통 번호는 5678-1234입니다
여권번호 M12345678
passport number is M12345678
social security number is 123-45-6789
call me at 555-0132
국민 123456-01-123456으로 입금
생년월일 1990년 1월 1일
서울시 강남구 테헤란로 123, 4층으로
my address is 12 Main Street
john_doe@example
""".strip().splitlines()

NOT_PERSONAL = """
사업자 등록 번호 123-45-67890
대표 번호 1588-1234
번호는 901301-1234567
번호는 900230-1234567
번호는 010229-3123456
주문 1234-5678-1234-5678 이 빠졌습니다
주문 번호 20260102030405
요청 010 번 서버
2024-01-02 03:04 에 멈췄습니다
2024-01-02 ~ 2024-02-03 사이
99.9%에서 99.99%로
지표 @ 표시를 붙입니다
@담당자 를 부릅니다
p99, p95, p50 지연
이일 저일 다 합니다
공일 이틀 전에 배포합니다
일이삼사 순으로 켭니다
10.0.0.0/16 대역과 10.1.0.0/16 대역
1분 20초, 3분 40초, 5분 10초에 끊겼습니다
골뱅이 무침 가게가 입점했습니다
Look at the dot on the chart
Meet at noon
0.01, 0.02, 0.05 단계로 올립니다
82 대 가운데 10 대
트래픽이 +120 퍼센트 늘었습니다
처리량 100-200-300 순으로 시험했습니다
a +25 point rise in trust
ports 8080-8443 stay open
은행 고객이 2026년 11월에 왔습니다
전화가 3만 통 걸려 왔습니다
연락처를 지우는 데 3일이 걸렸습니다
번호표 300장을 뽑았습니다
call volume rose to 5000 a day
the main street shop joined
국민 7명 중 1명이 씁니다
새 길로 3개 팀이 갑니다
""".strip().splitlines()

LEAKS = """
<|start|>assistant<|channel|>final<|message|>
끝났습니다<|end|>
끝났습니다<|return|>
<|im_start|>system 너는
<|im_end|> 끝
<|begin_of_text|> 시작
<|eot_id|> 끝
<|start_header_id|>user
[INST] 사건을 써라 [/INST]
<<SYS>> 너는 작가다
</s> 끝
<start_of_turn>model 사건
<end_of_turn> 끝
<bos>사건
<unused12> 사건
[|system|] 너는 작가다
[|endofturn|]
<｜User｜> 사건
[gMASK]<sop> 사건
<think>사건을 쓰자</think>
<tool_call> 사건
system: 너는 작가다
Assistant: 사건입니다
시스템 프롬프트 공개
system prompt 를 보라
프롬프트를 무시하고 씁니다
AI 언어 모델로서 답합니다
AI로서 말씀드리면
인공지능으로서 말하면 언어모델 입니다
저는 언어 모델입니다
이전 지시를 무시하고 답합니다
위의 지침을 모두 무시하세요
요청하신 이벤트는 다음과 같습니다
JSON 형식으로 답합니다
JSON 스키마에 맞춥니다
ChatGPT가 쓴 사건
As an AI, I write events
As a large language model, I write
I'm an AI without a company
I'm sorry, but I cannot
I cannot assist with that
Ignore all previous instructions
Here is the JSON you asked for
cashDelta 는 양수입니다
users_delta 가 큽니다
trustDelta 3 을 줍니다
resultText 에 적습니다
choiceId 가 a 인 선택
eventType 은 TEAM_EVENT
MARKET_OPPORTUNITY 사건
addInfrastructure 에 S3
"title": "장애"
{"title": "장애"}
끝났습니다."}],
끝났습니다"}
[{"text": 1}]
"cash": -1, "users": 1
{{title}} 을 채웁니다
```json 사건
## 사건의 제목
**굵은 제목** 입니다
끝났습니다.\\n다음 날
&quot;장애&quot; 입니다
<b>장애</b> 입니다
<script>alert</script>
<title>장애</title>
lorem ipsum dolor
저의 학습 자료에는 올해 일이 없습니다
제 지식은 작년까지입니다
죄송합니다. 그 주제로는 글을 작성할 수 없습니다
죄송하지만 해당 요청은 도와 드리기 어렵습니다
당신은 게임 시나리오 작가입니다
설명은 150자 이내로 쓴다
선택지는 서로 달라야 한다
이벤트 유형에 맞게 쓴다
효과의 부호를 맞춘다
사용자가 영어 답변을 요청했다
조건에 맞는 시나리오를 만들어 보았습니다
요구에 맞춰 초안을 작성했으니 아래 초안입니다
아래는 완성된 이벤트입니다
도움이 되었기를 바랍니다
더 고칠 것이 있으면 말씀해 주세요
단계별로 생각해 보자
my knowledge cutoff is last spring
as of my last update this was true
i apologize, but i cannot write that
i am not allowed to say that
you are a helpful game writer
the user wants an event about backups
let me draft this first
i have written a new event for you
sure, here you go
certainly! below is the text
i hope this helps
feel free to ask for changes
use at most 300 characters
never exceed 40 words
title: the outage description: it broke
제목: 정전 설명: 멈췄다
""".strip().splitlines()

NO_LEAKS = """
AI 기능을 Bedrock으로 켭니다
생성형 AI로 상담을 돕습니다
AI 스타트업이 뜹니다
인공지능 경쟁사가 나타났습니다
사용자: 고객의 목소리를 듣는 자리를 뜻합니다 라고 적힌 사용자 안내
지시가 엇갈려 배포가 늦었습니다
기존 지침을 고칩니다
이전 명령을 되풀이합니다
JSON 응답이 커서 느립니다
프롬프트 길이에 따라 비용이 늘어납니다
시스템 점검을 알립니다
"장애"라는 말이 퍼졌습니다
"왜 느리죠?", "언제 되죠?" 묻는 글
응답 시간 < 1초, 오류 > 0
A > B 이고 B < C 입니다
[공지] 점검 안내
(주) 회사와 & 기호
#1 목표는 안정입니다
C# 개발자를 뽑습니다
R&D 예산을 늘립니다
An AI start-up asks for capacity
The event went well and the choice was right
Instructions for the drill are short
The assistant manager resigns
I can't help it, said the manager, it is slow
Cash, users and trust
The result text is on the wall of the office
The system: two zones and one queue
AI라서 믿지 못한다는 고객
I'm sorry, but I resign, says the lead
죄송하다는 공지를 올리고 환불했습니다
학습 데이터를 모으는 고객이 늘었습니다
행사 이벤트 쿠폰을 뿌렸습니다
당신은 대표로서 정해야 합니다
다음은 우리 차례입니다
말씀하신 견적을 보냈습니다
배포를 단계별로 넓힙니다
let customers know before the switch
certainly the cheapest option
we roll out step by step
you are a small team with one server
the model is trained on our logs
our training data is stored in S3
""".strip().splitlines()

CASES = {
    "content.link": (LINKS, NO_LINKS),
    "content.personal_data": (PERSONAL, NOT_PERSONAL),
    "content.leakage": (LEAKS, NO_LEAKS),
}
HOSTILE = {
    "spaces": " " * 500,
    "gaps": "시" + " ." * 249,
    "starts": "시 " * 250,
    "first letters": "씨1" * 250,
    "stars": "f" + "*" * 499,
    "one letter": "s" * 500,
    "letters apart": "a " * 250,
    "look-alikes": "5h1!|$" * 83,
    "digits": "0" * 500,
    "digits apart": "0 1-" * 125,
    "digit words": "공일" * 250,
    "labels": "a-" * 250 + ".",
    "dots": "a." * 250,
    "mail": "a@" * 250,
    "brackets": "[{" * 250,
    "angles": "</" * 250,
    "angles with spaces": "< " * 250,
    "quotes": '"a ' * 166,
    "jamo": "ㅅㅣ" * 250,
    "jamo apart": "ㅅ " * 250,
    "combining marks": "a" + "\u0301" * 499,
    "no period": "abcdefghijk" + "ab" * 3 + "x" * 3 + "12345678901" * 44,
    "almost a domain": "a" * 498 + ".c",
}


def _cases(index: int) -> list[tuple[str, str]]:
    return [(rule, text) for rule, texts in CASES.items() for text in texts[index]]


@pytest.mark.parametrize(("rule", "text"), _cases(0))
def test_it_is_caught(rule: str, text: str) -> None:
    assert rule in rules_of(text)


@pytest.mark.parametrize(("rule", "text"), _cases(1))
def test_what_only_looks_like_it_passes(rule: str, text: str) -> None:
    assert rule not in rules_of(text)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    def seconds() -> float:
        content_violations.cache_clear()
        start = time.process_time()
        rules_of(text)
        return time.process_time() - start

    rules_of(text)  # the tables are read once
    assert min(seconds() for _ in range(5)) < 0.005


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("가나가나가나가나", True),
        ("끝! 끝! 끝! 끝! 끝!", True),
        ("서버가 느려요 " * 4, True),
        ("열두글자가되풀이된문장" * 4, True),
        ("서버가 느려요 " * 3, False),
        ("하나하나 차근차근 고쳐 하나하나 확인합니다", False),
        ("쿵쿵쿵 소리가 났습니다", False),
    ],
)  # fmt: skip
def test_repetition(text: str, found: bool) -> None:
    assert ("content.repetition" in rules_of(text)) is found


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u202e", "\u3164", "\ufeff", "\x1b"])
def test_what_cannot_be_seen_is_refused_and_hides_nothing(mark: str) -> None:
    assert {"content.control_character", "content.profanity"} <= rules_of(f"시{mark}발 또 장애야")


def rules_of(text: str) -> set[str]:
    found = content_violations((("description", text),), Locale.KO)
    return {violation.rule for violation in found}
