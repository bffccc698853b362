"""What a person reads in the terminal: progress, and an event laid out like a card."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

_COLOURS = {
    "CRITICAL": "red",
    "HIGH": "bright_red",
    "MEDIUM": "yellow",
    "LOW": "cyan",
    "POSITIVE": "green",
}


@contextmanager
def step(console: Console, name: str, detail: str) -> Generator[Callable[[str], None]]:
    """A spinner while the block runs, then one line with the seconds it took."""
    started = time.monotonic()
    with console.status(f"{name}: {detail} …") as status:
        yield lambda text: status.update(f"{name}: {text} … {time.monotonic() - started:.0f} s")
    console.print(f"[green]✓[/] {name:<8}{detail} [dim]({time.monotonic() - started:.1f} s)[/]")


def card(answer: dict[str, Any]) -> Panel:
    """An answer of the event route as the player would see it, and how it was made."""
    event = answer["event"]
    quality = answer["quality"]
    choices = Table.grid(padding=(0, 1))
    for choice in event["choices"]:
        choices.add_row(
            Text(choice["choiceId"], style="bold"),
            Group(
                Text(choice["text"], style="bold"),
                Text(_effects(choice["effects"]), style="magenta"),
                Text(choice["resultText"], style="dim"),
            ),
        )
    footer = (
        f"source {answer['source']} · quality {quality['total']:.0f} "
        f"(consistency {quality['consistency']:.0f}, balance {quality['balance']:.0f}, "
        f"fun {quality['fun']:.0f}, education {quality['education']:.0f}) · "
        f"{answer['latencyMs']:.0f} ms · {answer['model']} · prompt {answer['promptVersion']}"
    )
    body = Group(Text(event["description"]), Text(), choices, Text(), Text(footer, style="dim"))
    title = Text(f"{event['title']}  [{event['eventType']} · {event['severity']}]")
    return Panel(body, title=title, border_style=_COLOURS[event["severity"]], width=88)


def _effects(effects: dict[str, Any]) -> str:
    parts = [
        f"{effects['cashDelta']:+,} won" if effects["cashDelta"] else "",
        f"{effects['usersDelta']:+,} users" if effects["usersDelta"] else "",
        f"{effects['trustDelta']:+d} trust" if effects["trustDelta"] else "",
        *(f"+{name}" for name in effects["addInfrastructure"]),
        *(f"-{name}" for name in effects["removeInfrastructure"]),
    ]
    return ", ".join(part for part in parts if part) or "no effect"


def audit_table(entries: list[dict[str, Any]]) -> Table:
    """Changes of flags and breaker, a row each."""
    table = Table("when", "what", "state", "by", "why", box=None)
    for entry in entries:
        when = datetime.fromtimestamp(entry["at"]).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        cells = (when, *(entry[name] for name in ("subject", "state", "actor", "reason")))
        table.add_row(*(Text(cell) for cell in cells))
    return table
