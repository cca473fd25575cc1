"""What every column encoder can do."""

from collections.abc import Sequence
from typing import Any, Protocol

from demarcate.tabular.encoders.part import Encoded, Floats, Part

__all__ = ["ColumnEncoder", "Encoded", "Floats"]


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
