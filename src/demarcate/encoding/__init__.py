"""One encoder for each kind of column: fitted on training rows, its state numbers and words, nothing else."""

from demarcate.encoding.base import ColumnEncoder
from demarcate.encoding.categorical import CategoricalEncoder
from demarcate.encoding.date import DateEncoder
from demarcate.encoding.numeric import NumericEncoder
from demarcate.encoding.piecewise import PiecewiseEncoder
from demarcate.encoding.table_encoder import TableEncoder

__all__ = ["CategoricalEncoder", "ColumnEncoder", "DateEncoder", "NumericEncoder", "PiecewiseEncoder", "TableEncoder"]
