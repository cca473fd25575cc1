"""One table kept once for several encoders, each fitted on other rows of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.encoders.part import Encoded, Part
from demarcate.tabular.encoding import TableEncoder
from demarcate.tabular.schema import ParsedColumns

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SharedTable:
    """What several encoders of one table share, and what each makes of it.

    An encoded row is made in a pool of columns: all numbers, then flags that numbers are missing, then what categories
    are encoded as, column by column. Each encoder's own columns are picked from there.

    Attributes
    ----------
    numbers
        float32 ``(n_rows, n_numbers)``, NaN where missing, else finite.
    statistics
        What each encoder makes of them: scale, shift, fill and limit, float32 ``(n_encoders, 4, n_numbers)``. A number
        is encoded as ``fill`` where missing, else as ``number * scale + shift``, clipped to +-limit.
    flagged
        The numbers with a flag, int64 ``(n_flags,)``.
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
    >>> from demarcate.tabular.inference import infer_schema
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
    flagged: Indices
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
        numbers = [column for part in parts for column in part.numbers]
        codes = [part.codes for part in parts if part.codes is not None]
        order, flagged, d_in = _order(parts)
        return cls(
            np.stack(numbers, 1) if numbers else np.empty((n_rows, 0), dtype=np.float32),
            np.concatenate([part.statistics for part in parts], 2).astype(np.float32),
            flagged,
            np.stack(codes, 1) if codes else np.empty((n_rows, 0), dtype=np.int32),
            tuple(part.table for part in parts if part.table is not None),
            order,
            d_in,
        )


def _order(parts: Sequence[Part]) -> tuple[Indices, Indices, tuple[int, ...]]:
    """Each encoder's columns in the pool, the numbers with a flag, and each encoder's width."""
    n_encoders = len(parts[0].places)
    wanted = [
        [(index, *place) for index, part in enumerate(parts) for place in part.places[encoder]]
        for encoder in range(n_encoders)
    ]
    places = {place for row in wanted for place in row}
    numbers = [(index, at) for index, part in enumerate(parts) for at in range(len(part.numbers))]
    flagged = [number for number, (index, at) in enumerate(numbers) if (index, "flag", at) in places]
    categories = [
        (index, at) for index, part in enumerate(parts) if part.table is not None for at in range(part.table.shape[2])
    ]
    pool = [
        *((index, "number", at) for index, at in numbers),
        *((index, "flag", at) for index, at in map(numbers.__getitem__, flagged)),
        *((index, "category", at) for index, at in categories),
    ]
    position = {place: at for at, place in enumerate(pool)}
    d_in = tuple(map(len, wanted))
    order = np.full((n_encoders, max(d_in)), len(pool), dtype=np.int64)
    for encoder, row in enumerate(wanted):
        order[encoder, : len(row)] = [position[place] for place in row]
    return order, np.array(flagged, dtype=np.int64), d_in
