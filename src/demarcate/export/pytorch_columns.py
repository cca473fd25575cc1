"""How the columns of a model are read and encoded in plain PyTorch: readers, classes of inputs and their tensors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.base import ColumnEncoder
from demarcate.encoding.date import DateEncoder
from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.encoding.text_components import TextEncoder
from demarcate.encoding.text_scores import TextScoreEncoder
from demarcate.encoding.tree_leaves import TreeLeaves
from demarcate.errors import ExportError, Problem
from demarcate.export.plain_torch import cell_readers, column_inputs
from demarcate.export.plain_torch.date_cells import DIRECTIVES, DateCells
from demarcate.formatting import quoted
from demarcate.inference import NumpyPredictor
from demarcate.tabular.date_formats import NUMBER_FORMATS, spellings
from demarcate.tabular.number_format import PLAIN
from demarcate.tabular.number_grammar import is_currency
from demarcate.tabular.schema_column import Column

Arrays = dict[str, NDArray[Any]]

_INPUTS: Mapping[str, type[column_inputs.ColumnInputs]] = {
    "numeric": column_inputs.NumberInputs,
    "piecewise": column_inputs.BinInputs,
    "piecewise_target": column_inputs.ScoredBinInputs,
    "categorical": column_inputs.CategoryInputs,
    "categorical_target": column_inputs.CategoryInputs,
    "category_code": column_inputs.CategoryInputs,
    "date": column_inputs.DateInputs,
    "text": column_inputs.TextInputs,
    "text_scores": column_inputs.TextInputs,
}
"""The classes of inputs by the kinds of encoders."""


@dataclass(frozen=True, eq=False)
class PlainColumns:
    """The columns of a model: a reader for each, for each encoder classes of inputs, and all their tensors."""

    readers: tuple[Any, ...]
    inputs: tuple[tuple[type[column_inputs.ColumnInputs], ...], ...]
    tensors: Arrays

    @classmethod
    def of(cls, model: NumpyPredictor) -> Self:
        """Take a model apart; raise ExportError for a column that plain PyTorch does not read."""
        columns = model.schema.used
        words = [_categories_of(model, at) for at in range(len(columns))]
        problems = [problem for column in columns if (problem := _unread(column)) is not None]
        if problems:
            raise ExportError(" ".join(map(str, problems)))
        readers = tuple(_reader(column, known) for column, known in zip(columns, words, strict=True))
        tensors: Arrays = {}
        for fold, encoder in enumerate(model.encoders):
            for at, own in enumerate(encoder.encoders):
                is_text = isinstance(own, TextEncoder | TextScoreEncoder)
                place = f"texts.{fold}.{at}" if is_text else f"inputs.{fold}.parts.{at}"
                tensors |= {f"{place}.{name}": array for name, array in _tensors(own, words[at]).items()}
            if encoder.leaves is not None:
                leaves = _leaf_tensors(encoder, encoder.leaves, words)
                tensors |= {f"inputs.{fold}.parts.{len(columns)}.{name}": own for name, own in leaves.items()}
        return cls(readers, tuple(map(_inputs_of, model.encoders)), tensors)


def _inputs_of(encoder: TableEncoder) -> tuple[type[column_inputs.ColumnInputs], ...]:
    """Return the class of inputs of each column, and of leaves behind them if there are any."""
    leaves = [column_inputs.LeafInputs] * (encoder.leaves is not None)
    return (*(_INPUTS[kind] for kind in encoder.kinds), *leaves)


def _categories_of(model: NumpyPredictor, at: int) -> tuple[str, ...]:
    """Return the words that any encoder of a column, or any tree, tells apart, sorted."""
    words: set[str] = set()
    for encoder in model.encoders:
        words |= {*(encoder.encoders[at].vocabulary or ())}
        for tested in () if encoder.leaves is None else encoder.leaves.inputs:
            words |= {*(tested.categories or ())} if tested.name == encoder.columns[at] else set()
    return tuple(sorted(words))


def _unread(column: Column) -> Problem | None:
    """Return what of a column plain PyTorch does not read; None if it reads it."""
    if column.kind != "date" or not column.date_format:
        return None
    for pattern in spellings(column.date_format):
        own = pattern.partition("@")[0]
        if own not in NUMBER_FORMATS and not set(re.findall("%(.)", own)) <= set(DIRECTIVES):
            fact = f"Column {quoted(column.name)} has dates written {own}, which plain PyTorch does not read"
            return Problem(fact, "Export to onnx, or train on dates such as 2024-12-31")
    return None


def _reader(column: Column, words: tuple[str, ...]) -> Any:
    """Return the reader of a column's cells."""
    name, missing, written = column.name, column.missing, column.number_format
    if column.kind == "numerical":
        if written == PLAIN:
            return cell_readers.NumberCells(name, missing)
        if written.notation == "duration":
            return cell_readers.DurationCells(name, missing)
        unit = written.unit, is_currency(written.unit)
        return cell_readers.FormattedCells(name, written.decimal, written.thousands, *unit, missing)
    if column.kind == "date":
        return DateCells(name, tuple(spellings(column.date_format)) if column.date_format else (), missing)
    if column.kind == "text":
        return cell_readers.TextCells(name, missing)
    kind = cell_readers.BooleanCells if column.kind == "boolean" else cell_readers.WordCells
    return kind(name, words, missing)


def _tensors(encoder: ColumnEncoder, words: tuple[str, ...]) -> Arrays:
    """Return the tensors of an encoder, as its class of inputs takes them."""
    match encoder:
        case NumericEncoder():
            tensors = {name: np.array(getattr(encoder, name)) for name in ("median", "mean", "scale", "limit")}
            tensors["flag"] = np.ones(int(encoder.flag))
        case PiecewiseEncoder():
            edges = encoder.edges if len(encoder.edges) > 2 else encoder.edges[:0]
            tensors = {**_tensors(encoder.numeric, words), "edges": edges}
        case PiecewiseTargetEncoder():
            odds = np.append(encoder.odds, np.zeros((1, encoder.odds.shape[1])), axis=0)
            tensors = {**_tensors(encoder.binned, words), "values": encoder.values, "odds": odds}
        case DateEncoder():
            tensors = {**_tensors(encoder.elapsed, words), "periods": np.array(encoder.periods)}
        case TextEncoder():
            length = [*map(float, encoder.length.state[0]), float(encoder.length.flag)]
            nothing = HashedWeights.of(np.empty(0, dtype=np.uint32), np.empty((0, 0)), np.empty(0))
            tensors = {"length": np.array(length)}
            tensors |= {**_sums("components", encoder.components), **_sums("scores", nothing)}
        case TextScoreEncoder():
            tensors = {**_tensors(encoder.text, words), **_sums("scores", encoder.odds)}
        case _:
            tensors = {"table": encoder.encode(_every_code(words))}
    return tensors


def _every_code(words: Sequence[str]) -> list[str | None]:
    """Return a cell of each code of a column of words: its categories, another one, and a missing one."""
    return [*words, max(words, key=len, default="") + "?", None]


def _sums(name: str, hashed: HashedWeights) -> Arrays:
    """Return the n-grams, weights and offsets of weighted sums."""
    return {
        f"{name}_ids": hashed.ids.astype(np.int64),
        f"{name}_weights": hashed.weights * hashed.scales.astype(np.float32),
        f"{name}_offsets": hashed.offsets.astype(np.float32),
    }


def _leaf_tensors(encoder: TableEncoder, leaves: TreeLeaves, words: Sequence[tuple[str, ...]]) -> Arrays:
    """Return the tests of trees, whose columns are numbered as those of the table, and the places of categories."""
    numbers = np.array([encoder.columns.index(tested.name) for tested in leaves.inputs])
    places = {
        f"place_{at}": tested.numbers(_every_code(words[at]))
        for at, tested in zip(numbers.tolist(), leaves.inputs, strict=True)
        if tested.categories is not None
    }
    return {"tests": numbers[leaves.trees.columns], "thresholds": leaves.trees.thresholds, **places}
