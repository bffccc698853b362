"""The bundled model's architecture."""

from transformers import LlamaConfig, LlamaForCausalLM

from serve.models.tokenizer import EOS_ID, PAD_ID

CONTEXT = 1024
"""Tokens of prompt and completion together."""


def network(vocabulary: int, hidden: int = 256, layers: int = 4) -> LlamaForCausalLM:
    """A fresh Llama-shaped decoder.

    Few layers, because on a CPU a token costs time per layer, and little to learn from besides.
    """
    config = LlamaConfig(
        vocab_size=-(-vocabulary // 64) * 64,
        hidden_size=hidden,
        intermediate_size=3 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=hidden // 64,
        num_key_value_heads=hidden // 64,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=EOS_ID,
        eos_token_id=EOS_ID,
        pad_token_id=PAD_ID,
    )
    return LlamaForCausalLM(config)
