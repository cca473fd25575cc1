"""Words in a graph mean what the reader of tables takes them for."""

import numpy as np
import polars as pl
import pytest

from demarcate.encoding.categorical import category_codes
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.export.onnx_words import MAX_PATTERN, word_codes
from demarcate.tabular import Column

CELLS = (
    *("a", " a", "a  ", "  a ", "A", "a b", " a b ", "a  b", "ab", "b a", "", "   ", "a b c", "c d e f"),
    *(
        "3",
        "3.0",
        "+3",
        "3.",
        " 3.00 ",
        "3e0",
        "03",
        "2.5",
        "2.50",
        "-0",
        "0",
        ".5",
        "0.5",
        "1e999",
        "9007199254740993",
    ),
    *("NA", "none", "nan", "true", "TRUE", "Yes", " no", "N", "ja", "sí", "SÍ", "1", "1.0", "0.0", "2", "maybe"),
    *(
        "12:30:00.5",
        "12:30:00.500",
        "12:30:00",
        "12:30:00.000",
        "new\nline",
        "tab\there",
        "(a|b)",
        "🙂",
        " é ",
        "e\u0301",
    ),
    *("\ta\u00a0", "\u3000b a\u2028", "\xa03", "\n3\r\n", "-9", "-9.0", "Unknown", " UNKNOWN ", "unknown thing"),
)


def _codes(column, vocabulary, cells):
    """The codes that a graph of this column alone gives."""
    onnxruntime = pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    graph = OnnxNodes(["cells"])
    graph.op("Identity", word_codes(graph, column, "cells", vocabulary), output="codes")
    inputs = [helper.make_tensor_value_info("cells", TensorProto.STRING, ["rows", 1])]
    outputs = [helper.make_tensor_value_info("codes", TensorProto.INT64, ["rows"])]
    document = graph.document("words", inputs, outputs)
    session = onnxruntime.InferenceSession(document.SerializeToString())
    return session.run(None, {"cells": np.array(cells, dtype=object)[:, np.newaxis]})[0].tolist()


@pytest.mark.parametrize(
    ("kind", "vocabulary", "missing"),
    [
        ("categorical", ("a",), ()),
        ("categorical", ("a", "a b", "a  b", "c d e f", "b a"), ()),
        ("categorical", ("-0.5", "0", "0.5", "2.5", "3", "03", "9007199254740993"), ()),
        ("categorical", ("(a|b)", "12:30:00", "12:30:00.5", "NA", "new\nline", "tab\there", "é", "🙂"), ()),
        ("categorical", ("3", "a", "unknown thing"), ("-9", "unknown")),
        ("categorical", (), ()),
        ("boolean", ("false", "true"), ()),
        ("boolean", ("false", "maybe", "true"), ("unknown",)),
        ("boolean", ("true",), ()),
    ],
)
def test_words_have_the_codes_of_the_reader(kind, vocabulary, missing):
    vocabulary = tuple(sorted(vocabulary))
    column = Column("x", kind, categories=vocabulary, missing=missing)
    # One cell that is no category: a column of nothing else is read without a look at spellings.
    read = column.parse_words(pl.Series([*CELLS, "no category"]))[:-1]
    assert _codes(column, vocabulary, CELLS) == category_codes(vocabulary, read).tolist()


def test_a_category_too_long_to_compare_is_known_as_it_is_written():
    word = "x" * (MAX_PATTERN + 1)
    column = Column("x", "categorical", categories=("a", word))
    assert _codes(column, ("a", word), [word, f" {word}", " a"]) == [1, 2, 0]


def test_thousands_of_categories_are_told_apart():
    vocabulary = tuple(sorted(f"customer number {number}" for number in range(3000)))
    column = Column("x", "categorical", categories=vocabulary)
    cells = [f" {word}\t" for word in vocabulary[::10]]
    assert _codes(column, vocabulary, cells) == [*range(0, 3000, 10)]
