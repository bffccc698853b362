"""`python -m grafana` writes the dashboards; `--check` fails where a file differs from the code."""

import argparse
import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana import engine, pool, quality, release, service

FOLDER = Path(__file__).parent / "dashboards"
_BOARDS = {
    "service": service,
    "quality": quality,
    "engine": engine,
    "pool": pool,
    "release": release,
}


def texts() -> dict[Path, str]:
    """What each file should hold."""
    return {
        FOLDER / f"{name}.json": json.dumps(
            module.dashboard(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False
        )
        + "\n"
        for name, module in _BOARDS.items()
    }


def drifted() -> list[Path]:
    """Files that the code would write differently, missing and left-over ones among them."""
    wanted = texts()
    left = set(FOLDER.glob("*.json")) - set(wanted)
    wrong = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    return sorted([*left, *wrong])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m grafana", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 on drift"
    )
    if parser.parse_args().check:
        for path in (found := drifted()):
            print(f"{path.name} is not what the code writes; run `python -m grafana`")
        sys.exit(int(bool(found)))
    FOLDER.mkdir(exist_ok=True)
    for path, text in texts().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


if __name__ == "__main__":
    main()
