"""The encoder of a whole table: an encoder for each column, and leaves of trees on all of them, in one matrix."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import CategoryEncoding, ColumnEncoder, Encoded, FitContext
from demarcate.encoding.cross_fitting import CrossFit, CrossFittedEncoder, inner_folds
from demarcate.encoding.encoder_registry import checked_encoder, encoder_for
from demarcate.encoding.tree_leaves import FILE_FORMAT, TreeLeaves
from demarcate.presentation import brief_repr
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.schema import ParsedColumns, Schema

EVERY_ROW = slice(None)


@brief_repr
@dataclass(frozen=True, eq=False)
class TableEncoder:
    """A fitted encoder of parsed columns as a matrix: the columns it reads, in order, and an encoder for each.

    Behind the columns of these encoders the matrix has the ``leaves`` of trees, if there are any. Where an encoder
    learned from classes, ``cross_fit`` has what its training rows are encoded with in training.
    """

    columns: tuple[str, ...]
    encoders: tuple[ColumnEncoder, ...]
    cross_fit: CrossFit | None = None
    leaves: TreeLeaves | None = None

    @classmethod
    def fit(
        cls,
        schema: Schema,
        parsed: ParsedColumns,
        rows: NDArray[np.int64],
        *,
        standardise: bool = True,
        codes: NDArray[np.int64] | None = None,
        weights: NDArray[np.float64] | None = None,
        dependence: Dependence | None = None,
        seed: int = 0,
        category_encoding: CategoryEncoding = "one_hot",
    ) -> "TableEncoder":
        """Fit every column's encoder on these training rows of the table that the schema parsed.

        With class indices ``codes`` ``(n_rows,)``, encoders learn from the classes of the training rows: numerical
        columns are also split into bins that separate them. ``weights`` ``(n_rows,)`` are what each row counts there;
        ``dependence`` and ``seed`` decide the folds of scores (`CrossFittedEncoder`). Without ``standardise``, numbers
        are encoded unscaled. ``category_encoding`` is ``one_hot``, or ``integer``: one column of whole numbers.
        """
        n_numerical = sum(column.kind == "numerical" for column in schema.used)
        context = FitContext(standardise, codes, n_numerical, weights, category_encoding)
        encoders: list[ColumnEncoder] = []
        refits: dict[str, tuple[CrossFittedEncoder, ...]] = {}
        folds: NDArray[np.int8] | None = None
        for column in schema.used:
            cells = parsed[column.name]
            encoder: ColumnEncoder = encoder_for(column, context).fit(cells, rows, context)
            if isinstance(encoder, CrossFittedEncoder) and not encoder.score_names(column.name):
                encoder = encoder.plain
            encoders.append(encoder)
            if isinstance(encoder, CrossFittedEncoder) and codes is not None:
                folds = inner_folds(codes, rows, dependence, seed) if folds is None else folds
                others = [rows[folds[rows] != fold] for fold in range(folds.max() + 1)]
                refits[column.name] = tuple(encoder.refit(cells, own, context) for own in others)
        cross_fit = None if folds is None else CrossFit(folds, refits)
        return cls(tuple(column.name for column in schema.used), tuple(encoders), cross_fit)

    def with_trees(
        self,
        schema: Schema,
        parsed: ParsedColumns,
        rows: NDArray[np.int64],
        codes: NDArray[np.int64],
        weights: NDArray[np.float64] | None = None,
        seed: int = 0,
    ) -> "TableEncoder":
        """Return it with the leaves of trees that separate the classes; the arguments are those of `fit`."""
        return replace(self, leaves=TreeLeaves.fit(schema, parsed, rows, codes, weights, seed))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kind of each column's encoder, its name in model files."""
        return tuple(encoder.kind for encoder in self.encoders)

    @property
    def file_format(self) -> int:
        """Return the first format of model files that has all of it."""
        of_columns = max(encoder.file_format for encoder in self.encoders)
        return of_columns if self.leaves is None else max(of_columns, FILE_FORMAT)

    @property
    def n_encoded(self) -> int:
        """Return the number of columns of the matrix."""
        return self.first_leaf + (0 if self.leaves is None else self.leaves.width)

    @cached_property
    def first_leaf(self) -> int:
        """Return the number of columns before the leaves of trees, all that the columns' own encoders make."""
        return sum(encoder.width for encoder in self.encoders)

    def encode(self, parsed: ParsedColumns) -> NDArray[np.float32]:
        """Encode rows as a matrix ``(n_rows, n_encoded)`` of finite float32."""
        return self._matrix(parsed, lambda _, encoder, cells: encoder.encode(cells))

    def encode_for_training(self, parsed: ParsedColumns, rows: slice = EVERY_ROW) -> NDArray[np.float32]:
        """Encode the table it was fitted on, or consecutive rows of it: training rows with cross-fitted scores."""

        def encode(name: str, encoder: ColumnEncoder, cells: Any) -> Encoded:
            if not isinstance(encoder, CrossFittedEncoder):
                return encoder.encode(cells)
            return encoder.encode_scored(cells, self.training_scores(name, cells, rows))

        return self._matrix(parsed, encode)

    def training_scores(self, name: str, cells: Any, rows: slice = EVERY_ROW) -> Encoded:
        """Return the scores of a column in training, if any; ``cells`` are those of ``rows`` of its table."""
        encoder = self.encoders[self.columns.index(name)]
        if not isinstance(encoder, CrossFittedEncoder):
            return np.empty((len(cells), 0), dtype=np.float32)
        return encoder.scores(cells) if self.cross_fit is None else self.cross_fit.scores(name, encoder, cells, rows)

    def trained(self) -> "TableEncoder":
        """Return it without what only training needs."""
        return self if self.cross_fit is None else replace(self, cross_fit=None)

    def _matrix(
        self, parsed: ParsedColumns, encode: Callable[[str, ColumnEncoder, Any], Encoded]
    ) -> NDArray[np.float32]:
        """Return the encodings of all columns side by side, ``(n_rows, n_encoded)``."""
        n_rows = len(next(iter(parsed.values())))
        matrix = np.empty((n_rows, self.n_encoded), dtype=np.float32)
        if self.leaves is not None:
            self.leaves.encode_into(matrix[:, self.first_leaf :], self.leaves.leaves(parsed))
        start = 0
        for name, encoder in zip(self.columns, self.encoders, strict=True):
            encoded = encode(name, encoder, parsed[name])
            matrix[:, start : start + encoded.shape[1]] = encoded
            start += encoded.shape[1]
        return matrix

    def columns_of(self, name: str) -> slice:
        """Return the matrix columns that encode one column of the table, without leaves of trees."""
        return self._columns_of[name]

    @cached_property
    def _columns_of(self) -> dict[str, slice]:
        ends = np.cumsum([encoder.width for encoder in self.encoders]).tolist()
        return {name: slice(start, end) for name, start, end in zip(self.columns, [0, *ends], ends, strict=False)}

    def columns_reading(self, name: str) -> NDArray[np.int64]:
        """Return the matrix columns that depend on one column of the table: its own, and leaves of trees testing it."""
        own = np.arange(self.n_encoded)[self.columns_of(name)]
        return own if self.leaves is None else np.append(own, self.first_leaf + self.leaves.columns_of(name))

    def encode_reading(self, name: str, parsed: ParsedColumns) -> NDArray[np.float32]:
        """Encode rows as the matrix columns that depend on one column of the table."""
        own = self.encoders[self.columns.index(name)].encode(parsed[name])
        if self.leaves is None or not len(self.leaves.columns_of(name)):
            return own
        return np.concatenate([own, self.leaves.encode_columns_of(name, parsed)], 1)

    def select(self, names: Sequence[str]) -> "TableEncoder":
        """Return the encoder of some of the columns, without leaves of trees."""
        by_name = dict(zip(self.columns, self.encoders, strict=True))
        return TableEncoder(tuple(names), tuple(by_name[name] for name in names))

    def names(self) -> list[str]:
        """Return the names of the columns of the matrix."""
        pairs = zip(self.columns, self.encoders, strict=True)
        names = [name for column, encoder in pairs for name in encoder.names(column)]
        return names if self.leaves is None else names + self.leaves.names()

    def state(self) -> tuple[dict[str, Any], NDArray[np.float64]]:
        """Return the whole state: a JSON-ready entry with one for each column, and all numbers in one array."""
        arrays, fields = zip(*(encoder.state for encoder in self.encoders), strict=True)
        columns = [
            {"column": name, "encoder": kind, "n_numbers": len(array), **own}
            for name, kind, array, own in zip(self.columns, self.kinds, arrays, fields, strict=True)
        ]
        entry: dict[str, Any] = {"n_encoded": self.n_encoded, "columns": columns}
        if self.leaves is None:
            return entry, np.concatenate(arrays)
        array, trees = self.leaves.state
        return {**entry, "trees": trees}, np.concatenate([*arrays, array])

    @classmethod
    def from_state(cls, entry: Mapping[str, Any], numbers: NDArray[np.float64], schema: Schema) -> "TableEncoder":
        """Return the encoder with the result of `state`; raise ValueError if it does not suit the schema."""
        encoders, start = [], 0
        for own, column in zip(entry["columns"], schema.used, strict=True):
            encoder = checked_encoder(own, column.kind, f"column {column.name!r}")
            end = start + own["n_numbers"]
            encoders.append(encoder.from_state(numbers[start:end], own))
            start = end
        leaves = TreeLeaves.from_state(numbers[start:], entry["trees"]) if "trees" in entry else None
        return cls(tuple(own["column"] for own in entry["columns"]), tuple(encoders), leaves=leaves)
