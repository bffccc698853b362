"""The bundled model's architecture, and what is done to it only while it learns."""

import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from serve.models.tokenizer import EOS, PAD

CONTEXT = 1024
"""Tokens of prompt and completion together."""


def network(tokenizer: Tokenizer, dropout: float) -> LlamaForCausalLM:
    """A fresh Llama-shaped decoder for this tokenizer; `dropout` acts in training mode only.

    Few wide layers rather than many narrow ones: on a CPU a token costs time per layer.
    """
    end = tokenizer.token_to_id(EOS)
    config = LlamaConfig(
        vocab_size=-(-tokenizer.get_vocab_size() // 64) * 64,
        hidden_size=320,
        intermediate_size=896,
        num_hidden_layers=5,
        num_attention_heads=5,
        num_key_value_heads=5,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        attention_dropout=dropout,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=tokenizer.token_to_id(PAD),
    )
    model = LlamaForCausalLM(config)
    for layer in model.model.layers:
        for part in (layer.self_attn.o_proj, layer.mlp):
            _drop_output(part, dropout)
    _drop_output(model.model.embed_tokens, dropout)
    return model


def _drop_output(module: nn.Module, share: float) -> None:
    def drop(_module: nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        return nn.functional.dropout(output, share, _module.training)

    module.register_forward_hook(drop)
