"""The review page in a real Chromium, worked from the keyboard alone.

Needs `pip install playwright` and Debian's browser: `apt-get install -y chromium`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import FLAGS, PATH
from review_samples import answers, review_item
from review_site import review_site, run_apart

from serve.adapters.review_store import SqlReviewStore

if not PATH.exists():
    pytest.skip(
        "NOT TESTED: no Chromium, so nothing looked at the review page. "
        "Install it with `apt-get install -y chromium`",
        allow_module_level=True,
    )
sync_api = pytest.importorskip(
    "playwright.sync_api",
    reason="NOT TESTED: no Playwright, so nothing looked at the review page. "
    "Install it with `pip install playwright`",
)
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect  # noqa: E402

_HANGUL = {"KeyA": "ㅁ", "KeyR": "ㄱ", "KeyX": "ㅌ", "KeyY": "ㅛ", "KeyN": "ㅜ"}
_SCORE_WORDS = ("quality", "19.3", "18.1", "17.7", "11.2", "66.3", "prompt-secret", "model-secret")
"""What would betray the automatic score of a sample item, or who wrote it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(PATH), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 860})
    yield opened
    opened.close()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "reviews.db"


def start(context: BrowserContext, url: str, name: str, token: str = "") -> Page:
    """Signs in from the keyboard."""
    page = context.new_page()
    page.goto(f"{url}/review")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    if token:
        page.keyboard.press("Tab")
        page.keyboard.type(token)
    page.keyboard.press("Enter")
    expect(page.locator("#event h2")).to_be_visible()
    return page


def fill(page: Page, digits: str = "4534", checks: str = "yyyny", verdict: str = "r") -> None:
    for key in digits + checks + verdict:
        page.keyboard.press(key)


def submit(page: Page) -> None:
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_be_visible()


def kept(database: Path) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        store = SqlReviewStore(f"sqlite:///{database}")
        rows = await store.reviewed()
        await store.close()
        return [json.loads(row.review.model_dump_json(by_alias=True)) for row in rows]

    return run_apart(read())


def test_twenty_reviews_from_the_keyboard_alone(context: BrowserContext, database: Path) -> None:
    with review_site(database, [review_item(number) for number in range(20)], "secret") as url:
        page = start(context, url, "민지", "secret")
        for number in range(20):
            expect(page.locator("#form")).to_be_visible()
            fill(page, verdict="arx"[number % 3])
            page.keyboard.press("m")
            page.keyboard.type(f"note {number}")
            submit(page)
            expect(page.locator("tfoot")).to_contain_text("66.3")
            page.keyboard.press("Enter")
        expect(page.locator("#empty")).to_be_visible()
        expect(page.locator("#progress")).to_have_text("검토함 20 · 남음 0")
    reviews = kept(database)
    assert [review["itemId"] for review in reviews] == [f"item-{n:04}" for n in range(20)]
    assert [review["note"] for review in reviews] == [f"note {n}" for n in range(20)]
    points = ("consistency", "balance", "fun", "education")
    assert {tuple(review[name] for name in points) for review in reviews} == {(20, 25, 15, 20)}
    assert {tuple(review["checklist"].values()) for review in reviews} == {
        (True, True, True, False, True)
    }
    assert [review["verdict"] for review in reviews[:3]] == ["approve", "revise", "reject"]


def test_with_korean_input_on(context: BrowserContext, database: Path) -> None:
    """An input method reports Hangul, or `Process`, as the key; only its place is what it was."""
    with review_site(database, [review_item()]) as url:
        page = start(context, url, "민지")
        for digit in "4534":
            page.keyboard.press(digit)
        for code in ("KeyY", "KeyN", "KeyY", "KeyN", "KeyY", "KeyX"):
            press_with_input_method(page, code, _HANGUL[code])
        page.keyboard.press("Enter")
        expect(page.locator("#result")).to_be_visible()
    (review,) = kept(database)
    assert list(review["checklist"].values()) == [True, False, True, False, True]
    assert review["verdict"] == "reject"


def test_enter_that_ends_a_syllable_does_not_submit(
    context: BrowserContext, database: Path
) -> None:
    with review_site(database, [review_item()]) as url:
        page = start(context, url, "민지")
        fill(page)
        page.keyboard.press("m")
        dispatch(page, {"code": "Enter", "key": "Process", "keyCode": 229, "isComposing": True})
        page.wait_for_timeout(150)
        expect(page.locator("#form")).to_be_visible()
        submit(page)


def press_with_input_method(page: Page, code: str, hangul: str) -> None:
    key = "Process" if code == "KeyN" else hangul
    dispatch(page, {"code": code, "key": key, "keyCode": 229})


def dispatch(page: Page, event: dict[str, Any]) -> None:
    page.evaluate(
        """event => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {...event, bubbles: true, cancelable: true}))""",
        event,
    )


def test_a_reload_loses_nothing(context: BrowserContext, database: Path) -> None:
    items = [review_item(1), review_item(2)]
    with review_site(database, items, "secret") as url:
        page = start(context, url, "민지", "secret")
        fill(page, digits="45", checks="yn", verdict="a")
        page.keyboard.press("m")
        page.keyboard.type("half a thought")
        page.reload()
        expect(page.locator("#note")).to_have_value("half a thought")
        assert page.locator("input:checked").count() == 5
        page.keyboard.press("Escape")
        fill(page, digits="34", checks="yny", verdict="")
        page.reload()
        expect(page.locator("#submit")).to_be_focused()
        submit(page)
        page.reload()
        expect(page.locator("#form")).to_be_visible()
        expect(page.locator("#progress")).to_have_text("검토함 1 · 남음 1")
        assert page.locator("input:checked").count() == 0
    (review,) = kept(database)
    assert review["note"] == "half a thought"
    assert [review[name] for name in ("consistency", "balance", "fun", "education")] == [
        20, 25, 15, 20,
    ]  # fmt: skip
    assert review["verdict"] == "approve"


def test_an_answer_that_could_not_be_sent_is_kept(context: BrowserContext, database: Path) -> None:
    with review_site(database, [review_item()]) as url:
        page = start(context, url, "민지")
        fill(page)
        context.set_offline(True)
        page.keyboard.press("Enter")
        expect(page.locator("#message")).to_contain_text("브라우저에 남아 있습니다")
        assert page.locator("input:checked").count() == 10
        context.set_offline(False)
        submit(page)
    assert len(kept(database)) == 1


def test_two_reviewers_see_the_same_item_apart(browser: Browser, database: Path) -> None:
    with review_site(database, [review_item()]) as url:
        for name, digits in (("민지", "5555"), ("Jun Ho", "1111")):
            context = browser.new_context()
            page = start(context, url, name)
            assert page.locator("input:checked").count() == 0
            fill(page, digits=digits)
            submit(page)
            context.close()
    assert [(review["reviewer"], review["fun"]) for review in kept(database)] == [
        ("민지", 25),
        ("Jun Ho", 5),
    ]


def test_no_answer_betrays_the_score_before_submission(
    context: BrowserContext, database: Path
) -> None:
    bodies: list[str] = []

    def collect(response: Response) -> None:
        if response.request.resource_type == "fetch":
            bodies.append(response.text())

    with review_site(database, [review_item()]) as url:
        context.on("response", collect)
        page = start(context, url, "민지")
        fill(page)
        page.wait_for_timeout(200)
        before = [*bodies, page.content()]
        submit(page)
    assert len(before) >= 3
    assert not [word for word in _SCORE_WORDS for body in before[:-1] if word in body]
    assert not [word for word in _SCORE_WORDS[1:] if word in before[-1]]


def test_an_unfinished_form_says_what_is_missing(context: BrowserContext, database: Path) -> None:
    with review_site(database, [review_item()]) as url:
        page = start(context, url, "민지")
        fill(page, verdict="")
        page.keyboard.press("Enter")
        expect(page.locator("#missing")).to_have_text("아직 답하지 않았습니다: 판정")
        assert kept(database) == []


def test_a_wrong_token_is_refused_and_asked_for_again(
    context: BrowserContext, database: Path
) -> None:
    with review_site(database, [review_item()], "secret") as url:
        page = context.new_page()
        page.goto(f"{url}/review")
        expect(page.locator("#name")).to_be_focused()
        page.keyboard.type("민지")
        page.keyboard.press("Tab")
        page.keyboard.type("guess")
        page.keyboard.press("Enter")
        expect(page.locator("#message")).to_have_text("관리자 토큰이 맞지 않습니다.")
        expect(page.locator("#token")).to_be_focused()
        assert answers()["note"] not in page.content()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_whole_at_every_width(browser: Browser, database: Path, width: int) -> None:
    """No sideways scrolling, no blocked or foreign resource, English at the press of a key."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    problems: list[str] = []
    hosts: set[str] = set()
    with review_site(database, [review_item()]) as url:
        context.on("console", lambda message: problems.append(message.text))
        context.on("weberror", lambda error: problems.append(str(error.error)))
        context.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page = start(context, url, "민지")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("l")
        expect(page.locator("h1")).to_have_text("Event review")
        page.keyboard.press("Shift+Slash")
        expect(page.locator("#help")).to_be_visible()
        page.keyboard.press("Escape")
        fill(page)
        submit(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert hosts == {url.removeprefix("http://")}
    context.close()
    assert [text for text in problems if "favicon" not in text] == []
