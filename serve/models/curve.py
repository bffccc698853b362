"""The learning curve of a training run: a CSV as it grows, a picture at the end."""

import csv
from pathlib import Path
from typing import NamedTuple


class Point(NamedTuple):
    """One look at a training; losses in nats a token."""

    step: int
    training: float
    """Mean over the steps since the last point, with dropout."""
    held_back: float
    """On orders never learnt from."""
    seconds: int
    """Of this run, so far."""


class Curve:
    """Points in a CSV file, rewritten with each one."""

    def __init__(self, path: Path) -> None:
        self._path, self._points = path, list[Point]()

    def read(self) -> None:
        """Takes up the points of an earlier run."""
        with self._path.open(newline="") as lines:
            for row in csv.DictReader(lines):
                self._points.append(
                    Point(
                        int(row["step"]),
                        float(row["training"]),
                        float(row["held_back"]),
                        int(row["seconds"]),
                    )
                )

    def add(self, point: Point) -> None:
        self._points.append(point)
        with self._path.open("w", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(Point._fields)
            for step, training, held_back, seconds in self._points:
                writer.writerow((step, f"{training:.4f}", f"{held_back:.4f}", seconds))

    def draw(self) -> None:
        """The picture, beside the CSV."""
        import matplotlib

        matplotlib.use("agg")
        from matplotlib import pyplot

        figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
        steps = [point.step for point in self._points]
        axes.plot(steps, [point.training for point in self._points], label="training")
        axes.plot(steps, [point.held_back for point in self._points], label="held back")
        axes.set(xlabel="step", ylabel="loss, nats a token", ylim=(0, None))
        axes.legend()
        figure.savefig(self._path.with_suffix(".png"), dpi=110)
        pyplot.close(figure)
