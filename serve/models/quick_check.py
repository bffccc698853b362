"""Is the exported model fit to serve?  `python -m serve.models.quick_check`

Loads it in the real vLLM with the platform's settings, orders events for players at random, one at
a time, and reports: how many keep every rule, how many speak of the infrastructure asked for and no
other, how like they are to what the model learnt from, and what they cost in tokens and seconds.
"""

import argparse
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import mean, quantiles

import yaml
from pydantic import ValidationError

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.brief import NEXT_STEPS, Brief, Situation
from serve.domain.event import EventDraft
from serve.domain.rules import needs, violations
from serve.domain.schema import DRAFT_SCHEMA
from serve.domain.state import Difficulty, GameState, Locale, Stage
from serve.models import bundled_model_path
from serve.models.corpus import Entry, read
from serve.prompts import load

_ORDERS, _SAMPLES, _SEED = 40, 10, 11
_COPIED = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """One order and what came of it."""

    brief: Brief
    text: str
    tokens: int
    seconds: float
    draft: EventDraft | None
    broken: tuple[str, ...]
    """The rules it breaks; one that is no draft at all breaks `structure.schema`."""
    nearest: tuple[float, Entry] | None
    """The corpus draft it is most like, and how like it is, 0 to 1."""

    @property
    def exact(self) -> bool:
        """Whether it speaks of all the infrastructure asked for, and of no other."""
        return self.draft is not None and (needs(self.draft), self.draft.offers) == self._asked

    @property
    def within(self) -> bool:
        """Whether it speaks of no infrastructure but what was asked for."""
        uses, offers = self._asked
        return self.draft is not None and needs(self.draft) <= uses and self.draft.offers <= offers

    @property
    def _asked(self) -> tuple[frozenset[str], frozenset[str]]:
        uses, offers = self.brief.uses, self.brief.offers
        return frozenset({uses} if uses else ()), frozenset({offers} if offers else ())


def orders(count: int, policy: BalancePolicy) -> Iterable[tuple[Brief, GameState]]:
    """Briefs for players at random, three in four of them Korean, as the platform draws them."""
    rng = Random(_SEED)
    for number in range(count):
        stage = rng.choice(list(Stage))
        passed = [
            name for step in list(Stage)[: list(Stage).index(stage)] for name in NEXT_STEPS[step]
        ]
        state = GameState(
            current_turn=stage.first_turn,
            difficulty=rng.choice(list(Difficulty)),
            cash=rng.choice((5_000_000, 40_000_000, 300_000_000)),
            users=rng.choice((0, 500, 20_000)),
            trust=rng.choice((20, 50, 80)),
            infrastructure=("EC2", *rng.sample(passed, len(passed) // 2)),
        )
        locale = Locale.EN if number % 4 == 3 else Locale.KO
        yield Brief.draw(Situation.of(state, locale, policy), state, rng), state


class Checker:
    """The engine, and the rules its answers are held against."""

    def __init__(self, model: Path, policy: BalancePolicy, temperature: float | None) -> None:
        os.environ |= {
            "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
            "VLLM_CPU_OMP_THREADS_BIND": "nobind",
            "VLLM_LOGGING_LEVEL": "ERROR",
            "OMP_NUM_THREADS": "1",
        }
        # vLLM reads the environment on import.
        from vllm import LLM

        self._policy, self._corpus = policy, read()
        self._prompt = load("compact")
        self._temperature = (
            self._prompt.sampling.temperature if temperature is None else temperature
        )
        self._llm = LLM(
            model=str(model),
            dtype="bfloat16",
            max_model_len=1024,
            max_num_seqs=16,
            enforce_eager=True,
            kv_cache_memory_bytes=128 << 20,
            gpu_memory_utilization=0.1,
            distributed_executor_backend="uni",
            structured_outputs_config={"backend": "xgrammar", "disable_any_whitespace": True},
        )

    def answer(self, brief: Brief, state: GameState, seed: int) -> Answer:
        from vllm import SamplingParams
        from vllm.sampling_params import StructuredOutputsParams

        sampling = SamplingParams(
            temperature=self._temperature,
            top_p=self._prompt.sampling.top_p,
            max_tokens=self._prompt.sampling.max_tokens,
            seed=seed,
            structured_outputs=StructuredOutputsParams(json=DRAFT_SCHEMA),
        )
        started = time.perf_counter()
        [output] = self._llm.generate(self._prompt.render(brief).user, sampling, use_tqdm=False)
        seconds = time.perf_counter() - started
        text, tokens = output.outputs[0].text, len(output.outputs[0].token_ids)
        try:
            draft = EventDraft.model_validate_json(text)
        except ValidationError:
            return Answer(brief, text, tokens, seconds, None, ("structure.schema",), None)
        event = resolve(draft, brief.event_type, state, self._policy, event_id="e", seed=str(seed))
        broken = violations(event, state, self._policy, brief.situation.locale)
        rules = tuple(dict.fromkeys(violation.rule for violation in broken))
        return Answer(brief, text, tokens, seconds, draft, rules, self._nearest(draft))

    def _nearest(self, draft: EventDraft) -> tuple[float, Entry]:
        mine = _pieces(draft)
        likeness = [
            (len(mine & theirs) / len(mine | theirs), entry)
            for entry in self._corpus
            if (theirs := _pieces(entry.written.draft))
        ]
        return max(likeness, key=lambda pair: pair[0])


def _pieces(draft: EventDraft) -> frozenset[str]:
    text = " ".join(text for _, text in draft.texts())
    return frozenset(text[index : index + 3] for index in range(len(text) - 2))


def report(answers: list[Answer]) -> None:
    """Samples, then every rule broken, then one line of figures."""
    for answer in answers[:_SAMPLES]:
        brief, near = answer.brief, answer.nearest
        asked = (
            brief.situation.locale,
            brief.event_type,
            brief.situation.stage,
            brief.uses,
            brief.offers,
        )
        print(*(value or "-" for value in asked), *answer.broken, sep=" | ")
        print(f"  {answer.text}")
        if near is not None:
            print(f"  likest: {near[1].written.id}, {near[0]:.0%}")
    for answer in answers:
        if answer.broken:
            print("broken:", *answer.broken)
    drafts = [answer.nearest for answer in answers if answer.nearest is not None]
    right_type = [
        near[1].written.type is answer.brief.event_type
        for answer in answers
        if (near := answer.nearest) is not None
    ]
    tokens = [answer.tokens for answer in answers]
    seconds = [answer.seconds for answer in answers]
    figures = {
        "orders": len(answers),
        "valid": f"{mean(not answer.broken for answer in answers):.2f}",
        "within": f"{mean(answer.within for answer in answers):.2f}",
        "exact": f"{mean(answer.exact for answer in answers):.2f}",
        "type": f"{mean(right_type or [0]):.2f}",
        "likeness": f"{mean(near[0] for near in drafts) if drafts else 0:.2f}",
        "copied": f"{mean([near[0] >= _COPIED for near in drafts] or [0]):.2f}",
        "tokens": f"{mean(tokens):.0f}",
        "tokens_p95": f"{quantiles(tokens, n=20)[-1]:.0f}",
        "seconds": f"{mean(seconds):.2f}",
        "seconds_p95": f"{quantiles(seconds, n=20)[-1]:.2f}",
    }
    print(*(f"{name}={value}" for name, value in figures.items()))


def main() -> None:
    """Asks, then reports."""
    parser = argparse.ArgumentParser(prog="python -m serve.models.quick_check")
    parser.add_argument("--model", type=Path, default=bundled_model_path(), help="exported folder")
    parser.add_argument(
        "--orders", type=int, default=_ORDERS, help=f"events to ask for ({_ORDERS})"
    )
    parser.add_argument("--temperature", type=float, help="instead of the prompt's own")
    options = parser.parse_args()
    policy = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
    checker = Checker(options.model, policy, options.temperature)
    report(
        [
            checker.answer(brief, state, seed)
            for seed, (brief, state) in enumerate(orders(options.orders, policy))
        ]
    )


if __name__ == "__main__":
    main()
