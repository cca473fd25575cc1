"""Predictions as people and programs read them."""

import json
import shutil
import sys
import tempfile
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

NO_DECISION = "no decision"


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says of some rows.

    Attributes
    ----------
    target
        The column that is predicted.
    classes
        The labels, ``(n_classes,)``.
    labels
        The predicted ones, ``(n_rows,)``; None where none was decided for.
    probabilities
        ``(n_rows, n_classes)``.
    sets
        Which labels are in each row's prediction set, ``(n_rows, n_classes)``, if it was asked for.
    coverage
        How often such sets hold the true label.
    spread
        The standard deviation of the probabilities between the networks, ``(n_rows, n_classes)``, if it was asked for.
    """

    target: str
    classes: NDArray[Any]
    labels: NDArray[Any]
    probabilities: NDArray[np.float64]
    sets: NDArray[np.bool_] | None = None
    coverage: float | None = None
    spread: NDArray[np.float64] | None = None

    def as_table(self) -> pl.DataFrame:
        """A column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

        Where they were asked for, columns ``set``, with labels joined by ``|``, and ``spread_CLASS`` follow.

        Examples
        --------
        >>> Predictions("y", np.array(["a", "b"]), np.array(["b"]), np.array([[0.2, 0.8]])).as_table().columns
        ['prediction', 'probability_a', 'probability_b']
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
        """Each row as a JSON object."""
        names = list(map(_name, self.classes.tolist()))
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

    def in_words(self) -> str:
        """The first row's probabilities in words, the likeliest class first: a probability, not a verdict."""
        probabilities, label = self.probabilities[0], self.labels.tolist()[0]
        lines = []
        for index in np.argsort(-probabilities, kind="stable"):
            line = f"P({self.target} = {self.classes[index]}) = {probabilities[index]:.3f}"
            lines.append(line if self.spread is None else f"{line}, networks differ by {self.spread[0, index]:.3f}")
        lines.append(f"prediction: {NO_DECISION if label is None else label}")
        if self.sets is not None:
            labels = ", ".join(map(str, self._set_labels()[0])) or "no label is as likely as true ones usually are"
            lines.append(f"set that holds it {self.coverage:.4g} of the time: {labels}")
        return "\n".join(lines)

    def _predicted(self) -> pl.Series:
        """The labels as a column of the classes' type, whether or not any was decided for."""
        return pl.Series(self.labels.tolist(), dtype=pl.Series(self.classes.tolist()).dtype)

    def _numbers(self, name: str, numbers: NDArray[np.float64]) -> dict[str, Any]:
        return {f"{name}_{_name(label)}": numbers[:, index] for index, label in enumerate(self.classes.tolist())}

    def _set_labels(self) -> list[list[Any]]:
        assert self.sets is not None, "only where sets were asked for"
        return [self.classes[row].tolist() for row in self.sets]


def _name(label: Any) -> str:
    """A label as columns are named by it: truth values as CSV files have them, whatever the table was.

    Examples
    --------
    >>> _name(True), _name("True"), _name(3)
    ('true', 'True', '3')
    """
    return str(label).lower() if isinstance(label, bool) else str(label)


def _escaped(label: Any) -> str:
    r"""A label that can stand among others between ``|``.

    Examples
    --------
    >>> print(_escaped("a|b"), _escaped(3))
    a\|b 3
    """
    return str(label).replace("\\", "\\\\").replace("|", "\\|")


_IN_MEMORY = 1 << 24
"""Bytes kept in memory; more go to a file that vanishes with the process."""


class Printed(ABC):
    """Predictions that are held back until all are there; a context, which lets go of them."""

    def __init__(self) -> None:
        self._held = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed with the sink
            _IN_MEMORY, mode="w+", encoding="utf-8", newline="", errors="surrogatepass"
        )
        self._is_first = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    @abstractmethod
    def add(self, part: Predictions) -> None:
        """The next rows."""

    def finish(self) -> None:
        """Print what was held back, unless there is nowhere to print to."""
        self._held.seek(0)
        if sys.stdout is not None:
            shutil.copyfileobj(self._held, sys.stdout)


class PrintedCsv(Printed):
    """Predictions as CSV."""

    def add(self, part: Predictions) -> None:
        """The next rows."""
        self._held.write(part.as_table().write_csv(include_header=self._is_first))
        self._is_first = False


class PrintedJson(Printed):
    """Predictions as one JSON object."""

    def add(self, part: Predictions) -> None:
        """The next rows."""
        if self._is_first:
            self._held.write(f'{{"target": {json.dumps(part.target)}, "predictions": [')
        for row in part.json_rows():
            self._held.write("" if self._is_first else ", ")
            self._held.write(json.dumps(row, allow_nan=False))
            self._is_first = False

    def finish(self) -> None:
        """Print it."""
        self._held.write("]}\n")
        super().finish()


class PrintedWords(Printed):
    """A single row's prediction in words."""

    def add(self, part: Predictions) -> None:
        """The row."""
        self._held.write(f"{part.in_words()}\n")
