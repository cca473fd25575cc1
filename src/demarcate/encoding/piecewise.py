"""Numbers cut into pieces: beside its standardised value, how far each piece of the column is filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Encoded, Floats, Part, Place
from demarcate.encoding.bin_edges import MAX_PIECES, class_edges
from demarcate.encoding.numeric import NumericEncoder
from demarcate.errors import SettingError


@dataclass(frozen=True, eq=False)
class PiecewiseEncoder:
    """A numerical column, standardised, and in pieces (Gorishniy et al. 2022).

    Of each piece it says how far a value has come through it: 0 before it, 1 behind it, in between the share of its
    length. Any function that is linear on each piece is then a weighted sum of the encoded columns, so that a network
    can bend where the classes part, instead of having to find the place. A missing number has come through no piece.

    Attributes
    ----------
    whole
        Encodes the number itself, with a flag where numbers were missing.
    edges
        Where pieces begin and end, strictly ascending, ``(n_pieces + 1,)``; fewer than three if it is all one piece,
        which the number itself says already.

    Examples
    --------
    >>> cells = np.array([0.0, 1.0, 2.0, 4.0])
    >>> encoder = PiecewiseEncoder(NumericEncoder.fit(cells, np.arange(4)), np.array([0.0, 2.0, 4.0]))
    >>> print(encoder.encode(cells)[:, 1:])
    [[0.  0. ]
     [0.5 0. ]
     [1.  0. ]
     [1.  1. ]]
    >>> encoder.names("age")
    ['age', 'age from 0 to 2', 'age from 2 to 4']
    """

    whole: NumericEncoder
    edges: Floats

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(self.edges)) or not np.all(np.diff(self.edges / 2) > 0):
            raise SettingError(f"edges are finite and ascending: got {self.edges}")

    @classmethod
    def fit(
        cls,
        cells: Floats,
        rows: NDArray[np.int64],
        codes: NDArray[np.int64],
        n_classes: int,
        max_pieces: int = MAX_PIECES,
    ) -> "PiecewiseEncoder":
        """Fit on some rows of a column.

        Parameters
        ----------
        cells
            ``(n_rows,)``, NaN where missing.
        rows
            Row numbers to fit on.
        codes
            Each row's class index, ``(n_rows,)``; only those of ``rows`` are read.
        n_classes
            How many classes there are.
        max_pieces
            As for `class_edges`.
        """
        present = rows[~np.isnan(cells[rows])]
        edges = class_edges(cells[present], codes[present], n_classes, max_pieces)
        # Neighbours so close that half their distance is nothing are one.
        distinct = np.append(True, np.diff(edges / 2) > 0)[: len(edges)]
        return cls(NumericEncoder.fit(cells, rows), edges[distinct])

    @property
    def numbers(self) -> Floats:
        """Those of the number itself, then the edges."""
        return np.concatenate([self.whole.numbers, self.edges])

    @property
    def words(self) -> dict[str, Any]:
        """Whether there is a flag."""
        return self.whole.words

    @classmethod
    def restore(cls, numbers: Floats, words: Mapping[str, Any]) -> "PiecewiseEncoder":
        """The encoder with this state."""
        return cls(NumericEncoder.restore(numbers[:4], words), np.array(numbers[4:]))

    def encode(self, cells: Floats) -> Encoded:
        """Cells ``(n_rows,)`` as ``(n_rows, n_encoded)``: the number, its flag if it has one, and its pieces."""
        return np.concatenate([self.whole.encode(cells), self._filled(cells)], 1)

    @classmethod
    def share(cls, encoders: Sequence["PiecewiseEncoder"], cells: Floats) -> Part:
        """The column once for all these encoders of it; pieces differ, so each encoder's are kept as they are.

        Examples
        --------
        >>> cells = np.array([0.0, 1.0, 2.0, 4.0])
        >>> whole = NumericEncoder.fit(cells, np.arange(4))
        >>> encoders = [PiecewiseEncoder(whole, np.array(edges)) for edges in ([0.0, 2.0, 4.0], [0.0, 4.0])]
        >>> part = PiecewiseEncoder.share(encoders, cells)
        >>> len(part.numbers), part.places
        (3, ((('number', 0), ('number', 1), ('number', 2)), (('number', 0),)))
        """
        whole = NumericEncoder.share([encoder.whole for encoder in encoders], cells)
        pieces = [encoder._filled(cells).T for encoder in encoders]  # noqa: SLF001 - of its own kind
        part = Part.plain([column for own in pieces for column in own.astype(np.float64)], len(encoders))
        places: list[tuple[Place, ...]] = []
        first = len(whole.numbers)
        for own, columns in zip(whole.places, pieces, strict=True):
            places.append((*own, *(("number", first + at) for at in range(len(columns)))))
            first += len(columns)
        statistics = np.concatenate([whole.statistics, part.statistics], 2)
        return Part((*whole.numbers, *part.numbers), statistics, tuple(places))

    @property
    def knots(self) -> Floats:
        """Numbers, ascending, between which all that is encoded is linear, and beyond which it is constant."""
        start, end = self._pieces()
        reach = self.whole.limit * self.whole.scale
        with np.errstate(over="ignore"):
            ends = np.nan_to_num([self.whole.mean - reach, self.whole.mean + reach])
        return np.unique(np.concatenate([start, end, ends]))

    def names(self, column: str) -> list[str]:
        """The column itself, its flag, and its pieces."""
        return self.whole.names(column) + [
            f"{column} from {start:.6g} to {end:.6g}" for start, end in zip(*self._pieces(), strict=True)
        ]

    def _pieces(self) -> tuple[Floats, Floats]:
        """Where each piece begins, and where it ends."""
        return (self.edges[:-1], self.edges[1:]) if len(self.edges) > 2 else (self.edges[:0], self.edges[:0])

    def _filled(self, cells: Floats) -> Encoded:
        """How far cells ``(n_rows,)`` have come through each piece, ``(n_rows, n_pieces)`` within 0 and 1."""
        start, end = self._pieces()
        # Halved first: the difference of large floats would overflow. Halving is exact.
        away = np.where(np.isnan(cells), -np.inf, cells)[:, np.newaxis] / 2 - start / 2
        with np.errstate(over="ignore"):
            return np.clip(away / (end / 2 - start / 2), 0.0, 1.0).astype(np.float32)
