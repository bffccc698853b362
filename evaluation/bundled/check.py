"""The bundled model's gates: `make model-check`.

Asks the exported model, in the real vLLM with the platform's own grammar, rules and rubric, for an
event for each of 200 orders it never learnt from; once with four clients, and for half of them with
another seed, one client at a time. The exit status is 1 when a gate is missed; the bars of time, which
are a processor's with AVX-512 and nothing else to do, decide only with --times.
"""

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from evaluation.bundled.answers import Answer, Model, loaded
from evaluation.bundled.gates import Figures, Gate, figures, speed
from evaluation.bundled.orders import Order, asked_again, held_back_orders
from evaluation.bundled.stories import Stories
from serve.models import bundled_model_path
from serve.models.corpus import read

_ORDERS, _SEED, _CLIENTS = 200, 11, 4
_LAST = ("valid", "agrees", "distinct", "mean_quality", "copied")


async def check(model: Model, orders: int, times: bool) -> bool:
    """Asks, prints every figure, and says whether all gates are passed."""
    asked = list(islice(held_back_orders(model.policy, _SEED), orders))
    # A seed of its own for each, as the platform draws them: one seed throws the same dice each time.
    together = await model.ask_all(_seeded(asked, 0), _CLIENTS, "four clients")
    again = _seeded(asked_again(asked[: (orders + 1) // 2], _SEED), orders)
    alone = await model.ask_all(again, 1, "one client, second seed")
    seconds = speed(alone, together)
    found = figures(together, alone, Stories(read()))
    times_taken = (
        Gate("p50_s_c1", seconds["p50_s_c1"], 1.0, most=True),
        Gate("p50_s_c4", seconds["p50_s_c4"], 1.5, most=True),
        Gate("engine_ready_s", model.ready_s, 30, most=True),
    )
    _report(together, found, seconds["tokens"], times_taken)
    return all(gate.passed for gate in (*found.gates, *(times_taken if times else ())))


def _seeded(orders: Iterable[Order], start: int) -> list[tuple[Order, int]]:
    return [(order, seed) for seed, order in enumerate(orders, start)]


def _report(answers: list[Answer], found: Figures, tokens: float, times: Sequence[Gate]) -> None:
    broken = Counter(rule.split()[0] for answer in answers for rule in answer.broken)
    for rule, count in broken.most_common():
        print(f"broken  {rule:32} {count}")
    for gate in (*found.gates, *times):
        bar = f"{'at most' if gate.most else 'at least'} {gate.bar:g}"
        print(f"{'ok' if gate.passed else 'MISSED':8}{gate.name:20}{gate.value:8.2f}  {bar}")
    for name, value in {**found.context, "tokens": tokens}.items():
        print(f"{'':8}{name:20}{value:8.2f}")
    values = {gate.name: gate.value for gate in found.gates}
    print(*(f"{name}={values[name]:.3g}" for name in _LAST))


def main() -> None:
    """Loads the model and checks it."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--model", type=Path, default=bundled_model_path(), help="exported folder")
    add("--orders", type=int, default=_ORDERS, help="events to ask for (%(default)s)")
    add("--times", action="store_true", help="a missed bar of time is a failure, too")
    options = parser.parse_args()
    with loaded(options.model) as model:
        passed = asyncio.run(check(model, options.orders, options.times))
    sys.exit(not passed)


if __name__ == "__main__":
    main()
