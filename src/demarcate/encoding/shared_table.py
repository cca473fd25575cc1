"""One table stored once for several encoders, each fitted on other rows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import ColumnEncoder, Encoded, PoolColumn, SharedColumn
from demarcate.encoding.cross_fitting import CrossFittedEncoder, share_scored
from demarcate.encoding.oblivious_trees import Leaves
from demarcate.encoding.table_encoder import TableEncoder
from demarcate.encoding.tree_leaves import TreeLeaves
from demarcate.tabular.schema import ParsedColumns

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SharedTable:
    """One table as several encoders share it.

    An encoded row is made in a pool of columns: all numbers, then flags that the first ``n_gaps`` of them are missing,
    then the encodings of categories, column by column, and the leaves of trees. Each encoder's own columns are picked
    from there.
    """

    numbers: Encoded  # (n_rows, n_numbers), NaN where missing, else finite
    statistics: Encoded  # scale, shift, fill and limit as in `SharedColumn`, (n_encoders, 4, n_numbers)
    n_gaps: int  # numbers with missing cells, or an encoder that flags them; they come first
    codes: NDArray[np.int32]  # category indices, (n_rows, n_categorical)
    tables: tuple[Encoded, ...]  # each categorical column's encodings, (n_encoders, n_categories, width)
    order: Indices  # each encoder's columns in the pool, (n_encoders, max(d_in)); past its width the pool's width
    d_in: tuple[int, ...]  # each encoder's width
    leaves: Leaves | None  # of each row in each encoder's trees, (n_encoders, n_rows, n_trees); None without trees
    n_leaves: int  # leaves of each tree in the pool

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], parsed: ParsedColumns) -> "SharedTable":
        """Store parsed columns once for these encoders.

        The peak memory is two copies of the shared numbers, and never an encoder's whole matrix.
        """
        n_rows = len(next(iter(parsed.values())))
        names = encoders[0].columns
        of_column = zip(*(encoder.encoders for encoder in encoders), strict=True)
        columns = [_share(name, encoders, own, parsed[name]) for name, own in zip(names, of_column, strict=True)]
        keys, n_gaps = _gaps_first(columns)
        numbers = [columns[index].numbers[at] for index, at in keys]
        statistics = [columns[index].statistics[..., at] for index, at in keys]
        codes = [column.codes for column in columns if column.codes is not None]
        leaves, n_leaves = _share_leaves([encoder.leaves for encoder in encoders], parsed, n_rows)
        own, width = _own_columns(columns, keys, n_gaps)
        own = [
            [*indices, *_leaf_columns(encoder.leaves, width, n_leaves)]
            for encoder, indices in zip(encoders, own, strict=True)
        ]
        width += 0 if leaves is None else leaves.shape[2] * n_leaves
        return cls(
            np.stack(numbers, 1) if keys else np.empty((n_rows, 0), dtype=np.float32),
            np.stack(statistics, 2).astype(np.float32) if keys else np.empty((len(encoders), 4, 0), dtype=np.float32),
            n_gaps,
            np.stack(codes, 1) if codes else np.empty((n_rows, 0), dtype=np.int32),
            tuple(column.table for column in columns if column.table is not None),
            np.array([indices + [width] * (max(map(len, own)) - len(indices)) for indices in own], dtype=np.int64),
            tuple(map(len, own)),
            leaves,
            n_leaves,
        )


def _share(name: str, tables: Sequence[TableEncoder], encoders: Sequence[ColumnEncoder], cells: Any) -> SharedColumn:
    """Share a column of the table between the encoders of it in ``tables``, as it is encoded in training."""
    if not any(isinstance(encoder, CrossFittedEncoder) for encoder in encoders):
        return type(encoders[0]).share(encoders, cells)
    return share_scored(encoders, cells, [table.training_scores(name, cells) for table in tables])


def _gaps_first(columns: Sequence[SharedColumn]) -> tuple[list[tuple[int, int]], int]:
    """Return every number as its column and its index there, those that may be missing first, and their count."""
    keys = [(index, at) for index, column in enumerate(columns) for at in range(len(column.numbers))]
    flagged = {
        (index, at) for index, column in enumerate(columns) for kind, at in chain(*column.columns) if kind == "flag"
    }
    gaps = {key for key in keys if key in flagged or np.isnan(columns[key[0]].numbers[key[1]]).any()}
    return sorted(keys, key=lambda key: key not in gaps), len(gaps)


def _share_leaves(trees: Sequence[TreeLeaves | None], parsed: ParsedColumns, n_rows: int) -> tuple[Leaves | None, int]:
    """Return the leaf of each row in each encoder's trees, if there are any, and the most leaves that a tree has."""
    grown = [own for own in trees if own is not None]
    if not grown:
        return None, 0
    leaves = np.zeros((len(trees), n_rows, max(own.n_trees for own in grown)), dtype=np.uint8)
    for shared, own in zip(leaves, trees, strict=True):
        if own is not None:
            shared[:, : own.n_trees] = own.leaves(parsed).T
    return leaves, max(own.n_leaves for own in grown)


def _leaf_columns(trees: TreeLeaves | None, first: int, n_leaves: int) -> list[int]:
    """Return the columns of the pool with an encoder's leaves, where trees have ``n_leaves`` from the first column."""
    if trees is None:
        return []
    return [first + tree * n_leaves + leaf for tree in range(trees.n_trees) for leaf in range(trees.n_leaves)]


def _own_columns(
    columns: Sequence[SharedColumn], keys: Sequence[tuple[int, int]], n_gaps: int
) -> tuple[list[list[int]], int]:
    """Return each encoder's columns in the pool, and the pool's width, both without leaves of trees."""
    pool: list[tuple[int, PoolColumn]] = [(index, ("number", at)) for index, at in keys]
    pool += [(index, ("flag", at)) for index, at in keys[:n_gaps]]
    for index, column in enumerate(columns):
        pool += [(index, ("category", at)) for at in range(0 if column.table is None else column.table.shape[2])]
    position = {pool_column: at for at, pool_column in enumerate(pool)}
    own = [
        [position[index, pool_column] for index, column in enumerate(columns) for pool_column in column.columns[number]]
        for number in range(len(columns[0].columns))
    ]
    return own, len(pool)
