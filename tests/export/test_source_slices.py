import ast

from demarcate.export.plain_torch import cell_readers, column_inputs
from demarcate.export.source_slices import SourceSlices, module_parts
from demarcate.tabular.cells import category_spelling


def names_in(text):
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def test_what_a_function_needs_stands_before_it():
    text = SourceSlices().take(category_spelling)
    assert names_in(text) == ["_without_zeros", "_canonical_number", "number_spelling", "category_spelling"]
    names = {}
    exec("import re\n" + text, names)
    assert names["category_spelling"]("3.0") == "3"


def test_nothing_stands_twice():
    slices = SourceSlices()
    first, second = slices.take(column_inputs.BinInputs), slices.take(column_inputs.ScoredBinInputs)
    assert names_in(first) == ["ColumnInputs", "NumberInputs", "BinInputs"]
    assert names_in(second) == ["ScoredBinInputs"]


def test_definitions_of_other_modules_of_the_package_are_copied_and_all_else_is_imported():
    slices = SourceSlices()
    text = slices.take(cell_readers.BooleanCells)
    assert "def boolean_word" in text
    assert "demarcate" not in slices.import_lines()
    assert "from functools import cached_property" in slices.import_lines()


def test_a_constant_keeps_the_text_that_says_what_it_is():
    assert '"""Words for yes and no' in module_parts("demarcate.tabular.cells").texts["TRUTH_OF_WORDS"]


def test_imports_are_in_the_usual_order():
    slices = SourceSlices()
    slices.imports |= {("torch", "nn", "nn"), ("torch", "", "torch"), ("numpy", "", "np"), ("json", "", "json")}
    slices.imports |= {("collections.abc", "Mapping", "Mapping"), ("collections.abc", "Iterable", "Iterable")}
    assert slices.import_lines().splitlines() == [
        "import json",
        "from collections.abc import Iterable, Mapping",
        "",
        "import numpy as np",
        "import torch",
        "from torch import nn",
    ]
