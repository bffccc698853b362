"""What the bundled model writes, unselected: `python -m evaluation.bundled.showcase`.

Ten held-back orders, the first ten seeds for each, every answer printed whether good or bad, as the
page `docs/bundled-model.md`.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from evaluation.bundled.answers import Answer, Model, loaded
from evaluation.bundled.orders import Order, held_back_orders
from serve.domain.event import Choice
from serve.models import bundled_model_path

_ORDERS, _SEEDS, _SEED = 10, 10, 23
_PAGE = Path("docs/bundled-model.md")
_HEAD = f"""# What the bundled model writes

Unselected: {_ORDERS} orders for players at random, none of them learnt from, and the first
{_SEEDS} seeds for each. Every answer is here, with its points on the rubric, or the rule it breaks
(such a draft never reaches a player). `python -m evaluation.bundled.showcase` writes this page anew;
the [model card](../serve/models/README.md) says what the model is and how it was made.
"""


async def ask(model: Model) -> list[Answer]:
    """Every answer, order by order."""
    orders = list(islice(held_back_orders(model.policy, _SEED), _ORDERS))
    asked = [(order, seed) for order in orders for seed in range(_SEEDS)]
    return await model.ask_all(asked, 4, "showcase")


def page(answers: Sequence[Answer]) -> str:
    """The answers in Markdown: the first seed in full, the others to unfold."""
    parts = [_HEAD]
    for number in range(0, len(answers), _SEEDS):
        first, *others = answers[number : number + _SEEDS]
        parts.append(f"## {number // _SEEDS + 1}. {_asked(first.order)}\n")
        parts.append(f"**{_title(first)}**{_body(first)}")
        for seed, answer in enumerate(others, 1):
            parts.append(
                f"<details><summary>seed {seed}: {_title(answer)}</summary>{_body(answer)}</details>\n"
            )
    return "\n".join(parts)


def _asked(order: Order) -> str:
    situation, brief = order.brief.situation, order.brief
    told = [
        brief.event_type.value,
        f"stage {situation.stage}",
        f"money {situation.pressure}",
        f"trust {situation.trust}",
        f"uses {brief.uses}" if brief.uses else "",
        f"offers {brief.offers}" if brief.offers else "",
        situation.locale.value,
    ]
    return ", ".join(part for part in told if part)


def _title(answer: Answer) -> str:
    if answer.event is None:
        return "no draft"
    judged = f"{answer.quality.total:g}" if answer.quality and not answer.broken else "rejected"
    return f"{answer.event.title} ({answer.event.severity.value}, {judged})"


def _body(answer: Answer) -> str:
    if answer.event is None:
        return "\n"
    lines = ["", "", answer.event.description, ""]
    lines += [line for choice in answer.event.choices for line in _choice(choice)]
    lines += [f"- breaks {rule}" for rule in answer.broken]
    return "\n".join(lines) + "\n"


def _choice(choice: Choice) -> Iterator[str]:
    effects = choice.effects
    signed = (
        f"cash {effects.cash_delta:+,}, users {effects.users_delta:+,}, "
        f"trust {effects.trust_delta:+}"
    )
    added = "".join(f", + {name}" for name in effects.add_infrastructure)
    removed = "".join(f", - {name}" for name in effects.remove_infrastructure)
    yield f"- {choice.text} ({signed}{added}{removed})"
    yield f"  - {choice.result_text}"


def main() -> None:
    """Asks and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--model", type=Path, default=bundled_model_path(), help="exported folder")
    add("--out", type=Path, default=_PAGE, help="page to write (%(default)s)")
    options = parser.parse_args()
    with loaded(options.model) as model:
        answers = asyncio.run(ask(model))
    options.out.write_text(page(answers), "utf-8")
    print(f"{len(answers)} answers in {options.out}")


if __name__ == "__main__":
    main()
