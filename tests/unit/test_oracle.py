"""The oracle of `make prove-rules` finds each promise that can be broken, and nothing in good answers."""

import json
from typing import Any

import pytest
from fuzzing.mutations import MUTATIONS
from fuzzing.oracle import breaches

_TAG = "b00d00"
"""Of this player: `printf player-7 | b2sum --length 24`."""
ASKED: dict[str, Any] = {
    "playerId": "player-7",
    "eventContext": {"eventType": "INFRASTRUCTURE_CRISIS"},
    "gameState": {
        "currentTurn": 8,
        "difficulty": "NORMAL",
        "cash": 42_000_000,
        "users": 1200,
        "trust": 55,
        "infrastructure": ["EC2", "ElastiCache", "abacus"],
    },
}


def good() -> dict[str, Any]:
    effects = {"addInfrastructure": [], "removeInfrastructure": []}
    return {
        "requestId": "r",
        "source": "pool",
        "event": {
            "eventId": f"d1.{_TAG}0123abcd",
            "eventType": "INFRASTRUCTURE_CRISIS",
            "severity": "HIGH",
            "title": "저녁마다 멈칫하는 결제",
            "description": "저녁이면 결제 화면이 몇 초씩 멈춰 문의가 쌓입니다.",
            "choices": [
                {
                    "choiceId": "a",
                    "text": "서버를 두 대로 나눈다",
                    "effects": effects
                    | {"cashDelta": -9_000_000, "usersDelta": 200, "trustDelta": 2}
                    | {"addInfrastructure": ["ALB"]},
                    "resultText": "결제가 이어져 고객이 늘었습니다.",
                },
                {
                    "choiceId": "b",
                    "text": "광고를 줄여 손님을 덜 받는다",
                    "effects": effects
                    | {"cashDelta": 5_000_000, "usersDelta": -100, "trustDelta": -1}
                    | {"removeInfrastructure": ["Redis"]},
                    "resultText": "광고비는 아꼈지만 손님이 떠났습니다.",
                },
            ],
        },
        "quality": {
            "total": 88.0,
            "consistency": 22.0,
            "balance": 22.0,
            "fun": 22.0,
            "education": 22.0,
            "verdict": "accept",
        },
        "promptVersion": "p1",
        "model": "m1",
        "ageSeconds": 3.0,
        "latencyMs": 1.0,
    }


def judged(answer: object, asked: dict[str, Any] | None = None) -> list[str]:
    return breaches(json.dumps(asked or ASKED).encode(), 200, json.dumps(answer).encode())


def test_a_good_answer_has_no_breach() -> None:
    assert judged(good()) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_promise_broken_is_found(name: str) -> None:
    answer, mutation = good(), MUTATIONS[name]
    mutation.broken(answer, ASKED)
    assert any(mutation.found in breach for breach in judged(answer))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b""),
        (200, b""),
        (200, b"[]"),
        (200, b"\xff"),
        (200, json.dumps(good()).encode().replace(b"3.0", b"NaN")),
        (200, b'{"requestId": "twice", ' + json.dumps(good()).encode()[1:]),
    ],
    ids=["503", "empty", "list", "bytes", "NaN", "twice"],
)
def test_what_is_no_answer_is_found(status: int, body: bytes) -> None:
    assert breaches(json.dumps(ASKED).encode(), status, body)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"currentTurn": 1, "trust": 100}, "trust out of range"),
        ({"users": 50}, "users below zero"),
        ({"infrastructure": ["EC2", "alb", "Redis"]}, "adds what is owned"),
        ({"infrastructure": ["EC2"]}, "removes what is not owned"),
        ({"difficulty": "HARD", "cash": 0, "trust": 13}, ""),
        ({"difficulty": "HARD", "cash": -1}, ""),
    ],
    ids=["trust", "users", "owned", "not owned", "one way out", "over already"],
)
def test_an_answer_is_judged_for_the_state_that_was_sent(
    change: dict[str, Any], found: str
) -> None:
    asked = ASKED | {"gameState": ASKED["gameState"] | change}
    assert judged(good(), asked) == ([found] if found else [])


def test_the_type_asked_for_binds_all_but_hand_written_events() -> None:
    asked = ASKED | {"eventContext": {"eventType": "TEAM_EVENT"}}
    assert judged(good(), asked) == ["another type than was asked for"]
    assert judged(good() | {"source": "static"}, asked) == []
