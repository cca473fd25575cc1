"""One table kept once for several encoders, each fitted on other rows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.base import Encoded, Part, Place
from demarcate.tabular.schema import ParsedColumns

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SharedTable:
    """What several encoders of one table share, and what each makes of it.

    An encoded row is made in a pool of columns: all numbers, then flags that the first ``n_gaps`` of them are missing,
    then what categories are encoded as, column by column. Each encoder's own columns are picked from there.

    Attributes
    ----------
    numbers
        float32 ``(n_rows, n_numbers)``, NaN where missing, else finite.
    statistics
        What each encoder makes of them: scale, shift, fill and limit, float32 ``(n_encoders, 4, n_numbers)``. A number
        is encoded as ``fill`` where missing, else as ``number * scale + shift``, clipped to +-limit.
    n_gaps
        How many numbers have missing cells, or an encoder that flags them; they come first.
    codes
        Category indices, int32 ``(n_rows, n_categorical)``.
    tables
        For each categorical column what each category is encoded as, float32 ``(n_encoders, n_categories, width)``.
    order
        Each encoder's columns in the pool, int64 ``(n_encoders, max(d_in))``; past its own width the pool's width.
    d_in
        Each encoder's own width.

    Examples
    --------
    >>> import polars as pl
    >>> from demarcate.tabular.schema_inference import infer_schema
    >>> frame = pl.DataFrame({"age": [40.0, 60.0, 80.0, None], "thal": ["fixed", "normal", "normal", "normal"]})
    >>> schema = infer_schema(frame)
    >>> parsed = schema.parse(frame)
    >>> encoders = [TableEncoder.fit(schema, parsed, rows=np.array(rows)) for rows in ([0, 1, 2], [1, 2, 3])]
    >>> [encoder.names() for encoder in encoders]
    [['age', 'thal = other'], ['age', 'age is missing', 'thal = normal']]
    >>> shared = SharedTable.of(encoders, parsed)
    >>> shared.numbers.shape, shared.order.tolist(), shared.d_in
    ((4, 1), [[0, 2, 3], [0, 1, 2]], (2, 3))
    """

    numbers: Encoded
    statistics: Encoded
    n_gaps: int
    codes: NDArray[np.int32]
    tables: tuple[Encoded, ...]
    order: Indices
    d_in: tuple[int, ...]

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], parsed: ParsedColumns) -> "SharedTable":
        """Put a table down once for these encoders of its columns.

        While this runs there are two copies of the shared numbers, and never an encoder's whole matrix.
        """
        n_rows = len(next(iter(parsed.values())))
        columns = encoders[0].columns
        of_column = zip(*(encoder.encoders for encoder in encoders), strict=True)
        parts = [type(own[0]).share(own, parsed[name]) for name, own in zip(columns, of_column, strict=True)]
        keys, n_gaps = _gaps_first(parts)
        numbers = [parts[index].numbers[at] for index, at in keys]
        statistics = [parts[index].statistics[..., at] for index, at in keys]
        codes = [part.codes for part in parts if part.codes is not None]
        order, d_in = _order(parts, keys, n_gaps)
        return cls(
            np.stack(numbers, 1) if keys else np.empty((n_rows, 0), dtype=np.float32),
            np.stack(statistics, 2).astype(np.float32) if keys else np.empty((len(encoders), 4, 0), dtype=np.float32),
            n_gaps,
            np.stack(codes, 1) if codes else np.empty((n_rows, 0), dtype=np.int32),
            tuple(part.table for part in parts if part.table is not None),
            order,
            d_in,
        )


def _gaps_first(parts: Sequence[Part]) -> tuple[list[tuple[int, int]], int]:
    """Every number, as its part and its place there, those that may be missing first; and how many may."""
    keys = [(index, at) for index, part in enumerate(parts) for at in range(len(part.numbers))]
    flagged = {(index, at) for index, part in enumerate(parts) for kind, at in chain(*part.places) if kind == "flag"}
    gaps = {key for key in keys if key in flagged or np.isnan(parts[key[0]].numbers[key[1]]).any()}
    return sorted(keys, key=lambda key: key not in gaps), len(gaps)


def _order(parts: Sequence[Part], keys: Sequence[tuple[int, int]], n_gaps: int) -> tuple[Indices, tuple[int, ...]]:
    """Each encoder's columns in the pool, and its width."""
    pool: list[tuple[int, Place]] = [(index, ("number", at)) for index, at in keys]
    pool += [(index, ("flag", at)) for index, at in keys[:n_gaps]]
    for index, part in enumerate(parts):
        pool += [(index, ("category", at)) for at in range(0 if part.table is None else part.table.shape[2])]
    position = {place: at for at, place in enumerate(pool)}
    n_encoders = len(parts[0].places)
    own = [
        [position[index, place] for index, part in enumerate(parts) for place in part.places[encoder]]
        for encoder in range(n_encoders)
    ]
    d_in = tuple(map(len, own))
    order = np.full((n_encoders, max(d_in)), len(pool), dtype=np.int64)
    for encoder, columns in enumerate(own):
        order[encoder, : len(columns)] = columns
    return order, d_in
