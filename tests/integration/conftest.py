"""vLLM's own OpenAI-compatible server, which takes most of a minute to start: one for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtest.vllm_server import bundled_server

_TEMPLATE = "{% for message in messages %}{{ message.content }}\n{% endfor %}"


@pytest.fixture(scope="session")
def vllm_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address; it serves the bundled model, to chats too."""
    folder = tmp_path_factory.mktemp("vllm")
    template = folder / "template.jinja"
    template.write_text(_TEMPLATE, "utf-8")
    # A judge's rubric is longer than anything the bundled model was trained on; here that is no matter.
    options = {"--chat-template": str(template), "--max-model-len": "4096"}
    longer = {"VLLM_ALLOW_LONG_MAX_MODEL_LEN": "1"}
    with bundled_server(Path(folder, "log"), options, longer) as url:
        yield url
