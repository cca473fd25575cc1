"""Data sets: the built-in ones, and tables read from files, addresses and standard input."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from demarcate.datasets.dataset import Dataset
from demarcate.datasets.generators import blobs, circles, moons
from demarcate.datasets.heart import heart
from demarcate.io.tables import TableStream, read_table, stream_table

BUILT_IN: Mapping[str, Callable[..., Dataset]] = MappingProxyType(
    {"heart": heart, "blobs": blobs, "circles": circles, "moons": moons}
)
"""The functions of the built-in data sets by name; all of their arguments have defaults."""

__all__ = ["BUILT_IN", "Dataset", "TableStream", "blobs", "circles", "heart", "moons", "read_table", "stream_table"]
