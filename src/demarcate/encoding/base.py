"""The interface of a column encoder, and one column shared by several encoders."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from demarcate.argument_checks import require
from demarcate.tabular.schema import Column, Kind

Floats = NDArray[np.float64]
Encoded = NDArray[np.float32]
State = tuple[Floats, dict[str, Any]]
PoolColumn = tuple[str, int]
"""Where an encoded column comes from: "number", the "flag" that it is missing or a "category", and its index there."""
CategoryEncoding = Literal["one_hot", "integer"]
"""How categories are encoded: a column for each, or all as whole numbers in one column."""


@dataclass(frozen=True, eq=False)
class FitContext:
    """Information for fitting an encoder beside the cells of its own column."""

    standardise: bool = True  # whether numbers are brought to mean 0 and standard deviation 1
    codes: NDArray[np.int64] | None = None  # each row's class index (n_rows,); None to ignore the target
    n_numerical: int = 1  # numerical columns of the table
    weights: Floats | None = None  # what each row counts (n_rows,); None if all count the same
    category_encoding: CategoryEncoding = "one_hot"

    def __post_init__(self) -> None:
        check_category_encoding(self.category_encoding)

    @cached_property
    def n_classes(self) -> int:
        """Return the number of classes, 0 without a target."""
        return 0 if self.codes is None else int(self.codes.max()) + 1


def check_category_encoding(value: Any) -> None:
    """Raise a SettingError if categories cannot be encoded in this way."""
    choices = get_args(CategoryEncoding)
    require(isinstance(value, str) and value in choices, "category_encoding", f"one of {', '.join(choices)}", value)


NO_TARGET = FitContext()


@dataclass(frozen=True)
class StateField:
    """The rule for one value of an encoder's JSON state: a check, and the values it accepts in words."""

    is_valid: Callable[[Any], bool]
    meaning: str


def _is_distinct_text(value: Any) -> bool:
    is_text = isinstance(value, list) and all(isinstance(text, str) for text in value)
    return is_text and len(set(value)) == len(value)


BOOLEAN = StateField(lambda value: isinstance(value, bool), "true or false")
TEXTS = StateField(_is_distinct_text, "distinct text")


@dataclass(frozen=True, eq=False)
class SharedColumn:
    """One column of a table as several encoders share it."""

    numbers: tuple[Encoded, ...]  # columns (n_rows,), NaN where missing, else finite
    # Scale, shift, fill and limit, (n_encoders, 4, n_numbers): a number is encoded as fill where missing, else as
    # number * scale + shift, clipped to +-limit.
    statistics: Floats
    columns: tuple[tuple[PoolColumn, ...], ...]  # each encoder's encoded columns, in order
    codes: NDArray[np.int32] | None = None  # category indices (n_rows,); None for numbers
    table: Encoded | None = None  # each encoder's encoding of each category, (n_encoders, n_categories, width)

    def with_plain(
        self, added: Sequence[NDArray[Any]], picked: Sequence[Sequence[int]], limit: float = 1.0
    ) -> "SharedColumn":
        """Add columns ``(n_rows,)`` within +-``limit`` that are encoded unchanged, as 0 where missing.

        Each encoder uses the added columns whose indices are in its entry of ``picked``.
        """
        statistics = np.tile(np.array([[1.0], [0.0], [0.0], [limit]]), (len(self.columns), 1, len(added)))
        first = len(self.numbers)
        columns = tuple(
            (*own, *(("number", first + index) for index in indices))
            for own, indices in zip(self.columns, picked, strict=True)
        )
        numbers = (*self.numbers, *(column.astype(np.float32) for column in added))
        statistics = np.concatenate([self.statistics, statistics], 2)
        return replace(self, numbers=numbers, statistics=statistics, columns=columns)


class ColumnEncoder(ABC):
    """A fitted encoder of one column; `encoder_registry.ENCODERS` lists the classes.

    Its state is a float64 array and JSON values, both written to model files.
    """

    kind: ClassVar[str]  # its name in model files
    reads: ClassVar[tuple[Kind, ...]]  # the kinds of column it encodes
    state_fields: ClassVar[Mapping[str, StateField]]  # the rules for the JSON values of its state
    state_sizes: ClassVar[range]  # the allowed lengths of the array of its state
    max_width: ClassVar[int]  # encoded columns, at most
    file_format: ClassVar[int] = 1  # the first format of model files that has it

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:  # noqa: ARG003 - for encoders that do not always
        """Return whether the encoder suits a column of a kind that it reads, and can be fitted in this context."""
        return True

    @classmethod
    @abstractmethod
    def fit(cls, cells: Any, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:
        """Fit on some rows of parsed cells ``(n_rows,)``."""

    @classmethod
    @abstractmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> Self:
        """Return the encoder with this state."""

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:  # noqa: ARG003 - for encoders whose sizes depend on it
        """Return the allowed lengths of the array beside valid JSON values."""
        return cls.state_sizes

    @classmethod
    def max_width_for(cls, column: Column) -> int:  # noqa: ARG003 - for encoders whose width depends on it
        """Return the largest number of encoded columns of one column."""
        return cls.max_width

    @classmethod
    @abstractmethod
    def share(cls, encoders: Sequence[Self], cells: Any) -> SharedColumn:
        """Share the column's cells ``(n_rows,)`` between encoders: equal to ``encode`` up to float32 rounding."""

    @property
    @abstractmethod
    def state(self) -> State:
        """Return the fitted numbers, one axis, and the rest of the state, ready for JSON."""

    @property
    def knots(self) -> Floats | None:
        """Return ascending numbers between which the encoding is linear, and outside of which it is constant.

        None if there are no such numbers, or evaluating the encoding is as fast as interpolating it.
        """
        return None

    @property
    def exceptions(self) -> Floats:
        """Return ascending numbers whose encodings are not those between knots; beside the knots, here none."""
        return np.empty(0)

    def encode_between(self, cells: Any) -> Encoded:
        """Encode cells ``(n_rows,)`` as if there were no exceptions."""
        return self.encode(cells)

    @property
    def vocabulary(self) -> tuple[str, ...] | None:
        """Return the text that the encoding tells apart: all other text is encoded alike. None if there is no such."""
        return None

    @cached_property
    def width(self) -> int:
        """Return the number of encoded columns."""
        return len(self.names(""))

    @abstractmethod
    def encode(self, cells: Any) -> Encoded:
        """Encode parsed cells ``(n_rows,)`` as ``(n_rows, n_encoded)``, every value finite."""

    @abstractmethod
    def names(self, column: str) -> list[str]:
        """Return the names of the ``n_encoded`` encoded columns."""
