"""The report's page in a real Chromium: its filters, its keys, its width, and no network.

Needs `pip install playwright` and Debian's browser: `apt-get install -y chromium`.
"""

from collections.abc import Iterator

import pytest
from chromium import FLAGS, PATH
from evaluation_samples import results

from evaluation.report.figures import figures
from evaluation.report.html import write_report
from evaluation.report.words import Said
from evaluation.suite.result import Outcome, Result
from serve.domain.state import Stage

if not PATH.exists():
    pytest.skip(
        "NOT TESTED: no Chromium, so nothing looked at the report. "
        "Install it with `apt-get install -y chromium`",
        allow_module_level=True,
    )
sync_api = pytest.importorskip(
    "playwright.sync_api",
    reason="NOT TESTED: no Playwright, so nothing looked at the report. "
    "Install it with `pip install playwright`",
)
from playwright.sync_api import Browser, Page, expect  # noqa: E402

BASE, OTHER = "compact/bundled/default", "terse/bundled/default"
ARMS = {BASE: results(BASE, 60), OTHER: results(OTHER, 60, worse=0.5)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(PATH), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    told = [Said("terse가 9.1점 못합니다.", "terse is 9.1 points worse.")]
    figured = {arm: figures(each) for arm, each in ARMS.items()}
    folder = tmp_path_factory.mktemp("report")
    return write_report(folder, "smoke", ARMS, figured, told, {"seed": "0"}).as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def visible(page: Page) -> int:
    return page.locator("#events > details:visible").count()


def count(arm: str | None = None, outcome: Outcome | None = None, stage: str = "") -> int:
    def wanted(one: Result) -> bool:
        return (
            one.event is not None
            and (arm is None or one.arm == arm)
            and (outcome is None or one.outcome is outcome)
            and (not stage or one.game_state.stage == stage)
        )

    return sum(wanted(one) for each in ARMS.values() for one in each)


def test_filters_narrow_and_are_taken_back(page: Page) -> None:
    assert visible(page) == count()
    page.select_option("select[name=arm]", "1")
    assert visible(page) == count(OTHER)
    page.select_option("select[name=outcome]", "invalid")
    assert visible(page) == count(OTHER, Outcome.INVALID)
    page.select_option("select[name=stage]", "ipo-prep")
    narrowed = count(OTHER, Outcome.INVALID, Stage.IPO_PREP)
    assert 0 < narrowed < count(OTHER, Outcome.INVALID)
    assert visible(page) == narrowed
    expect(page.locator("#shown")).to_have_text(str(narrowed))
    page.click("button[type=reset]")
    expect(page.locator("#shown")).to_have_text(str(count()))
    assert visible(page) == count()


def test_where_nothing_matches_it_says_so(page: Page) -> None:
    expect(page.locator("#nothing")).to_be_hidden()
    page.evaluate(
        """() => document.querySelectorAll("details").forEach((one) => { one.dataset.arm = "0"; })"""
    )
    page.select_option("select[name=arm]", "1")
    expect(page.locator("#nothing")).to_be_visible()


def test_an_event_opens_from_the_keyboard(page: Page) -> None:
    first = page.locator("#events > details").first
    expect(first.locator(".choices")).to_be_hidden()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(first.locator(".choices li").first).to_be_visible()
    expect(first.locator(".reasons")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_whole_at_every_width(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    """No sideways scrolling, nothing blocked, nothing fetched, plots drawn, text legible."""
    dark = "dark" if scheme == "dark" else "light"
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=dark)
    problems: list[str] = []
    requests: list[str] = []
    context.on("console", lambda message: problems.append(message.text))
    context.on("weberror", lambda error: problems.append(str(error.error)))
    context.on("request", lambda request: requests.append(request.url))
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("figure svg").count() == 6
    contrast = page.evaluate(_CONTRAST)
    assert min(contrast.values()) >= 4.5, contrast
    assert [url for url in requests if not url.startswith("data:")] == [address]
    assert problems == []
    context.close()


def test_without_a_script_every_event_is_there(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#filters")).to_be_hidden()
    assert visible(page) == count()
    context.close()


_CONTRAST = """() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!colour.endsWith(", 0)")) return colour;
    }
  };
  const found = {};
  for (const name of [".verdict p", ".en", ".badge", ".chip", ".faint", "td", "figcaption", "a", ".state"]) {
    for (const node of [...document.querySelectorAll(name)].slice(0, 40)) {
      const [one, other] = [light(getComputedStyle(node).color), light(behind(node))];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      found[name] = Math.min(found[name] ?? 99, ratio);
    }
  }
  return found;
}"""
