"""`eventsmith-eval publish NAME`: puts prompt variants into MLflow's registry, and points an alias.

A platform with PROMPT_SOURCE=registry serves what its alias points to. Exit status: 0 done.
"""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from serve.errors import ConfigurationError
from serve.prompts import available, source_text


def register(commands: Any) -> None:
    publish = commands.add_parser("publish", help="put prompt variants into MLflow's registry")
    publish.add_argument(
        "names", metavar="NAME", nargs="*", help=f"{', '.join(available())}, or a .yaml file"
    )
    publish.add_argument("--alias", help="point it here: `production`, `candidate` …")
    publish.add_argument(
        "--prompt-name", default="eventsmith", metavar="NAME", help="in the registry (%(default)s)"
    )
    publish.add_argument("--list", action="store_true", help="show what is published")
    publish.add_argument(
        "--tracking-uri", default=None, metavar="URI", help="instead of $MLFLOW_TRACKING_URI"
    )
    publish.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.names and not arguments.list:
        raise ConfigurationError(f"name a variant to publish: {', '.join(available())}; or --list")
    if arguments.alias and len(arguments.names) != 1:
        raise ConfigurationError("--alias points to one variant; name exactly one")
    # MLflow takes seconds to import.
    from evaluation.tracking.registry import publish, versions

    console, name, uri = Console(soft_wrap=True), arguments.prompt_name, arguments.tracking_uri
    texts = {variant: _text(variant) for variant in arguments.names}
    for variant, text in texts.items():
        done = publish(Path(variant).stem, text, alias=arguments.alias, name=name, uri=uri)
        said = "등록 published" if done.new else "이미 있음 published already"
        console.print(f"{name} {done.number}: {done.version} ({said}) {' '.join(done.aliases)}")
    if arguments.list:
        table = Table("version", "변형 variant", "version:", "alias")
        for one in versions(name, uri):
            table.add_row(str(one.number), one.variant, one.version, " ".join(one.aliases))
        console.print(table)
    return 0


def _text(name: str) -> str:
    """Raises ConfigurationError for a variant that is not there."""
    if not name.endswith((".yaml", ".yml")):
        if name not in available():
            raise ConfigurationError(
                f"no prompt variant {name!r}; there are {', '.join(available())}, or name a file"
            )
        return source_text(name)
    try:
        return Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: cannot be read as text") from error
