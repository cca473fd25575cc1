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


def _codes(columns, cells):
    """The codes that a graph of these columns alone gives, all of the same cells: ``(n_columns, n_cells)``."""
    onnxruntime = pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper

    graph = OnnxNodes([column.name for column in columns])
    codes, places = word_codes(graph, columns, {column.name: column.categories for column in columns})
    graph.op("Identity", codes, output="codes")
    inputs = [helper.make_tensor_value_info(column.name, TensorProto.STRING, ["rows", 1]) for column in columns]
    outputs = [helper.make_tensor_value_info("codes", TensorProto.INT64, ["rows", len(columns)])]
    document = graph.document("words", inputs, outputs)
    session = onnxruntime.InferenceSession(document.SerializeToString())
    array = np.array(cells, dtype=object)[:, np.newaxis]
    found = session.run(None, {column.name: array for column in columns})[0]
    return [found[:, places[column.name]].tolist() for column in columns]


@pytest.mark.parametrize("missing", [(), ("-9", "unknown")])
def test_words_have_the_codes_of_the_reader(missing):
    kinds = [
        ("categorical", ("a",)),
        ("categorical", ("a", "a b", "a  b", "c d e f", "b a")),
        ("boolean", ("false", "true")),
        ("categorical", ("-0.5", "0", "0.5", "2.5", "3", "03", "9007199254740993")),
        ("categorical", ("(a|b)", "12:30:00", "12:30:00.5", "NA", "new\nline", "tab\there", "é", "🙂")),
        ("categorical", ("3", "a", "unknown thing")),
        ("boolean", ("false", "maybe", "true")),
        ("categorical", ()),
        ("boolean", ("true",)),
    ]
    columns = [
        Column(f"x{number}", kind, categories=tuple(sorted(words)), missing=missing)
        for number, (kind, words) in enumerate(kinds)
    ]
    for column, codes in zip(columns, _codes(columns, CELLS), strict=True):
        # One cell that is no category: a column of nothing else is read without a look at spellings.
        read = column.parse_words(pl.Series([*CELLS, "no category"]))[:-1]
        assert codes == category_codes(column.categories, read).tolist(), column


def test_a_category_too_long_to_compare_is_known_as_it_is_written():
    word = "x" * (MAX_PATTERN + 1)
    column = Column("x", "categorical", categories=("a", word))
    assert _codes([column], [word, f" {word}", " a"]) == [[1, 2, 0]]


def test_thousands_of_categories_are_told_apart():
    vocabulary = tuple(sorted(f"customer number {number}" for number in range(3000)))
    column = Column("x", "categorical", categories=vocabulary)
    cells = [f" {word}\t" for word in vocabulary[::10]]
    assert _codes([column], cells) == [[*range(0, 3000, 10)]]
