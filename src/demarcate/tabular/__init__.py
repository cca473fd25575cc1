"""Tables: any frame in, a schema inferred, rows split, columns encoded."""

from demarcate.tabular.audit import Finding, audit_columns
from demarcate.tabular.encoding import TableEncoder
from demarcate.tabular.frame import as_frame
from demarcate.tabular.inference import infer_schema
from demarcate.tabular.known import LabelReader, known_codes
from demarcate.tabular.labels import class_codes, labels_of, typed_labels
from demarcate.tabular.learnable import Learnable, learnable
from demarcate.tabular.reader import ParsedColumns, TableReader
from demarcate.tabular.schema import Column, Schema
from demarcate.tabular.splits import all_but, stratified_folds, stratified_split

__all__ = [
    "Column",
    "Finding",
    "LabelReader",
    "Learnable",
    "ParsedColumns",
    "Schema",
    "TableEncoder",
    "TableReader",
    "all_but",
    "as_frame",
    "audit_columns",
    "class_codes",
    "infer_schema",
    "known_codes",
    "labels_of",
    "learnable",
    "stratified_folds",
    "stratified_split",
    "typed_labels",
]
