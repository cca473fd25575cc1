"""Words in an ONNX graph: each cell of a column of categories as the code of what it means.

Cells are read as the reader of tables reads them (`demarcate.tabular.cells`): space around a word does not count, "3.0"
is the category "3", and words for yes and no are "true" and "false" in any case. What differs: a category of more than
`MAX_PATTERN` characters is known only as it is written, and "3.0" only with no other space around it than ASCII has.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

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

MAX_PATTERN = 10_000
"""Characters of a regular expression: the memory of the library that matches it ends at some hundred thousand."""
_SPACE = r"[\t-\r \x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]*"
_NUMBER = r"[\t-\r ]*[+-]?(?:(?:0|[1-9][0-9]{0,60})(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,2})?[\t-\r ]*"
"""A number, but no code such as 007, and none that a float is too small or too large for."""
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?P<decimals>\.[0-9]*[1-9])?")
_UNKNOWN = -1


def word_codes(graph: OnnxNodes, column: Column, text: str, vocabulary: Sequence[str]) -> str:
    """Add what reads a column of words ``(n_rows, 1)``; return its codes ``(n_rows,)``, int64.

    A code is a category's place in the vocabulary, one past the last for other words, two past it for none.
    """
    other, missing = len(vocabulary), len(vocabulary) + 1
    known = _known(column, vocabulary)
    found = [graph.codes_of_texts(text, known, _UNKNOWN), _codes_by_pattern(graph, text, known)] if known else []
    if numbers := _numbers(column, known) | dict.fromkeys(_missing_numbers(column), missing):
        is_number = graph.op("RegexFullMatch", text, pattern=_NUMBER)
        number = graph.cast(graph.op("Where", is_number, text, graph.texts("NaN")), np.float64)
        found.append(graph.codes_of_numbers(number, np.array([*numbers]), [*numbers.values()], _UNKNOWN))
    if column.kind == "boolean":
        for truth in ("true", "false"):
            is_truth = is_one_of(graph, text, [word for word, own in TRUTH_OF_WORDS.items() if own == truth])
            code = graph.integers(known.get(truth, other))
            found.append(graph.op("Where", is_truth, code, graph.integers(_UNKNOWN)))
    # At least all but one of them are unknown, or all that are known agree.
    code = graph.op("Max", *found) if found else graph.integers([[_UNKNOWN]])
    code = graph.op("Where", graph.op("Less", code, graph.integers(0)), graph.integers(other), code)
    words_for_none = ["", *column.missing, *(MISSING_WORDS if column.kind == "boolean" else ())]
    code = graph.op("Where", is_one_of(graph, text, words_for_none), graph.integers(missing), code)
    return graph.op("Reshape", code, graph.integers([-1]))


def _codes_by_pattern(graph: OnnxNodes, text: str, codes: Mapping[str, int]) -> str:
    """Add a look-up of words with any space around them: an expression for each bit of codes that count from 1."""
    patterns = {_pattern(word): code + 1 for word, code in codes.items() if len(word) <= MAX_PATTERN}
    total = graph.integers(_UNKNOWN)
    for bit in range(max(patterns.values(), default=0).bit_length()):
        for alternatives in _in_chunks([pattern for pattern, code in patterns.items() if code >> bit & 1]):
            is_set = graph.cast(
                graph.op("RegexFullMatch", text, pattern=f"{_SPACE}(?:{alternatives}){_SPACE}"), np.int64
            )
            total = graph.op("Add", total, graph.op("Mul", is_set, graph.integers(1 << bit)))
    return total


def _in_chunks(patterns: Iterable[str]) -> Iterator[str]:
    """Yield alternatives, as many at once as one expression may have."""
    chunk: list[str] = []
    for pattern in patterns:
        if chunk and sum(map(len, chunk)) + len(pattern) > MAX_PATTERN:
            yield "|".join(chunk)
            chunk = []
        chunk.append(pattern)
    if chunk:
        yield "|".join(chunk)


def is_one_of(graph: OnnxNodes, text: str, words: Iterable[str]) -> str:
    """Add a test whether cells are one of some words, in any case."""
    alternatives = "|".join(sorted({_quoted(word.strip()) for word in words}))
    return graph.op("RegexFullMatch", text, pattern=f"(?i){_SPACE}(?:{alternatives}){_SPACE}")


def _pattern(word: str) -> str:
    """Return the expression of a category, a time with any zeros at its end."""
    time = _TIME.fullmatch(word)
    if time is None:
        return _quoted(word)
    return f"{_quoted(word)}0*" if time["decimals"] else rf"{_quoted(word)}(?:\.0+)?"


def _quoted(word: str) -> str:
    """Return the expression of a word: signs and control characters by number."""
    return "".join(sign if sign.isalnum() or ord(sign) > 0x9F else f"\\x{{{ord(sign):x}}}" for sign in word)


def _known(column: Column, vocabulary: Sequence[str]) -> dict[str, int]:
    """Return the code of each category, without those that the reader spells otherwise and never finds in a cell."""
    codes = {}
    for code, word in enumerate(vocabulary):
        spelling = category_spelling(word)
        if column.kind == "boolean" and spelling is not None:
            spelling = boolean_word(spelling)
        if spelling == word:
            codes[word] = code
    return codes


def _numbers(column: Column, known: Mapping[str, int]) -> dict[float, int]:
    """Return the code of each category that is a number, whose spellings are many."""
    if column.kind == "boolean":
        return {float(digit): known[truth] for digit in "01" if (truth := TRUTH_OF_WORDS[digit]) in known}
    numbers = {float(word): code for word, code in known.items() if number_spelling(word)}
    return {number: code for number, code in numbers.items() if abs(number) < MAX_EXACT_INTEGER}


def _missing_numbers(column: Column) -> list[float]:
    """Return the numbers that stand for no value."""
    numbers = []
    for word in column.missing:
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return [number for number in numbers if math.isfinite(number)]
