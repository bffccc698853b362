"""The trained network as a folder that any engine loads like a downloaded model."""

from copy import deepcopy
from pathlib import Path

from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from serve.models.network import CONTEXT
from serve.models.tokenizer import EOS, PAD


def export(model: LlamaForCausalLM, tokenizer: Tokenizer, folder: Path) -> None:
    """Writes configuration, bfloat16 weights and tokenizer; what was in the folder is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    weights = deepcopy(model).cpu().bfloat16()
    end = model.config.eos_token_id
    weights.generation_config = GenerationConfig(
        eos_token_id=end, pad_token_id=model.config.pad_token_id
    )
    weights.save_pretrained(folder)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=EOS,
        pad_token=PAD,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )
    fast.save_pretrained(folder)
    for path in folder.iterdir():
        path.chmod(0o644)
