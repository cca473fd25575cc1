"""A row of the lesson, and the figures that the product and plain PyTorch have in common."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.evaluation import Mean

EXACT = 1e-6
"""The most by which figures differ that come from the same rows, weights and steps, without dropout."""


@dataclass(frozen=True)
class Figure:
    """One figure of the product beside that of plain PyTorch, as text, and whether they agree."""

    what: str
    product: str
    plain: str
    agrees: bool


@dataclass(frozen=True)
class Row:
    """One row of the lesson; ``figures`` computes both sides."""

    name: str
    topic: str
    figures: Callable[[], Iterator[Figure]]
    is_fast: bool


ROWS: dict[str, Row] = {}
"""Every row by name, in the lesson's order."""


def row(name: str, topic: str, *, is_fast: bool = True) -> Callable[[Callable[[], Iterator[Figure]]], Any]:
    """Register a function that yields figures as a row; rows that are not fast take more than a second or two."""

    def register(figures: Callable[[], Iterator[Figure]]) -> Callable[[], Iterator[Figure]]:
        ROWS[name] = Row(name, topic, figures, is_fast)
        return figures

    return register


def equal(what: str, product: Any, plain: Any, tolerance: float = EXACT) -> Figure:
    """Compare numbers or arrays of numbers of the same rows, weights and steps; NaN agrees with NaN."""
    one, other = (np.asarray(values, dtype=np.float64) for values in (product, plain))
    if one.shape != other.shape:
        return Figure(what, f"shape {one.shape}", f"shape {other.shape}", agrees=False)
    are_none = np.isnan(one) & np.isnan(other)
    apart = float(np.abs(np.where(are_none, 0.0, one - other)).max(initial=0.0))
    if one.ndim == 0:
        return Figure(what, f"{one:.6f}", f"{other:.6f}", agrees=apart <= tolerance)
    return Figure(what, f"{one.size} numbers", f"at most {apart:.1e} apart", agrees=apart <= tolerance)


def same(what: str, product: object, plain: object) -> Figure:
    """Compare values that are equal or not."""
    return Figure(what, str(product), str(plain), agrees=product == plain)


def shown(what: str, product: object, plain: object, *, holds: bool) -> Figure:
    """State what the product shows beside what plain PyTorch does; ``holds`` is whether it is what the row asks for."""
    return Figure(what, str(product), str(plain), agrees=holds)


def as_often(what: str, product: Iterable[float], plain: Iterable[float], most: float = 0.02) -> Figure:
    """Compare means over seeds of figures with dropout, whose random numbers are the product's own.

    They agree if the 95% interval of the paired difference contains 0, or the difference is at most ``most``.
    """
    one, other = np.array([*product]), np.array([*plain])
    apart = Mean.of((one - other).tolist())
    assert apart.low is not None
    assert apart.high is not None
    agrees = apart.low <= 0 <= apart.high or abs(apart.value) <= most
    return Figure(what, f"{Mean.of(one.tolist())}", f"{Mean.of(other.tolist())}, apart by {apart}", agrees=agrees)
