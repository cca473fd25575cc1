"""Every column encoder, and the questions that other packages have about all of them."""

from collections.abc import Mapping
from typing import Any

from demarcate.encoding.base import NO_TARGET, ColumnEncoder, FitContext
from demarcate.encoding.categorical import CategoricalEncoder
from demarcate.encoding.categorical_target import CategoricalTargetEncoder
from demarcate.encoding.category_code import CategoryCodeEncoder
from demarcate.encoding.date import DateEncoder
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.encoding.text_components import TextEncoder
from demarcate.encoding.text_scores import TextScoreEncoder
from demarcate.tabular.schema import Column

ENCODERS: tuple[type[ColumnEncoder], ...] = (
    PiecewiseTargetEncoder,
    PiecewiseEncoder,
    NumericEncoder,
    CategoryCodeEncoder,
    CategoricalTargetEncoder,
    CategoricalEncoder,
    DateEncoder,
    TextScoreEncoder,
    TextEncoder,
)
"""Of the encoders that read a kind of column, the first that applies is fitted."""


def encoder_for(column: Column, context: FitContext) -> type[ColumnEncoder]:
    """Return the encoder to fit on a column."""
    return next(encoder for encoder in ENCODERS if column.kind in encoder.reads and encoder.applies(column, context))


def max_width(column_kinds: tuple[str, ...]) -> int:
    """Return the largest number of encoded columns of one column of any of these kinds."""
    return max(encoder.max_width for encoder in ENCODERS if set(encoder.reads) & set(column_kinds))


def max_width_without_target(column: Column) -> int:
    """Return the largest number of encoded columns of this column if encoders ignore the target."""
    return encoder_for(column, NO_TARGET).max_width_for(column)


def checked_encoder(state: Mapping[str, Any], column_kind: str, where: str) -> type[ColumnEncoder]:
    """Return the encoder whose JSON state a model file has; raise ValueError if no encoder of such a column has it."""
    kind = state.get("encoder")
    encoder = next((encoder for encoder in ENCODERS if encoder.kind == kind), None)
    if encoder is None:
        raise ValueError(f"{where} has an encoder of no known kind: {kind!r}")
    if column_kind not in encoder.reads:
        raise ValueError(f"the encoder {kind!r} does not read the {column_kind} column {state['column']!r}")
    keys = {"column", "encoder", "n_numbers", *encoder.state_fields}
    if set(state) != keys:
        raise ValueError(f"{where} does not have the keys {sorted(keys)}")
    for name, field in encoder.state_fields.items():
        if not field.is_valid(state[name]):
            raise ValueError(f"{where}: {name!r} is not {field.meaning}")
    sizes, n_numbers = encoder.state_sizes_for(state), state["n_numbers"]
    if type(n_numbers) is not int or n_numbers not in sizes:
        up_to = f" to {sizes[-1]}" if len(sizes) > 1 else ""
        raise ValueError(f"{where} needs {sizes[0]}{up_to} numbers")
    return encoder
