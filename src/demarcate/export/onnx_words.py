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
_MAX_AT_ONCE = 64
"""Columns that are read at once: the weights of bits are a matrix of as many columns."""
_UNKNOWN = -1
_NOTHING: Mapping[str, int] = {"": _UNKNOWN}
"""The codes of a column without categories; no cell is less than empty."""


def word_codes(
    graph: OnnxNodes, columns: Sequence[Column], vocabularies: Mapping[str, Sequence[str]]
) -> tuple[str, dict[str, int]]:
    """Add what reads columns of words; return codes, int64 ``(n_rows, n_columns)``, and each column's place in them.

    A code is a category's place in the column's vocabulary, one past the last for other words, two past it for none.
    """
    by_reading: dict[tuple[str, tuple[str, ...]], list[Column]] = {}
    for column in columns:
        by_reading.setdefault((column.kind, column.missing), []).append(column)
    groups = [own[at : at + _MAX_AT_ONCE] for own in by_reading.values() for at in range(0, len(own), _MAX_AT_ONCE)]
    codes = [_codes_of_group(graph, own, [vocabularies[column.name] for column in own]) for own in groups]
    names = [column.name for own in groups for column in own]
    return (graph.concat(codes, 1) if codes else ""), {name: place for place, name in enumerate(names)}


def _codes_of_group(graph: OnnxNodes, columns: Sequence[Column], vocabularies: Sequence[Sequence[str]]) -> str:
    """Add what reads columns of one kind with the same words for none; at once, as far as their words are the same."""
    names = [column.name for column in columns]
    kind, words_for_none = columns[0].kind, ["", *columns[0].missing]
    known = [_known(column, vocabulary) for column, vocabulary in zip(columns, vocabularies, strict=True)]
    other = np.array([[len(vocabulary) for vocabulary in vocabularies]])
    texts = graph.concat(names, 1)
    # At least all but one of the codes of a cell are unknown, or all that are known agree.
    found = [_codes_as_written(graph, names, known), _codes_by_pattern(graph, names, known)]
    numbers = [
        _numbers(kind, own) | dict.fromkeys(_missing_numbers(columns[0]), int(code))
        for own, code in zip(known, other[0] + 1, strict=True)
    ]
    if any(numbers):
        found.append(_codes_of_numbers(graph, texts, numbers))
    if kind == "boolean":
        words_for_none += MISSING_WORDS
        for truth in ("true", "false"):
            is_truth = is_one_of(graph, texts, [word for word, own in TRUTH_OF_WORDS.items() if own == truth])
            codes = [[own.get(truth, int(code)) for own, code in zip(known, other[0], strict=True)]]
            found.append(graph.op("Where", is_truth, graph.integers(codes), graph.integers(_UNKNOWN)))
    code = graph.op("Max", *found)
    code = graph.op("Where", graph.op("Less", code, graph.integers(0)), graph.integers(other), code)
    return graph.op("Where", is_one_of(graph, texts, words_for_none), graph.integers(other + 1), code)


def _codes_as_written(graph: OnnxNodes, names: Sequence[str], known: Sequence[Mapping[str, int]]) -> str:
    """Add a look-up of cells as they are written."""
    pairs = zip(names, known, strict=True)
    return graph.concat([graph.codes_of_texts(name, own or _NOTHING, _UNKNOWN) for name, own in pairs], 1)


def _codes_by_pattern(graph: OnnxNodes, names: Sequence[str], known: Sequence[Mapping[str, int]]) -> str:
    """Add a look-up of words with any space around them: an expression for each bit of codes that count from 1."""
    matches: list[str] = []
    weights: list[list[int]] = []
    for place, (name, own) in enumerate(zip(names, known, strict=True)):
        patterns = {_pattern(word): code + 1 for word, code in (own or _NOTHING).items() if len(word) <= MAX_PATTERN}
        for bit in range(max(patterns.values(), default=0).bit_length()):
            for alternatives in _in_chunks([pattern for pattern, code in patterns.items() if code >> bit & 1]):
                expression = f"{_SPACE}(?:{alternatives}){_SPACE}"
                matches.append(graph.op("RegexFullMatch", name, pattern=expression))
                weights.append([(1 << bit) * (at == place) for at in range(len(names))])
    if not matches:
        return graph.integers([[_UNKNOWN] * len(names)])
    bits = graph.cast(graph.concat(matches, 1), np.float32)
    sums = graph.cast(graph.op("MatMul", bits, graph.floats(weights)), np.int64)
    return graph.op("Add", sums, graph.integers(_UNKNOWN))


def _codes_of_numbers(graph: OnnxNodes, texts: str, codes: Sequence[Mapping[float, int]]) -> str:
    """Add a look-up of cells that are numbers, in any spelling."""
    is_number = graph.op("RegexFullMatch", texts, pattern=_NUMBER)
    number = graph.cast(graph.op("Where", is_number, texts, graph.texts("NaN")), np.float64)
    found = []
    for place, own in enumerate(codes):
        keys = np.array([*own] or [0.0])
        found.append(
            graph.codes_of_numbers(graph.pick(number, [place], 1), keys, [*own.values()] or [_UNKNOWN], _UNKNOWN)
        )
    return graph.concat(found, 1)


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


def _numbers(kind: str, known: Mapping[str, int]) -> dict[float, int]:
    """Return the code of each category that is a number, whose spellings are many."""
    if kind == "boolean":
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
