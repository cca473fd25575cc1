"""One encoder for each kind of column: fitted on training rows, its state numbers and words, nothing else."""

from demarcate.tabular.encoders.base import ColumnEncoder
from demarcate.tabular.encoders.categorical import CategoricalEncoder
from demarcate.tabular.encoders.date import DateEncoder
from demarcate.tabular.encoders.numeric import NumericEncoder
from demarcate.tabular.encoders.piecewise import PiecewiseEncoder

__all__ = ["CategoricalEncoder", "ColumnEncoder", "DateEncoder", "NumericEncoder", "PiecewiseEncoder"]
