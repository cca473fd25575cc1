"""Tables: frames of any library, schema inference, parsed cells, labels and splits."""

from demarcate.tabular.frame import as_frame
from demarcate.tabular.label_reader import LabelReader, encode_known_labels
from demarcate.tabular.label_types import to_labels
from demarcate.tabular.labels import encode_labels, read_labels, typed_labels
from demarcate.tabular.schema import Column, ParsedColumns, Schema, TableReader
from demarcate.tabular.schema_inference import infer_schema
from demarcate.tabular.splits import all_but, stratified_folds, stratified_split
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
