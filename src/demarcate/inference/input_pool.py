"""The inputs of networks behind several encoders, made together of coded rows.

Encoders that were fitted on other rows of one table make many of the same columns, and others by the same rule
(`demarcate.inference.pool_rules`). All that they make is in one pool, each thing once, rows of the table along its last
axis; the matrix of an encoder is some of the pool's rows.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np

from demarcate.encoding import ColumnEncoder, NumericEncoder, TableEncoder
from demarcate.encoding.date import DateEncoder, n_waves
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.inference.coded_column import CodedColumn
from demarcate.inference.pool_rules import (
    BinRule,
    CodeRule,
    CycleRule,
    Encoded,
    FlagRule,
    Floats,
    Indices,
    LeafRule,
    NumberRule,
    OwnRule,
    PoolRows,
    PoolRule,
    WordRule,
)

MAX_TABLE = 1 << 20
"""Numbers of an encoder's encodings of all codes of a column, at most; of more only those that it tells apart
are kept."""

_T = TypeVar("_T")
_Known = dict[Hashable, tuple[int, _T]]
_Place = tuple[str, int]
"""A row of the pool: the name of its rule, and its number there."""


@dataclass(frozen=True, eq=False)
class InputPool:
    """The rules of the pool, whose first row is 1, as if a bias were a weight."""

    rules: tuple[PoolRule, ...]
    inputs: tuple[Indices, ...]  # the rows of the pool that are the columns of each encoder's matrix, (n_encoded,)
    missing: Floats  # the code of missing words of each column, 0 of other columns, (n_columns, 1)

    @classmethod
    def of(cls, columns: Sequence[CodedColumn], encoders: Sequence[TableEncoder]) -> Self:
        """Prepare what these encoders of one table make of these columns."""
        plan = _Plan(columns)
        matrices = [plan.of_table(encoder) for encoder in encoders]
        leaves = [own for encoder in encoders if (own := encoder.leaves) is not None]
        rules = plan.rules() | ({"leaf": LeafRule.of(leaves, columns)} if leaves else {})
        widths = [rule.width for rule in rules.values()]
        first = dict(zip(rules, np.cumsum([1, *widths]).tolist(), strict=False))
        inputs, start = [], first.get("leaf", 0)
        for matrix, encoder in zip(matrices, encoders, strict=True):
            rows = [first[rule] + at for rule, at in matrix]
            if encoder.leaves is not None:
                # Shallower trees have their leaves first.
                shape = (encoder.leaves.n_trees, rules["leaf"].width // sum(trees.n_trees for trees in leaves))
                of_trees = start + np.arange(shape[0] * shape[1]).reshape(shape)
                rows += of_trees[:, : encoder.leaves.n_leaves].ravel().tolist()
                start += of_trees.size
            inputs.append(np.array(rows, dtype=np.int64))
        missing = [len(column.codes) + 1.0 if column.has_codes else 0.0 for column in columns]
        return cls(tuple(rules.values()), tuple(inputs), np.array(missing)[:, np.newaxis])

    @property
    def size(self) -> int:
        """Return the number of rows of the pool."""
        return 1 + sum(rule.width for rule in self.rules)

    def fill(self, values: Floats, cells: Callable[[int], Any]) -> Encoded:
        """Return the pool ``(n_pooled, n_rows)`` of coded rows ``(n_columns, n_rows)``.

        ``cells`` returns the parsed cells of a column by its number.
        """
        codes = np.where(np.isnan(values), self.missing, values)
        codes = np.where(self.missing > 0, codes, 0).astype(np.int64)
        rows = PoolRows(values, codes, cells)
        pool = np.empty((self.size, values.shape[1]), dtype=np.float32)
        pool[0] = 1
        start = 1
        for rule in self.rules:
            rule.fill(rows, pool[start : start + rule.width])
            start += rule.width
        return pool


class _Plan:
    """Collects what encoders need, each thing once."""

    def __init__(self, columns: Sequence[CodedColumn]) -> None:
        self._columns = columns
        # What rules make, by what tells it apart: its number in the rule, and what the rule needs.
        self._numbers: _Known[tuple[NumericEncoder, int]] = {}
        self._flags: _Known[int] = {}
        self._bins: _Known[tuple[float, float, int]] = {}
        self._words: _Known[tuple[Encoded, int]] = {}
        self._own: dict[str, PoolRule] = {}

    def rules(self) -> dict[str, PoolRule]:
        """Return the rules, without that of leaves, by name."""
        shared: dict[str, PoolRule] = {
            "number": NumberRule.of(_needed(self._numbers)),
            "flag": FlagRule(np.array(_needed(self._flags), dtype=np.int64)),
            "bin": BinRule.of(_needed(self._bins)),
            "word": WordRule.of(_needed(self._words)),
        }
        return {name: rule for name, rule in (shared | self._own).items() if rule.width}

    def of_table(self, table: TableEncoder) -> list[_Place]:
        """Return the rows of the pool that are an encoder's matrix, without leaves."""
        names = {column.name: at for at, column in enumerate(self._columns)}
        pairs = zip(table.columns, table.encoders, strict=True)
        return [place for name, encoder in pairs for place in self._of(encoder, names[name])]

    def _of(self, encoder: ColumnEncoder, column: int) -> list[_Place]:
        if isinstance(encoder, NumericEncoder):
            number = [_place("number", self._numbers, (encoder.state[0].tobytes(), column), (encoder, column))]
            return [*number, _place("flag", self._flags, column, column)] if encoder.flag else number
        if isinstance(encoder, PiecewiseEncoder):
            bins = zip(*(edges.tolist() for edges in encoder.bins), strict=True)
            filled = [_place("bin", self._bins, (*edges, column), (*edges, column)) for edges in bins]
            return self._of(encoder.numeric, column) + filled
        if isinstance(encoder, PiecewiseTargetEncoder):
            return self._of(encoder.binned, column) + self._by_itself(encoder.scores, column, encoder.odds.shape[1])
        if isinstance(encoder, DateEncoder):
            self._own.setdefault(f"cycle {column}", CycleRule(column))
            waves = [(f"cycle {column}", at) for at in range(n_waves(encoder.has_time))]
            return self._of(encoder.elapsed, column) + waves
        if encoder.vocabulary is not None:
            return self._of_words(encoder, column)
        return self._by_itself(encoder.encode, column, encoder.width)

    def _of_words(self, encoder: ColumnEncoder, column: int) -> list[_Place]:
        words = self._columns[column].words
        if len(words) * encoder.width > MAX_TABLE:
            known = [*dict.fromkeys(encoder.vocabulary or ())]
            codes = {word: code for code, word in enumerate([*known, *words[-2:]])}
            own = np.array([codes.get(word, len(known)) for word in words], dtype=np.int64)
            return self._alone(CodeRule(column, own, encoder.encode([*known, *words[-2:]])))
        encoded = np.ascontiguousarray(encoder.encode(words).T)
        return [_place("word", self._words, (row.tobytes(), column), (row, column)) for row in encoded]

    def _by_itself(self, encode: Callable[[Any], Encoded], column: int, width: int) -> list[_Place]:
        return self._alone(OwnRule(column, encode, width)) if width else []

    def _alone(self, rule: PoolRule) -> list[_Place]:
        name = f"own {len(self._own)}"
        self._own[name] = rule
        return [(name, at) for at in range(rule.width)]


def _needed(known: _Known[_T]) -> list[_T]:
    return [value for _, value in known.values()]


def _place(rule: str, known: _Known[_T], key: Hashable, value: _T) -> _Place:
    """Return the place of a thing among those of a rule, the next one if it is new."""
    return rule, known.setdefault(key, (len(known), value))[0]
