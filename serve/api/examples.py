"""The examples of the OpenAPI document, also used by the tests."""

from typing import Any

EVENT_REQUEST: dict[str, Any] = {
    "playerId": "player-7",
    "gameState": {
        "currentTurn": 8,
        "difficulty": "NORMAL",
        "cash": 42_000_000,
        "users": 1200,
        "trust": 55,
        "infrastructure": ["EC2", "RDS"],
    },
    "locale": "ko",
    "deadlineMs": 2800,
}

EVENT_RESPONSE: dict[str, Any] = {
    "requestId": "9f0c2e0f6c1d4a41b7c0d0e5a4f3b2c1",
    "source": "llm",
    "event": {
        "eventId": "3b1c5d7e9f024681.a1b2c3d4e5f607",
        "eventType": "INFRASTRUCTURE_CRISIS",
        "severity": "HIGH",
        "title": "저녁마다 멈칫하는 결제",
        "description": "저녁이면 결제 화면이 몇 초씩 멈춰 문의가 쌓입니다. "
        "서버 한 대가 모든 요청을 받고 있어, 그 한 대가 쓰러지면 서비스도 함께 쓰러집니다.",
        "choices": [
            {
                "choiceId": "a",
                "text": "ALB를 앞에 두고 서버를 두 대로 나눈다",
                "effects": {
                    "usersDelta": 750,
                    "cashDelta": -15_000_000,
                    "trustDelta": 4,
                    "addInfrastructure": ["ALB"],
                    "removeInfrastructure": [],
                },
                "resultText": "한 대가 쉬어도 결제가 이어집니다. "
                "대신 매달 나가는 비용이 늘었습니다.",
            },
            {
                "choiceId": "b",
                "text": "피크 시간에만 광고를 줄여 손님을 덜 받는다",
                "effects": {
                    "usersDelta": -150,
                    "cashDelta": 9_000_000,
                    "trustDelta": -2,
                    "addInfrastructure": [],
                    "removeInfrastructure": [],
                },
                "resultText": "광고비는 아꼈지만 돌아선 고객이 생겼고, "
                "단일 장애점은 그대로 남았습니다.",
            },
        ],
    },
    "quality": {
        "total": 91.0,
        "consistency": 24.0,
        "balance": 23.0,
        "fun": 22.0,
        "education": 22.0,
        "verdict": "accept",
    },
    "promptVersion": "compact-3",
    "model": "eventsmith-small",
    "ageSeconds": 0.0,
    "latencyMs": 1240.5,
}
