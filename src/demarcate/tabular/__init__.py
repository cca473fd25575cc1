"""Tables: any frame in, a schema inferred, rows split, labels matched."""

from demarcate.tabular.frame import as_frame
from demarcate.tabular.labels import LabelReader, class_codes, known_codes, labels_of, typed_labels
from demarcate.tabular.schema import Column, ParsedColumns, Schema, TableReader
from demarcate.tabular.schema_inference import infer_schema
from demarcate.tabular.splits import all_but, stratified_folds, stratified_split

__all__ = [
    "Column",
    "LabelReader",
    "ParsedColumns",
    "Schema",
    "TableReader",
    "all_but",
    "as_frame",
    "class_codes",
    "infer_schema",
    "known_codes",
    "labels_of",
    "stratified_folds",
    "stratified_split",
    "typed_labels",
]
