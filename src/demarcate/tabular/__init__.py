"""Tables: frames of any library, schema inference, parsed cells, labels and splits.

Names are imported when they are first used: a schema is read from a model file without what reads tables.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demarcate.tabular.frame import as_frame
    from demarcate.tabular.label_reader import LabelReader, encode_known_labels
    from demarcate.tabular.label_types import to_labels
    from demarcate.tabular.labels import encode_labels, read_labels, typed_labels
    from demarcate.tabular.schema import Column, ParsedColumns, Schema
    from demarcate.tabular.schema_inference import infer_schema
    from demarcate.tabular.splits import all_but, stratified_folds, stratified_split
    from demarcate.tabular.table_reader import TableReader
    from demarcate.tabular.trained_on import TrainedOn

__all__ = [
    "Column",
    "LabelReader",
    "ParsedColumns",
    "Schema",
    "TableReader",
    "TrainedOn",
    "all_but",
    "as_frame",
    "encode_known_labels",
    "encode_labels",
    "infer_schema",
    "read_labels",
    "stratified_folds",
    "stratified_split",
    "to_labels",
    "typed_labels",
]

_MODULES = {
    "frame": ("as_frame",),
    "label_reader": ("LabelReader", "encode_known_labels"),
    "label_types": ("to_labels",),
    "labels": ("encode_labels", "read_labels", "typed_labels"),
    "schema": ("Column", "ParsedColumns", "Schema"),
    "table_reader": ("TableReader",),
    "schema_inference": ("infer_schema",),
    "splits": ("all_but", "stratified_folds", "stratified_split"),
    "trained_on": ("TrainedOn",),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"demarcate.tabular.{module}"), name)
            return value
    raise AttributeError(f"module 'demarcate.tabular' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("_"))})
