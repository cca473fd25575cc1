"""What every column encoder can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Encoded = NDArray[np.float32]
Place = tuple[Literal["number", "flag", "category"], int]
"""Where an encoded column comes from: a number of the part, the flag that it is missing, or a column of the table."""


@dataclass(frozen=True, eq=False)
class Part:
    """What several encoders of one column share, and how each makes its encoded columns of it.

    Attributes
    ----------
    numbers
        Columns ``(n_rows,)`` of float32 each, NaN where missing, else finite.
    statistics
        What each encoder makes of them: scale, shift, fill and limit, ``(n_encoders, 4, n_numbers)``. A number is
        encoded as ``fill`` where missing, else as ``number * scale + shift``, clipped to +-limit.
    places
        Each encoder's encoded columns, in its own order.
    codes
        Category indices ``(n_rows,)``, or None for a column of numbers.
    table
        What each encoder makes of each category, ``(n_encoders, n_categories, width)``, or None.

    Examples
    --------
    >>> part = Part.plain([np.array([0.5, np.nan])], n_encoders=2)
    >>> part.statistics[0].tolist(), part.places
    ([[1.0], [0.0], [0.0], [1.0]], ((('number', 0),), (('number', 0),)))
    """

    numbers: tuple[Encoded, ...]
    statistics: Floats
    places: tuple[tuple[Place, ...], ...]
    codes: NDArray[np.int32] | None = None
    table: Encoded | None = None

    @classmethod
    def plain(cls, columns: Sequence[Floats], n_encoders: int) -> "Part":
        """Columns ``(n_rows,)`` within +-1 that all encoders take as they are, and as 0 where missing."""
        statistics = np.tile(np.array([[1.0], [0.0], [0.0], [1.0]]), (n_encoders, 1, len(columns)))
        places: tuple[Place, ...] = tuple(("number", index) for index in range(len(columns)))
        numbers = tuple(column.astype(np.float32) for column in columns)
        return cls(numbers, statistics, (places,) * n_encoders)


class ColumnEncoder(Protocol):
    """A fitted encoder of one column.

    Its whole state is ``numbers``, a float64 array, and ``words``, JSON-ready: what a model file keeps of it.
    """

    @property
    def numbers(self) -> Floats:
        """The fitted numbers, one axis."""

    @property
    def words(self) -> dict[str, Any]:
        """The rest of the state, ready for JSON."""

    def encode(self, cells: Any) -> Encoded:
        """Parsed cells of ``n_rows`` as ``(n_rows, n_encoded)``, every value finite."""

    @classmethod
    def share(cls, encoders: Sequence[Any], cells: Any) -> Part:
        """The column, kept once for several encoders of this kind, from all its parsed cells ``(n_rows,)``.

        What a part gives is what ``encode`` gives, to float32 rounding.
        """

    def names(self, column: str) -> list[str]:
        """What each encoded column stands for, ``n_encoded`` names."""
