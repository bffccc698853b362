"""What the site needs beyond MkDocs: links that leave the documents, and every decision listed."""

import os
import re
from pathlib import Path
from typing import Any

_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<target>[^):#?\s]+)(?:#[^)\s]*)?\)")


def on_config(config: Any) -> Any:
    """Every decision is listed, so that nobody has to remember to."""
    decisions = sorted(Path(config["docs_dir"], "decisions").glob("*.md"))
    pages = [path.relative_to(config["docs_dir"]).as_posix() for path in decisions]
    config["nav"].append({"Decisions": pages})
    return config


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Where a page links to files and folders that the site does not have, it names their path."""
    docs = Path(config["docs_dir"]).resolve()
    here, root = Path(page.file.abs_src_path).parent, Path(config["config_file_path"]).parent

    def named(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(here / link["target"]))
        if not target.exists() or (target.is_file() and target.is_relative_to(docs)):
            return link[0]  # on the site, or for MkDocs to complain about
        return f"{link['text']} (`{target.relative_to(root)}`)"

    return _LINK.sub(named, markdown)
