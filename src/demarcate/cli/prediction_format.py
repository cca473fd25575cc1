"""Predictions as people and programs read them."""

import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.cli.console import json_text
from demarcate.formatting import plain_text, visible

NO_DECISION = "no decision"


@dataclass(frozen=True, eq=False)
class Predictions:
    """A model's predictions for some rows."""

    target: str
    classes: NDArray[Any]
    """The labels, ``(n_classes,)``."""
    labels: NDArray[Any]
    """The predicted labels, ``(n_rows,)``; None where there is no decision."""
    probabilities: NDArray[np.float64]
    """``(n_rows, n_classes)``."""
    sets: NDArray[np.bool_] | None = None
    """Whether each label is in the row's prediction set, ``(n_rows, n_classes)``."""
    coverage: float | None = None
    """How often such sets hold the true label."""
    spread: NDArray[np.float64] | None = None
    """The standard deviation of the probabilities between the networks, ``(n_rows, n_classes)``."""

    def as_table(self) -> pl.DataFrame:
        """Return a column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

        Columns ``set``, with labels joined by ``|``, and ``spread_CLASS`` follow if there are sets and spreads.
        """
        columns = {"prediction": self._predicted(), **self._numbers("probability", self.probabilities)}
        if self.sets is not None:
            columns["set"] = pl.Series(
                ["|".join(map(_escaped, labels)) for labels in self._set_labels()], dtype=pl.String
            )
        if self.spread is not None:
            columns |= self._numbers("spread", self.spread)
        return pl.DataFrame(columns)

    def json_rows(self) -> list[dict[str, Any]]:
        """Return each row as a JSON object."""
        names = list(map(plain_text, self.classes.tolist()))
        rows: list[dict[str, Any]] = [
            {"prediction": label, "probabilities": dict(zip(names, row, strict=True))}
            for label, row in zip(self.labels.tolist(), self.probabilities.tolist(), strict=True)
        ]
        if self.sets is not None:
            rows = [{**row, "set": labels} for row, labels in zip(rows, self._set_labels(), strict=True)]
        if self.spread is not None:
            spreads = self.spread.tolist()
            rows = [
                {**row, "spread": dict(zip(names, spread, strict=True))}
                for row, spread in zip(rows, spreads, strict=True)
            ]
        return rows

    def in_words(self) -> list[str]:
        """Return the first row's probabilities as lines of text, the likeliest class first."""
        probabilities, label = self.probabilities[0], self.labels.tolist()[0]
        lines = []
        for index in np.argsort(-probabilities, kind="stable"):
            line = f"P({self.target} = {self.classes[index]}) = {probabilities[index]:.3f}"
            lines.append(line if self.spread is None else f"{line}, networks differ by {self.spread[0, index]:.3f}")
        lines.append(f"prediction: {NO_DECISION if label is None else label}")
        if self.sets is not None:
            labels = ", ".join(map(str, self._set_labels()[0])) or "no label is as likely as true ones usually are"
            lines.append(f"set that holds it {self.coverage:.4g} of the time: {labels}")
        return lines

    def _predicted(self) -> pl.Series:
        """Return the labels as a column of the classes' type, whether or not any row is decided."""
        return pl.Series(self.labels.tolist(), dtype=pl.Series(self.classes.tolist()).dtype)

    def _numbers(self, name: str, numbers: NDArray[np.float64]) -> dict[str, Any]:
        return {f"{name}_{plain_text(label)}": numbers[:, index] for index, label in enumerate(self.classes.tolist())}

    def _set_labels(self) -> list[list[Any]]:
        assert self.sets is not None, "only where there are sets"
        return [self.classes[row].tolist() for row in self.sets]


def _escaped(label: Any) -> str:
    """Return a label that can stand among others between ``|``."""
    return str(label).replace("\\", "\\\\").replace("|", "\\|")


def _visible_csv(table: pl.DataFrame, *, header: bool) -> str:
    """Return CSV for a terminal: a line for each row, in characters that can be seen."""
    names = pl.DataFrame({str(place): [visible(name)] for place, name in enumerate(table.columns)})
    head = names.write_csv(include_header=False) if header else ""
    rows = table.with_columns(pl.col(pl.String).map_elements(visible, return_dtype=pl.String))
    return head + rows.write_csv(include_header=False)


MAX_IN_MEMORY = 1 << 24
"""Bytes kept in memory; more go to a file that vanishes with the process."""


class PredictionPrinter(ABC):
    """Holds predictions back until all are there, then prints them; a context, which lets go of them."""

    def __init__(self) -> None:
        self._held = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the printer
            MAX_IN_MEMORY, mode="w+", encoding="utf-8", newline="", errors="surrogatepass"
        )
        self._is_first = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @abstractmethod
    def add(self, part: Predictions) -> None:
        """Take the next rows."""

    def finish(self) -> None:
        """Print all rows, unless there is no standard output."""
        self._held.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(self._held, sys.stdout)


class CsvPrinter(PredictionPrinter):
    """Prints predictions as CSV: exact data for a file or a pipe, visible characters for a terminal."""

    def add(self, part: Predictions) -> None:
        """Take the next rows."""
        table = part.as_table()
        if sys.stdout is not None and sys.stdout.isatty():
            self._held.write(_visible_csv(table, header=self._is_first))
        else:
            self._held.write(table.write_csv(include_header=self._is_first))
        self._is_first = False


class JsonPrinter(PredictionPrinter):
    """Prints predictions as one JSON object."""

    def add(self, part: Predictions) -> None:
        """Take the next rows."""
        if self._is_first:
            self._held.write(f'{{"target": {json_text(part.target)}, "predictions": [')
        for row in part.json_rows():
            self._held.write("" if self._is_first else ", ")
            self._held.write(json_text(row))
            self._is_first = False

    def finish(self) -> None:
        """Print the object."""
        self._held.write("]}\n")
        super().finish()


class TextPrinter(PredictionPrinter):
    """Prints a single row's prediction in words."""

    def add(self, part: Predictions) -> None:
        """Take the row."""
        self._held.writelines(f"{visible(line)}\n" for line in part.in_words())
