"""What every column encoder can do."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Encoded = NDArray[np.float32]


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

    def names(self, column: str) -> list[str]:
        """What each encoded column stands for, ``n_encoded`` names."""
