"""Words in an ONNX graph: each cell of a column of categories as the code of what it means.

Cells are read as the reader of tables reads them (`demarcate.tabular.cells`), as far as a graph can: blanks around a
word do not count, "3.0" is the category "3", words for yes and no are "true" and "false" in any case. What differs: of
white space around a word only blanks (U+0020) do not count; and a category with several blanks in a row, or of more
than `MAX_WORDS` words, is known only as it is written.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.tabular.cells import (
    MAX_EXACT_INTEGER,
    MISSING_WORDS,
    TRUTH_OF_WORDS,
    boolean_word,
    category_spelling,
    number_spelling,
)
from demarcate.tabular.schema_column import Column

MAX_WORDS = 16
"""Words of a category that is known with other blanks around it, at most."""
_NUMBER = r" *[+-]?(?:(?:0|[1-9][0-9]{0,60})(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})? *"
"""A number, but no code such as 007, and none that a float is too small or too large for."""
_SINGLE_BLANKS = r" *[^ ]+(?: [^ ]+)* *"
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]*[1-9]))?")
_MAX_DECIMALS = 9
_END = "\x1f"
"""Fills up cells of fewer words."""
_UNKNOWN = -1


def word_codes(graph: OnnxNodes, column: Column, text: str, vocabulary: Sequence[str]) -> str:
    """Add what reads a column of words ``(n_rows, 1)``; return its codes ``(n_rows,)``, int64.

    A code is a category's place in the vocabulary, one past the last for other words, two past it for none.
    """
    other, missing = len(vocabulary), len(vocabulary) + 1
    spelled = _spellings(column, vocabulary)
    by_word = {
        word: code for word, code in spelled.items() if "" not in (own := word.split(" ")) and len(own) <= MAX_WORDS
    }
    as_written = {word: code for word, code in spelled.items() if word not in by_word}
    n_slots = 1 + max((len(word.split(" ")) for word in by_word), default=0)
    words, count = graph.ops(
        "StringSplit", graph.op("StringConcat", text, graph.texts(f" {_END}" * n_slots)), outputs=("", "")
    )
    found = []
    if by_word:
        found.append(_codes_by_word(graph, text, words, by_word, n_slots))
    if as_written:
        found.append(graph.codes_of_texts(text, as_written, _UNKNOWN))
    if numbers := _numbers(column, spelled) | dict.fromkeys(_missing_numbers(column), missing):
        is_number = graph.op("RegexFullMatch", text, pattern=_NUMBER)
        number = graph.cast(graph.op("Where", is_number, text, graph.texts("NaN")), np.float64)
        found.append(graph.codes_of_numbers(number, np.array([*numbers]), [*numbers.values()], _UNKNOWN))
    if column.kind == "boolean":
        for truth in ("true", "false"):
            is_truth = _is_one_of(graph, text, [word for word, own in TRUTH_OF_WORDS.items() if own == truth])
            code = graph.integers(spelled.get(truth, other))
            found.append(graph.op("Where", is_truth, code, graph.integers(_UNKNOWN)))
    code = graph.integers([[other]]) if not found else found[0] if len(found) == 1 else graph.op("Max", *found)
    code = graph.op("Where", graph.op("Less", code, graph.integers(0)), graph.integers(other), code)
    is_missing = graph.op("Equal", count, graph.integers(n_slots))
    if none_words := [*column.missing, *(MISSING_WORDS if column.kind == "boolean" else ())]:
        is_missing = graph.op("Or", is_missing, _is_one_of(graph, text, none_words))
    return graph.op("Reshape", graph.op("Where", is_missing, graph.integers(missing), code), graph.integers([-1]))


def _codes_by_word(graph: OnnxNodes, text: str, words: str, codes: Mapping[str, int], n_slots: int) -> str:
    """Add a look-up of cells by their words ``(n_rows, 1, n_words)``, whatever blanks are around them."""
    spaced = graph.op("StringConcat", words, graph.texts(" "))
    key = graph.pick(spaced, 0, 2)
    for slot in range(1, n_slots):
        key = graph.op("StringConcat", key, graph.pick(spaced, slot, 2))
    keys = {f"{word} {f'{_END} ' * (n_slots - len(word.split(' ')))}": code for word, code in codes.items()}
    code = graph.codes_of_texts(key, keys, _UNKNOWN)
    if n_slots == 2:
        return code
    is_written_so = graph.op("RegexFullMatch", text, pattern=_SINGLE_BLANKS)
    return graph.op("Where", is_written_so, code, graph.integers(_UNKNOWN))


def _is_one_of(graph: OnnxNodes, text: str, words: Iterable[str]) -> str:
    """Add a test whether cells are one of some words, in any case."""
    pattern = "|".join(re.escape(word.strip()) for word in words if word.strip())
    return graph.op("RegexFullMatch", text, pattern=f"(?i) *(?:{pattern}) *")


def _spellings(column: Column, vocabulary: Sequence[str]) -> dict[str, int]:
    """Return the code of each text that is a category, except numbers in other spellings than their own."""
    codes = {}
    for code, category in enumerate(vocabulary):
        own = category_spelling(category.strip())
        if own != category or (column.kind == "boolean" and boolean_word(category) != category):
            continue  # the reader never spells a cell like this
        codes[category] = code
        if time := _TIME.fullmatch(category):
            decimals = time[2] or ""
            for length in range(max(1, len(decimals)), _MAX_DECIMALS + 1):
                codes[f"{time[1]}.{decimals:0<{length}}"] = code
    return codes


def _numbers(column: Column, spelled: Mapping[str, int]) -> dict[float, int]:
    """Return the code of each category that is a number, whose spellings are many."""
    if column.kind == "boolean":
        return {float(digit): spelled[truth] for digit in "01" if (truth := TRUTH_OF_WORDS[digit]) in spelled}
    numbers = {word: code for word, code in spelled.items() if number_spelling(word)}
    return {float(word): code for word, code in numbers.items() if abs(float(word)) < MAX_EXACT_INTEGER}


def _missing_numbers(column: Column) -> list[float]:
    """Return the numbers that stand for no value."""
    numbers = []
    for word in column.missing:
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return [number for number in numbers if math.isfinite(number)]
