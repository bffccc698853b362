"""`python -m serve.static_events`: works out the points of the hand-written events anew."""

import json
from pathlib import Path

from serve.domain.balance import BalancePolicy
from serve.settings import Settings
from serve.static_events.library import StaticLibrary
from serve.static_events.points import FILE, digest, rows


def main() -> None:
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    library = StaticLibrary(policy)
    points = rows((name, library.quality(name)) for name in library.ids())
    lines = ",\n".join(f'"{name}": {json.dumps(each)}' for name, each in sorted(points.items()))
    text = f'{{"table": "{digest(policy)}", "points": {{\n{lines}\n}}}}\n'
    Path(__file__).with_name(FILE).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
