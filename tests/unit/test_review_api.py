"""The review routes on a real database: admin only, blind, validated, exported."""

import csv
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from review_samples import answers, review, review_item
from review_site import review_backend

from evaluation.reviews import read_reviews
from serve.adapters.review_store import SqlReviewStore
from serve.api import create_api
from serve.quality.judgement import Judgement

ADMIN = {"Authorization": "Bearer secret"}
NEXT, ONE = "/api/llm/reviews/next?reviewer=민지", "/api/llm/reviews/item-0001"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlReviewStore]:
    opened = SqlReviewStore(f"sqlite:///{tmp_path / 'reviews.db'}")
    await opened.queue([review_item(1), review_item(2)])
    yield opened
    await opened.close()


def client(store: SqlReviewStore, admin: str = "secret", **options: Any) -> httpx.AsyncClient:
    built = review_backend(store, admin)
    transport = httpx.ASGITransport(create_api(lambda: built), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test", **options)


@pytest.fixture
async def api(store: SqlReviewStore) -> AsyncIterator[httpx.AsyncClient]:
    async with client(store, headers=ADMIN) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", NEXT),
        ("PUT", ONE),
        ("GET", "/api/llm/reviews"),
        ("GET", "/api/llm/reviews/progress?reviewer=민지"),
    ],
)
@pytest.mark.parametrize("token", [None, "game-key", "guess"])
async def test_the_data_is_the_admins(
    store: SqlReviewStore, method: str, path: str, token: str | None
) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client(store, headers=headers) as api:
        answer = await api.request(method, path, json=answers() if method == "PUT" else None)
    assert answer.status_code == (403 if token == "game-key" else 401)
    assert await store.reviewed() == []


async def test_an_open_platform_asks_for_no_token(store: SqlReviewStore) -> None:
    async with client(store, admin="") as api:
        assert (await api.get(NEXT)).status_code == 200


async def test_blind_until_submitted(api: httpx.AsyncClient) -> None:
    before = await api.get(NEXT)
    assert set(before.json()["item"]) == {"itemId", "event", "gameState", "locale"}
    assert before.json()["progress"] == {"done": 0, "open": 2}
    assert before.headers["cache-control"] == "no-store"
    after = await api.put(ONE, json=answers())
    assert after.json()["quality"]["total"] == 66.3
    assert after.json()["progress"] == {"done": 1, "open": 1}
    assert (await api.get(NEXT)).json()["item"]["itemId"] == "item-0002"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consistency": 26}, "consistency"),
        ({"consistency": -1}, "consistency"),
        ({"fun": 12.5}, "fun"),
        ({"education": None}, "education"),
        ({"verdict": "maybe"}, "verdict"),
        ({"checklist": {}}, "checklist"),
        ({"checklist": {"safe": "yes"}}, "checklist.safe"),
        ({"note": "x" * 2001}, "note"),
        ({"reviewer": ""}, "reviewer"),
        ({"reviewer": "a<b>"}, "reviewer"),
        ({"reviewer": " minji"}, "reviewer"),
        ({"seconds": -1}, "seconds"),
    ],
)
async def test_a_wrong_answer_names_its_field(
    api: httpx.AsyncClient, store: SqlReviewStore, change: dict[str, Any], field: str
) -> None:
    answer = await api.put(ONE, json=answers() | change)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert await store.reviewed() == []


async def test_an_item_that_is_gone(api: httpx.AsyncClient) -> None:
    assert (await api.put("/api/llm/reviews/gone", json=answers())).status_code == 404


async def test_a_dead_database_answers_503(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with client(SqlReviewStore(f"sqlite:///{tmp_path / 'file' / 'r.db'}"), "") as api:
        assert (await api.get(NEXT)).status_code == 503


async def test_export_as_jsonl_is_what_the_evaluation_reads(
    api: httpx.AsyncClient, store: SqlReviewStore
) -> None:
    await store.submit(review(reviewer="민지"))
    await store.submit(review(reviewer="jun", fun=5))
    answer = await api.get("/api/llm/reviews")
    (reviewed,) = read_reviews(answer.content, "export")
    assert [one.reviewer for one in reviewed.reviews] == ["민지", "jun"]
    assert reviewed.item.quality.education == 11.2
    first = json.loads(answer.text.splitlines()[0])
    assert first["review"]["note"] == "결과를 더 분명하게"
    assert first["item"]["why"] == "verdict"


async def test_export_as_csv_opens_in_a_spreadsheet(
    api: httpx.AsyncClient, store: SqlReviewStore
) -> None:
    await store.submit(review(note='=HYPERLINK("x"), "두 줄\n메모"'))
    answer = await api.get("/api/llm/reviews?format=csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    (row,) = _rows(answer.content)
    assert row["note"].startswith("'=HYPERLINK")
    assert row["note"].endswith('두 줄\n메모"')
    assert (row["total"], row["auto_total"], row["texts_match"]) == ("70", "66.3", "yes")
    assert (row["blind"], row["judge_total"]) == ("yes", "")
    assert (await api.get("/api/llm/reviews?format=xls")).status_code == 422


async def test_a_second_answer_is_exported_as_not_blind(api: httpx.AsyncClient) -> None:
    for fun in (25, 5):  # what a browser says about its blindness counts for nothing
        await api.put(ONE, json=answers(fun=fun) | {"blind": True})
    await api.put(ONE, json=answers("jun"))
    lines = (await api.get("/api/llm/reviews")).text.splitlines()
    assert [json.loads(one)["review"]["blind"] for one in lines] == [False, True]
    rows = _rows((await api.get("/api/llm/reviews?format=csv")).content)
    assert [row["blind"] for row in rows] == ["no", "yes"]


async def test_the_judges_points_have_their_columns(
    api: httpx.AsyncClient, store: SqlReviewStore
) -> None:
    judged = Judgement(consistency=1, balance=2, fun=3, education=4)
    await store.queue([review_item(3, judge=judged)])
    await store.submit(review("item-0003"))
    (row,) = _rows((await api.get("/api/llm/reviews?format=csv")).content)
    points = [row[f"judge_{name}"] for name in ("consistency", "balance", "fun", "education")]
    assert [float(one) for one in (*points, row["judge_total"])] == [1, 2, 3, 4, 10]


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/review", "text/html"),
        ("/review/style.css", "text/css"),
        ("/review/app.js", "text/javascript"),
        ("/review/keys.js", "text/javascript"),
        ("/review/checklist.json", "application/json"),
    ],
)
async def test_the_page_is_public_and_strict(store: SqlReviewStore, path: str, media: str) -> None:
    async with client(store) as api:
        answer = await api.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    if media != "application/json":
        assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/review/routes.js", "/review/..%2froutes.js", "/review/page.html"]
)
async def test_nothing_else_is_served(store: SqlReviewStore, path: str) -> None:
    async with client(store) as api:
        assert (await api.get(path)).status_code == 404


def test_every_script_that_is_imported_is_served() -> None:
    from serve.api.review.routes import _SCRIPTS

    folder = Path("serve/api/review")
    assert sorted(_SCRIPTS) == sorted(path.stem for path in folder.glob("*.js"))
