"""The page `/rollout` in a real Chromium: what it shows, and what its buttons do.

Needs `pip install playwright` and Debian's browser: `apt-get install -y chromium`.
"""

import os
import time
from collections.abc import Iterator

import pytest
from chromium import FLAGS, PATH
from fakes import MemoryStore
from rollouts import HOUR, Rates, World
from served import backend, keyring
from site_under_test import site

from serve.api import Backend
from serve.release.rollout import Rollout, Status

if not PATH.exists():
    pytest.skip(
        "NOT TESTED: no Chromium, so nothing looked at the roll-out page. "
        "Install it with `apt-get install -y chromium`",
        allow_module_level=True,
    )
sync_api = pytest.importorskip(
    "playwright.sync_api",
    reason="NOT TESTED: no Playwright, so nothing looked at the roll-out page. "
    "Install it with `pip install playwright`",
)
from playwright.sync_api import Page, expect  # noqa: E402


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PATH), args=FLAGS)
        context = browser.new_context(locale="en-GB", viewport={"width": 1000, "height": 700})
        yield context.new_page()
        browser.close()


@pytest.fixture
def built() -> Backend:
    return backend(MemoryStore(), keyring(("key",), "admin", 1e6))


def opened(page: Page, url: str) -> Page:
    page.goto(f"{url}/rollout")
    page.evaluate("sessionStorage.clear(); localStorage.clear()")
    page.reload()
    page.get_by_label("Admin token").fill("admin")
    page.get_by_role("button", name="Show").click()
    return page


def test_a_roll_out_from_its_start_to_its_end(page: Page, built: Backend) -> None:
    problems = list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    with site(built) as url:
        opened(page, url)
        expect(page.get_by_text("Nothing has been rolled out")).to_be_visible()
        answer = page.request.post(
            f"{url}/api/llm/rollout",
            data={"action": "start", "reason": "warmer stories"},
            headers={"Authorization": "Bearer admin"},
        )
        assert answer.ok
        expect(page.get_by_role("heading", name="candidate (p2:m1) · 10 %")).to_be_visible(
            timeout=10_000
        )
        expect(page.get_by_text("by admin: warmer stories")).to_be_visible()
        expect(page.get_by_text("inconclusive · The stage is not over yet")).to_be_visible()
        expect(page.locator("#findings tr")).to_have_count(4)
        page.on("dialog", lambda dialog: dialog.accept("it reads well"))
        page.get_by_role("button", name="Advance").click()
        expect(page.locator("li[data-state=now]")).to_have_text("25 %")
        page.get_by_role("button", name="Hold").click()
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
        page.get_by_role("button", name="Roll back").click()
        expect(page.locator("#progress")).to_contain_text("rolled back")
        expect(page.get_by_role("button", name="Advance")).to_be_hidden()
        page.get_by_role("button", name="한국어").click()
        expect(page.locator("#progress")).to_contain_text("되돌림")
    assert problems == []
    rollout = built.rollouts.board.rollout
    assert rollout is not None
    assert (rollout.status, rollout.reason) == (Status.ROLLED_BACK, "it reads well")


def test_figures_are_shown_with_what_they_may_be(page: Page) -> None:
    store, world = MemoryStore(), World()
    built = backend(store, keyring(("key",), "admin", 1e6))
    rollout = Rollout.start(
        "candidate", "p2:m1", (10, 25, 50, 100), {}, now=time.time() - 19 * HOUR,
        actor="admin", reason="warmer stories",
    )  # fmt: skip
    advanced = rollout.advanced({}, now=time.time() - 19 * HOUR, actor="controller", reason="good")
    store.values["rollout"] = advanced.model_dump_json()
    world.serve("candidate", 9000, Rates(quality=89))
    world.serve("current", 27_000, Rates())
    store.hashes["totals:lifetime"] = {name: str(count) for name, count in world.lifetime.items()}
    with site(built) as url:
        opened(page, url)
        rows = page.locator("#findings tr")
        expect(rows.nth(0)).to_contain_text("n = 9,000")
        expect(rows.nth(0)).to_contain_text("healthy")
        expect(rows.nth(3)).to_contain_text("Quality points")
        expect(page.locator("li[data-state=done]")).to_have_text("10 %")
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/rollout.png")


def test_a_wrong_token_is_asked_for_again(page: Page, built: Backend) -> None:
    with site(built) as url:
        page.goto(f"{url}/rollout")
        page.evaluate("sessionStorage.clear()")
        page.reload()
        expect(page.locator("#entry")).to_be_visible()
        page.locator("#token").fill("guess")
        page.locator("#entry button").click()
        expect(page.locator("#entry")).to_be_visible()
        expect(page.locator("#rollout")).to_be_hidden()
