"""One training run: network, optimizer and schedule, a step at a time, with checkpoints."""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import get_cosine_schedule_with_warmup

from serve.errors import ConfigurationError
from serve.models.corpus import Example
from serve.models.network import network
from serve.models.tokenizer import EOS_ID, PAD_ID

_IGNORED = -100
_OPENING = 8
"""Tokens that decide which story is told: severity and the title's first words."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the training depends on besides the corpus."""

    steps: int = 7500
    batch: int = 16
    """Drafts a step."""
    rate: float = 4e-3
    """Peak learning rate; a cosine takes it to zero."""
    warmup: int = 100
    decay: float = 0.1
    noise: float = 0.1
    """Share of tokens read that are swapped for others, so that a slip does not derail a text; it
    falls to zero by the last step."""
    opening: float = 6.0
    """Weight of a draft's first tokens: an order is answered well or not there, in few of the many
    tokens a story has."""
    seed: int = 7


class Training:
    """One run: the network, its optimizer, and where it stands."""

    def __init__(self, recipe: Recipe, tokenizer: Tokenizer, device: torch.device) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.tokenizer, self.device, self.step = recipe, tokenizer, device, 0
        with device:
            self.model = network(tokenizer.get_vocab_size())
        if device.type == "cpu":
            # Over texts this short, a third of the time that the fused kernel's backward takes.
            self.model.set_attn_implementation("eager")
        named = list(self.model.named_parameters())
        inner = [weight for name, weight in named if weight.ndim > 1 and "embed" not in name]
        outer = [weight for name, weight in named if weight.ndim == 1 or "embed" in name]
        # Muon for the matrices within: it learns a text seldom seen in fewer steps than AdamW.
        self._optimizers: tuple[torch.optim.Optimizer, ...] = (
            torch.optim.Muon(inner, recipe.rate, recipe.decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(outer, recipe.rate, betas=(0.9, 0.98), weight_decay=0.0),
        )
        self._schedules = tuple(
            get_cosine_schedule_with_warmup(optimizer, recipe.warmup, recipe.steps)
            for optimizer in self._optimizers
        )

    def advance(self, examples: list[Example]) -> float:
        """One step of gradient descent; the loss before it, in nats a token."""
        # Seeded step by step, a resumed run draws the same noise.
        torch.manual_seed(self.recipe.seed + self.step)
        self.model.train()
        left = 1 - self.step / self.recipe.steps
        loss = self._loss(examples, self.recipe.noise * left)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer, schedule in zip(self._optimizers, self._schedules, strict=True):
            optimizer.step()
            schedule.step()
        self.step += 1
        return loss.item()

    @torch.no_grad()
    def loss(self, examples: list[Example]) -> float:
        """Mean loss over these examples, in nats a token, nothing dropped."""
        self.model.eval()
        size = self.recipe.batch
        parts = [examples[start : start + size] for start in range(0, len(examples), size)]
        return sum(self._loss(part).item() * len(part) for part in parts) / max(len(examples), 1)

    def save(self, path: Path) -> None:
        """A checkpoint to go on from; written aside first, so that it is always whole."""
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "made_for": self._identity,
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self._optimizers],
            "schedules": [schedule.state_dict() for schedule in self._schedules],
        }
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)

    def restore(self, path: Path) -> None:
        """Raises ConfigurationError when the checkpoint is of another corpus or recipe."""
        state = torch.load(path, map_location=self.device)
        if state["made_for"] != self._identity:
            raise ConfigurationError(
                f"{path} is of another corpus or recipe; remove it, or train without --resume"
            )
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        pairs = (
            *zip(self._optimizers, state["optimizers"], strict=True),
            *zip(self._schedules, state["schedules"], strict=True),
        )
        for holder, saved in pairs:
            holder.load_state_dict(saved)

    @property
    def _identity(self) -> tuple[str, str]:
        return repr(self.recipe), self.tokenizer.to_str()

    def _loss(self, examples: list[Example], noise: float = 0.0) -> torch.Tensor:
        tokens, targets = _tensors(self.tokenizer, examples)
        if noise:
            tokens = _noisy(tokens, targets, noise)
        tokens, targets = tokens[:, :-1].to(self.device), targets[:, 1:].to(self.device)
        read = targets != _IGNORED
        with torch.autocast(self.device.type, torch.bfloat16):
            # Padding stands at the right, where a causal decoder never looks: no mask is needed.
            states = self.model.model(input_ids=tokens).last_hidden_state[read]
            logits = self.model.lm_head(states)
        losses = cross_entropy(logits.float(), targets[read], reduction="none")
        weights = 1 + (self.recipe.opening - 1) * (read.cumsum(1) <= _OPENING)[read]
        return (losses * weights).sum() / weights.sum()


def _tensors(tokenizer: Tokenizer, examples: list[Example]) -> tuple[torch.Tensor, torch.Tensor]:
    prompts = [tokenizer.encode(example.prompt).ids for example in examples]
    answers = [[*tokenizer.encode(example.completion).ids, EOS_ID] for example in examples]
    width = max(len(prompt) + len(answer) for prompt, answer in zip(prompts, answers, strict=True))
    tokens = torch.full((len(examples), width), PAD_ID)
    targets = torch.full((len(examples), width), _IGNORED)
    for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        whole = torch.tensor([*prompt, *answer])
        tokens[row, : len(whole)] = whole
        targets[row, len(prompt) : len(whole)] = whole[len(prompt) :]
    return tokens, targets


def _noisy(tokens: torch.Tensor, targets: torch.Tensor, share: float) -> torch.Tensor:
    others = tokens.flatten()[torch.randint(tokens.numel(), tokens.shape)]
    swapped = (torch.rand(tokens.shape) < share) & (targets != _IGNORED)
    return torch.where(swapped, others, tokens)
