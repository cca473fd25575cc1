"""Predictions of rows, as the command line and the service write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import ALL_DIGITS, plain_text
from demarcate.inference.prediction_frame import class_columns
from demarcate.tabular.frame_libraries import polars as pl

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel
    from demarcate.tabular.parsed_columns import ParsedColumns

_MAX_EXACT_POWER, _MAX_EXACT_DIGITS = 22, 15
"""The greatest power of ten that a float is, and the digits that every whole number in floats keeps."""


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
    kept: pl.DataFrame | None = None
    """Columns of the input, under names that the predictions do not have."""
    digits: int = ALL_DIGITS
    """Significant digits of numbers in text: rows sum to 1 within rounding, and small probabilities are not 0."""

    def as_table(self, *, exact: bool = False) -> pl.DataFrame:
        """Return a column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

        Columns ``set``, with labels joined by ``|``, and ``spread_CLASS`` follow if there are sets and spreads. Columns
        of the input come first. Numbers have `digits`, unless they are to be exact.
        """
        digits = ALL_DIGITS if exact else self.digits
        columns = {"prediction": self._predicted(), **self._numbers("probability", self.probabilities, digits)}
        if self.sets is not None:
            texts = ["|".join(map(_escaped, labels)) for labels in self._set_labels()]
            columns["set"] = pl.Series(texts, dtype=pl.String)
        if self.spread is not None:
            columns |= self._numbers("spread", self.spread, digits)
        predictions = pl.DataFrame(columns)
        return predictions if self.kept is None else pl.concat([self.kept, predictions], how="horizontal")

    def json_rows(self) -> list[dict[str, Any]]:
        """Return each row as a JSON object."""
        names = list(map(plain_text, self.classes.tolist()))
        columns: dict[str, Sequence[Any]] = {} if self.kept is None else _json_columns(self.kept)
        columns |= {"prediction": self.labels.tolist(), "probabilities": self._objects(names, self.probabilities)}
        if self.sets is not None:
            columns["set"] = self._set_labels()
        if self.spread is not None:
            columns["spread"] = self._objects(names, self.spread)
        return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]

    def in_words(self) -> list[str]:
        """Return the first row's probabilities as lines of text, the likeliest class first."""
        probabilities, label = self.probabilities[0], self.labels.tolist()[0]
        kept = {} if self.kept is None else self.kept.row(0, named=True)
        lines = [f"{name}: {'' if cell is None else cell}" for name, cell in kept.items()]
        for index in np.argsort(-probabilities, kind="stable"):
            line = f"P({self.target} = {self.classes[index]}) = {probabilities[index]:.3f}"
            lines.append(line if self.spread is None else f"{line}, networks differ by {self.spread[0, index]:.3f}")
        lines.append(f"prediction: {'no decision' if label is None else label}")
        if self.sets is not None:
            labels = ", ".join(map(str, self._set_labels()[0])) or "no label is as likely as true ones usually are"
            lines.append(f"set that holds it {self.coverage:.4g} of the time: {labels}")
        return lines

    def _numbers(self, name: str, numbers: NDArray[np.float64], digits: int) -> dict[str, Any]:
        numbers = significant(numbers, digits)
        return class_columns(name, numbers, self.classes)

    def _objects(self, names: list[str], rows: NDArray[np.float64]) -> list[dict[str, float]]:
        """Return each row of numbers as a JSON object."""
        return [dict(zip(names, row, strict=True)) for row in significant(rows, self.digits).tolist()]

    def _predicted(self) -> pl.Series:
        """Return the predicted labels in the type of the classes, whether or not any row is decided."""
        classes, labels = self.classes.tolist(), self.labels.tolist()
        if self.classes.dtype == np.object_ and type(classes[0]) is int:  # whole numbers of any size
            classes, labels = [*map(str, classes)], [None if label is None else str(label) for label in labels]
        return pl.Series(labels, dtype=pl.Series(classes).dtype)

    def _set_labels(self) -> list[list[Any]]:
        assert self.sets is not None, "only where there are sets"
        return [self.classes[row].tolist() for row in self.sets]


def predictions_of(
    model: FittedModel,
    parsed: ParsedColumns,
    coverage: float | None = None,
    *,
    per_class: bool = False,
    spread: bool = False,
    digits: int = ALL_DIGITS,
) -> Predictions:
    """Return a model's predictions for parsed rows, with sets of a coverage, and spreads, where they are asked for."""
    probabilities = model.probabilities(parsed)
    return Predictions(
        model.target,
        model.classes,
        model.decide(probabilities),
        probabilities,
        sets=None if coverage is None else model.sets(parsed, coverage, per_class=per_class),
        coverage=coverage,
        spread=model.spreads(parsed) if spread else None,
        digits=digits,
    )


def output_names(classes: NDArray[Any], *, has_sets: bool, has_spread: bool, as_json: bool) -> set[str]:
    """Return the names of what is predicted, in a table and, if it is printed, in a JSON object."""
    labels = [plain_text(label) for label in classes.tolist()]
    names = {"prediction", *(f"probability_{label}" for label in labels)}
    names |= {"set"} if has_sets else set()
    names |= {f"spread_{label}" for label in labels} if has_spread else set()
    return names | ({"probabilities", *(["spread"] if has_spread else [])} if as_json else set())


def significant(numbers: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Return finite numbers rounded to so many significant digits: each the float that its short text reads as."""
    if digits >= ALL_DIGITS:
        return numbers
    magnitude = np.floor(np.log10(np.abs(numbers), out=np.zeros_like(numbers), where=numbers != 0))
    shift = digits - 1 - magnitude
    is_exact = (shift >= 0) & (shift <= _MAX_EXACT_POWER) & (digits <= _MAX_EXACT_DIGITS)
    scale = np.power(10.0, np.where(is_exact, shift, 0))
    rounded: NDArray[np.float64] = np.rint(numbers * scale) / scale
    rounded[~is_exact] = [float(f"{number:.{digits - 1}e}") for number in numbers[~is_exact].tolist()]
    return rounded


def _json_columns(frame: pl.DataFrame) -> dict[str, Sequence[Any]]:
    """Return cells as JSON can hold them: it has no infinite numbers."""
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    finite = frame.with_columns(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in floats)
    return {column.name: column.to_list() for column in finite.get_columns()}


def _escaped(label: Any) -> str:
    """Return a label that can stand among others between ``|``."""
    return str(label).replace("\\", "\\\\").replace("|", "\\|")
