"""Predictions as people and programs read them."""

import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.cli.console import json_text
from demarcate.formatting import plain_text, visible

MAX_IN_MEMORY = 1 << 24
"""Bytes kept in memory; more go to a file that vanishes with the process."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's predictions for some rows."""

    target: str
    classes: NDArray[Any]
    """The labels that there are, ``(n_classes,)``."""
    labels: NDArray[Any]
    """The predicted labels, ``(n_rows,)``; None where there is no decision."""
    probabilities: NDArray[np.float64]
    """``(n_rows, n_classes)``."""
    sets: NDArray[np.bool_] | None = None
    coverage: float | None = None
    """Whether each label is in the row's prediction set, ``(n_rows, n_classes)``; how often sets hold the true one."""
    spread: NDArray[np.float64] | None = None
    """The standard deviation of the probabilities between the networks, ``(n_rows, n_classes)``."""

    def as_table(self) -> pl.DataFrame:
        """Return a column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

        Columns ``set``, with labels joined by ``|``, and ``spread_CLASS`` follow if there are sets and spreads.
        """
        # The type is that of the classes, whether or not any row is decided.
        predicted = pl.Series(self.labels.tolist(), dtype=pl.Series(self.classes.tolist()).dtype)
        columns = {"prediction": predicted, **self._numbers("probability", self.probabilities)}
        if self.sets is not None:
            texts = ["|".join(map(_escaped, labels)) for labels in self._set_labels()]
            columns["set"] = pl.Series(texts, dtype=pl.String)
        if self.spread is not None:
            columns |= self._numbers("spread", self.spread)
        return pl.DataFrame(columns)

    def json_rows(self) -> list[dict[str, Any]]:
        """Return each row as a JSON object."""
        names = list(map(plain_text, self.classes.tolist()))
        columns = {"prediction": self.labels.tolist(), "probabilities": _objects(names, self.probabilities)}
        if self.sets is not None:
            columns["set"] = self._set_labels()
        if self.spread is not None:
            columns["spread"] = _objects(names, self.spread)
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

    def in_words(self) -> list[str]:
        """Return the first row's probabilities as lines of text, the likeliest class first."""
        probabilities, label = self.probabilities[0], self.labels.tolist()[0]
        lines = []
        for index in np.argsort(-probabilities, kind="stable"):
            line = f"P({self.target} = {self.classes[index]}) = {probabilities[index]:.3f}"
            lines.append(line if self.spread is None else f"{line}, networks differ by {self.spread[0, index]:.3f}")
        lines.append(f"prediction: {'no decision' if label is None else label}")
        if self.sets is not None:
            labels = ", ".join(map(str, self._set_labels()[0])) or "no label is as likely as true ones usually are"
            lines.append(f"set that holds it {self.coverage:.4g} of the time: {labels}")
        return lines

    def _numbers(self, name: str, numbers: NDArray[np.float64]) -> dict[str, Any]:
        return {f"{name}_{plain_text(label)}": numbers[:, index] for index, label in enumerate(self.classes.tolist())}

    def _set_labels(self) -> list[list[Any]]:
        assert self.sets is not None, "only where there are sets"
        return [self.classes[row].tolist() for row in self.sets]


def _objects(names: list[str], rows: NDArray[np.float64]) -> list[dict[str, float]]:
    """Return each row as a JSON object."""
    return [dict(zip(names, row, strict=True)) for row in rows.tolist()]


def _escaped(label: Any) -> str:
    """Return a label that can stand among others between ``|``."""
    return str(label).replace("\\", "\\\\").replace("|", "\\|")


def write_csv(part: Predictions, is_first: bool) -> str:
    """Return rows as CSV: exact data for a file or a pipe, visible characters for a terminal."""
    table = part.as_table()
    if sys.stdout is None or not sys.stdout.isatty():
        return table.write_csv(include_header=is_first)
    names = pl.DataFrame({str(place): [visible(name)] for place, name in enumerate(table.columns)})
    head = names.write_csv(include_header=False) if is_first else ""
    rows = table.with_columns(pl.col(pl.String).map_elements(visible, return_dtype=pl.String))
    return head + rows.write_csv(include_header=False)


def write_json(part: Predictions, is_first: bool) -> str:
    """Return rows as the continuation of a JSON object, which ends with ``]}``."""
    head = f'{{"target": {json_text(part.target)}, "predictions": [' if is_first else ", "
    return head + ", ".join(map(json_text, part.json_rows()))


def write_words(part: Predictions, _: bool) -> str:
    """Return a single row's prediction in words."""
    return "".join(f"{visible(line)}\n" for line in part.in_words())


class PredictionPrinter:
    """Holds the text of predictions back until all are there, then prints it; a context, which lets go of it."""

    def __init__(self, write: Callable[[Predictions, bool], str], end: str = "") -> None:
        self._write, self._end, self._is_first = write, end, True
        self._held = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the printer
            MAX_IN_MEMORY, mode="w+", encoding="utf-8", newline="", errors="surrogatepass"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def add(self, part: Predictions) -> None:
        """Take the next rows, one at least."""
        self._held.write(self._write(part, self._is_first))
        self._is_first = False

    def finish(self) -> None:
        """Print all rows, unless there is no standard output."""
        self._held.write(self._end)
        self._held.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(self._held, sys.stdout)
