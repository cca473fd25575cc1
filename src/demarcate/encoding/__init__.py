"""Column encoders, fitted on training rows only."""

from demarcate.encoding.base import ColumnEncoder, FitContext
from demarcate.encoding.categorical import CategoricalEncoder
from demarcate.encoding.date import DateEncoder
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.table_encoder import TableEncoder

__all__ = [
    "CategoricalEncoder",
    "ColumnEncoder",
    "DateEncoder",
    "FitContext",
    "NumericEncoder",
    "PiecewiseEncoder",
    "TableEncoder",
]
