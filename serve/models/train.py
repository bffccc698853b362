"""Train the bundled model from scratch: `python -m serve.models.train`.

Reads the drafts in `serve/models/corpus` and their other wordings, learns a tokenizer and a small
decoder from them, for nine orders in ten, and writes the folder engines load,
`serve/models/eventsmith-small`, with the learning curve beside it. Stopped half-way, `--resume`
goes on from the last checkpoint and ends the same.
"""

import argparse
import time
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from serve.models import bundled_model_path
from serve.models.corpus import FOLDER, Example, held_back_examples, read
from serve.models.curve import Curve, Point
from serve.models.export import export
from serve.models.sampling import Sampler
from serve.models.tokenizer import train_tokenizer
from serve.models.training import Recipe, Training

_CHECKPOINT = Path(".eventsmith/model/checkpoint.pt")
_EVERY = 250


def run(
    training: Training, sampler: Sampler, held_back: list[Example], curve: Curve, checkpoint: Path
) -> None:
    """From where the training stands to its last step, with a point on the curve now and then."""
    recipe = training.recipe
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        task = progress.add_task("training", total=recipe.steps, completed=training.step)
        losses, started = [], time.monotonic()
        while training.step < recipe.steps:
            losses.append(training.advance(sampler.batch(training.step, recipe.batch)))
            progress.advance(task)
            if training.step % _EVERY and training.step < recipe.steps:
                continue
            seconds = time.monotonic() - started
            point = Point(
                training.step, sum(losses) / len(losses), training.loss(held_back), round(seconds)
            )
            curve.add(point)
            training.save(checkpoint)
            losses.clear()
            progress.update(
                task, description=f"loss {point.training:.2f}, held back {point.held_back:.2f}"
            )


def main() -> None:
    """Parses the command line, trains, exports."""
    options = _options()
    torch.set_num_threads(options.threads)
    device = options.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    entries = read(options.corpus)
    held_back = held_back_examples(entries)[::2]
    tokenizer = train_tokenizer(text for entry in entries for text in entry.texts())
    recipe = Recipe(steps=options.steps)
    training = Training(recipe, tokenizer, torch.device(device))
    curve = Curve(options.out.parent / "learning-curve.csv")
    if options.resume and options.checkpoint.exists():
        training.restore(options.checkpoint)
        curve.read()
    parameters = sum(weight.numel() for weight in training.model.parameters())
    print(
        f"{len(entries)} drafts, {sum(entry.drafts for entry in entries)} with other wordings; "
        f"{parameters / 1e6:.1f} M parameters, {tokenizer.get_vocab_size()} tokens; {device}"
    )
    run(training, Sampler(entries, recipe.seed), held_back, curve, options.checkpoint)
    export(training.model, tokenizer, options.out)
    options.checkpoint.unlink(missing_ok=True)
    curve.draw()
    print(f"exported to {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m serve.models.train", description="Train the bundled model from scratch."
    )
    add = parser.add_argument
    add("--steps", type=int, default=Recipe().steps, help="training steps (%(default)s)")
    add("--threads", type=int, default=2, help="CPU threads (2)")
    add("--device", default="auto", help="auto (CUDA where there is one), cpu, cuda, cuda:1")
    add("--resume", action="store_true", help="go on from the last checkpoint")
    add("--corpus", type=Path, default=FOLDER, help="folder of ko-*.jsonl and en-*.jsonl")
    add("--out", type=Path, default=bundled_model_path(), help="folder to export to")
    add("--checkpoint", type=Path, default=_CHECKPOINT, help=f"kept every {_EVERY} steps")
    return parser.parse_args()


if __name__ == "__main__":
    main()
