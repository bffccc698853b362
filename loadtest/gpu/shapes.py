"""Model folders without weights: the facts of a named public architecture and an offline tokenizer.

vLLM fills such a model with random weights (`load_format="dummy"`). Its matrices have the size of the
real ones, so its speed is theirs; what it writes means nothing. A Qwen2 decoder is a Llama decoder
with a bias on query, key and value, and is declared as one: for the type `qwen2` Transformers would
read the bundled tokenizer's file as if it were Qwen's.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serve.models import bundled_model_path

_TEMPLATE = "{% for message in messages %}{{ message['content'] }}\n{% endfor %}"
"""Prompt variants for production models are chats; the bundled tokenizer has no template for them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A decoder of the Qwen2 family."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    intermediate: int
    vocabulary: int
    """Rows of the output matrix; the ids past the tokenizer's own are never allowed by a grammar."""
    tied: bool
    """Whether the output matrix is the input's."""

    @property
    def parameters(self) -> int:
        """All weights, biases and norms."""
        keys = self.hidden // self.heads * self.kv_heads
        attention = 2 * self.hidden * self.hidden + self.hidden + 2 * keys * (self.hidden + 1)
        layer = attention + 3 * self.hidden * self.intermediate + 2 * self.hidden
        tables = self.vocabulary * self.hidden * (1 if self.tied else 2)
        return tables + self.layers * layer + self.hidden

    @property
    def gib(self) -> float:
        """GiB of weights at 16 bits."""
        return self.parameters * 2 / 2**30

    def config(self) -> dict[str, Any]:
        """`config.json`."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "attention_bias": False,
            "qkv_bias": True,
            "num_hidden_layers": self.layers,
            "hidden_size": self.hidden,
            "num_attention_heads": self.heads,
            "num_key_value_heads": self.kv_heads,
            "head_dim": self.hidden // self.heads,
            "intermediate_size": self.intermediate,
            "vocab_size": self.vocabulary,
            "tie_word_embeddings": self.tied,
            "max_position_embeddings": 32_768,
            "rope_theta": 1_000_000.0,
            "rms_norm_eps": 1e-6,
            "hidden_act": "silu",
            "dtype": "bfloat16",
            "torch_dtype": "bfloat16",  # what the field was called before Transformers 5
            "eos_token_id": 1,  # of the bundled tokenizer
            "pad_token_id": 0,
            "use_cache": True,
        }


SHAPES = {
    "qwen2.5-7b": Shape(28, 3584, 28, 4, 18_944, 152_064, tied=False),
    "qwen2.5-0.5b": Shape(24, 896, 14, 2, 4864, 151_936, tied=True),
    "tiny": Shape(4, 256, 4, 2, 768, 8192, tied=True),
}
"""`tiny` is no public model: it proves the benchmark on a machine without a GPU."""


def write_model(shape: Shape, folder: Path) -> None:
    """A folder that vLLM loads with random weights: configuration and the bundled tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    bundled = bundled_model_path()
    shutil.copyfile(bundled / "tokenizer.json", folder / "tokenizer.json")
    told = json.loads((bundled / "tokenizer_config.json").read_text("utf-8"))
    told |= {"chat_template": _TEMPLATE, "model_max_length": 32_768}
    (folder / "tokenizer_config.json").write_text(json.dumps(told), "utf-8")
    (folder / "config.json").write_text(json.dumps(shape.config(), indent=1), "utf-8")
