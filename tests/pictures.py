"""Screenshots of Prometheus' graphs, for `docs/monitoring.md`."""

from pathlib import Path
from urllib.parse import urlencode

from chromium import FLAGS, PATH
from playwright.sync_api import sync_playwright

_SIZE = {"width": 1100, "height": 900}
GRAPHS = {
    "events-by-source": "sum by (source) (rate(ray_llm_event_requests_total[15s]))",
    "flag-and-breaker": (
        "min by (flag) (ray_llm_flag_enabled) or max(ray_llm_breaker_state) by (deployment)"
    ),
}
"""PromQL by the picture's name."""


def draw(prometheus: str, folder: Path) -> None:
    """Writes `NAME.png` for every graph: the last three minutes."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(PATH), args=FLAGS)
        page = browser.new_page(viewport={"width": _SIZE["width"], "height": _SIZE["height"]})
        for name, promql in GRAPHS.items():
            query = {"g0.expr": promql, "g0.tab": "0", "g0.range_input": "3m"}
            page.goto(f"{prometheus}/graph?{urlencode(query)}")
            page.wait_for_timeout(4000)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()
