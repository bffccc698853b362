"""The bundled model's architecture, and what is done to it only while it learns."""

import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from serve.models.tokenizer import EOS_ID, PAD_ID

CONTEXT = 1024
"""Tokens of prompt and completion together."""
_DROPPED = ("embed_tokens", "o_proj", "mlp")


def network(vocabulary: int, dropout: float) -> LlamaForCausalLM:
    """A fresh Llama-shaped decoder; `dropout` acts in training mode only.

    Few layers, because on a CPU a token costs time per layer, and little to learn from besides.
    """
    config = LlamaConfig(
        vocab_size=-(-vocabulary // 64) * 64,
        hidden_size=256,
        intermediate_size=768,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        attention_dropout=dropout,
        bos_token_id=EOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
    )
    model = LlamaForCausalLM(config)

    def drop(module: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(output, dropout, module.training)

    for name, module in model.named_modules():
        if name.endswith(_DROPPED):
            module.register_forward_hook(drop)
    return model
