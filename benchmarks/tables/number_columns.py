"""Columns of numbers drawn from a grammar of formats, half of them mixed or ambiguous, and how each is read.

    python -m benchmarks.tables.number_columns [--columns 200] [--seed 17]

A column is a quantity of 300 rows, written in a format that is drawn: separators, digits, currency, unit, sign, factor.
Half of the columns are written so throughout. In the other half some cells are written in another format, are words or
misprints, or nothing tells thousands from decimals. A column is read right if its values are those of the quantity, up
to one factor for all (a unit); it is warned of if a note names a cell of it. Anything else is silent and wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from benchmarks.tables.verdicts import report

from demarcate.tabular import as_frame, infer_schema

N_ROWS = 300
UNITS = ("", "", "", " cm", "cm", " mg/dl", "°C", " %", "%", " kg", " €", "€", " EUR", " Jahre")
CURRENCIES = ("$", "€", "£", "USD ", "CHF ", "R$", "kr ")
WORDS = ("n.d.", "#DIV/0!", "#N/A", "pending", "k.A.", "error", "nil", "?", "see note")
MISPRINTS = ("12..5", "1O5", "4 or 5", "3x", "--7", "1,2,3,4", "5;6")


@dataclass(frozen=True)
class Style:
    """How the numbers of a column are written."""

    decimal: str
    thousands: str
    digits: int
    before: str = ""
    after: str = ""
    minus: str = "-"
    factor: str = ""

    def write(self, value: float) -> str:
        """Write a number."""
        size = abs(value)
        after = self.after
        if self.factor and size >= 1000:
            size, after = size / 1000, self.factor + after
        whole, _, fraction = f"{size:.{self.digits}f}".partition(".")
        groups: list[str] = []
        while self.thousands and len(whole) > 3:
            whole, groups = whole[:-3], [whole[-3:], *groups]
        text = self.thousands.join([whole, *groups]) + (self.decimal + fraction if fraction else "")
        text = f"{self.before}{text}{after}"
        if round(size, self.digits) == 0 or value >= 0:
            return text
        return {"()": f"({text})", "tail": f"{text}-"}.get(self.minus, f"{self.minus}{text}")

    def value(self, value: float) -> float:
        """Return the number that is left after rounding."""
        if self.factor and abs(value) >= 1000:
            return float(f"{value / 1000:.{self.digits}f}") * 1000
        return float(f"{value:.{self.digits}f}")


def draw_style(generator: np.random.Generator) -> Style:
    """Draw how numbers are written."""
    decimal = str(generator.choice([".", ","]))
    thousands = str(generator.choice(["", ",", ".", " ", "\u00a0", "\u202f", "'", "\u2019"]))
    thousands = "" if thousands == decimal else thousands
    before, after = (
        (str(generator.choice(CURRENCIES)), "") if generator.random() < 0.2 else ("", str(generator.choice(UNITS)))
    )
    minus = str(generator.choice(["-", "-", "\u2212", "()", "tail"]))
    minus = "-" if minus == "tail" and after else minus
    factor = "k" if generator.random() < 0.1 else ""
    return Style(decimal, thousands, int(generator.integers(0, 4)), before, after, minus, factor)


def draw_quantity(generator: np.random.Generator) -> np.ndarray[Any, Any]:
    """Draw a quantity of some size and spread."""
    kind = generator.integers(4)
    if kind == 0:
        return generator.lognormal(generator.uniform(0, 8), generator.uniform(0.3, 1.5), N_ROWS)
    if kind == 1:
        return generator.normal(generator.uniform(-50, 500), generator.uniform(5, 400), N_ROWS)
    if kind == 2:
        return generator.uniform(0, 10 ** generator.uniform(0, 6), N_ROWS)
    return generator.integers(0, int(10 ** generator.uniform(1.5, 6)), N_ROWS).astype(float)


def durations(values: np.ndarray[Any, Any]) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Write a quantity as minutes and seconds."""
    seconds = np.abs(values).astype(int) % 5999
    return [f"{each // 60}:{each % 60:02}" for each in seconds], seconds.astype(float)


@dataclass(frozen=True)
class Drawn:
    """The cells of a column, its quantity, NaN where a cell holds none, and how it was drawn."""

    cells: list[str | None]
    truth: np.ndarray[Any, Any]
    kind: str
    name: str = "x"


def draw_column(generator: np.random.Generator, *, is_clean: bool) -> Drawn:
    """Draw a column, clean or mixed."""
    values, style = draw_quantity(generator), draw_style(generator)
    if is_clean and generator.random() < 0.08:
        cells, truth = durations(values)
        return Drawn([*cells], truth, "durations")
    written: list[str | None] = [style.write(value) for value in values]
    truth = np.array([style.value(value) for value in values])
    missing = generator.random(N_ROWS) < generator.choice([0, 0, 0.1])
    for row in np.flatnonzero(missing):
        written[row], truth[row] = str(generator.choice(["", "NA", "-"])), np.nan
    if is_clean:
        return Drawn(written, truth, "clean")
    kinds: dict[str, Callable[[], None]] = {}

    def replace(
        share: float, write: Callable[[float], str], value: Callable[[float], float] = lambda _: np.nan
    ) -> None:
        n = max(1, int(share * N_ROWS))
        for row in generator.choice(N_ROWS, n, replace=False):
            written[row], truth[row] = write(values[row]), value(values[row])

    other = draw_style(generator)
    word, misprint = str(generator.choice(WORDS)), str(generator.choice(MISPRINTS))
    share = float(generator.choice([0.004, 0.02, 0.05, 0.15, 0.4]))
    kinds["another format"] = lambda: replace(share, other.write, other.value)
    kinds["a word"] = lambda: replace(share, lambda _: word)
    kinds["misprints"] = lambda: replace(min(share, 0.05), lambda _: misprint)
    kinds["approximate"] = lambda: replace(share, lambda value: "~" + style.write(abs(value)))
    kinds["limits"] = lambda: replace(share, lambda value: "<" + style.write(abs(value)))
    kinds["ranges"] = lambda: replace(share, lambda value: f"{abs(value):.0f}-{abs(value) * 2 + 1:.0f}")
    kinds["codes"] = lambda: replace(share, lambda value: f"V{abs(value):.0f}")
    kind = str(generator.choice([*kinds]))
    kinds[kind]()
    return Drawn(written, truth, kind)


def draw_ambiguous(generator: np.random.Generator) -> Drawn:
    """Draw a column in which nothing tells thousands from decimals."""
    separator = str(generator.choice([".", ","]))
    if generator.random() < 0.5:
        values = generator.integers(1000, 999_999, N_ROWS).astype(float)
        if generator.random() < 0.5:
            values[generator.random(N_ROWS) < 0.2] = generator.integers(1, 999)
        style = Style("," if separator == "." else ".", separator, 0)
    else:
        values = generator.uniform(1, 999, N_ROWS).round(3)
        style = Style(separator, "", 3)
    return Drawn([style.write(value) for value in values], values, "ambiguous")


def verdict(drawn: Drawn) -> str:
    """Return "right", "warned" or "silent", the last of a column that is neither."""
    frame = as_frame({"x": drawn.cells})
    schema = infer_schema(frame)
    (column,) = schema.columns
    note = f"{column.note} {column.dropped}"
    named = any(repr(cell) in note for cell in set(drawn.cells) if cell)
    if column.kind == "numerical" and not column.dropped:
        values = column.parse_quantities(frame["x"]).values
        if is_the_quantity(values, drawn.truth):
            return "right"
    return "warned" if named else "silent"


def is_the_quantity(values: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> bool:
    """Return whether values are those of the quantity, in any unit."""
    if (np.isnan(values) != np.isnan(truth)).any():
        return False
    known = ~np.isnan(truth) & (truth != 0)
    if not known.any():
        return True
    ratios = values[known] / truth[known]
    return bool(np.allclose(ratios, ratios[0], rtol=1e-9) and (values[truth == 0] == 0).all())


def draw_columns(n_columns: int, seed: int) -> list[Drawn]:
    """Draw the columns: half clean, a tenth ambiguous, the rest mixed."""
    columns = []
    for number in range(n_columns):
        generator = np.random.default_rng([seed, number])
        if number % 2 == 0:
            columns.append(draw_column(generator, is_clean=True))
        elif number % 10 == 1:
            columns.append(draw_ambiguous(generator))
        else:
            columns.append(draw_column(generator, is_clean=False))
    return columns


if __name__ == "__main__":
    report(draw_columns, verdict)
