import random

import polars as pl
import pytest

from demarcate.tabular import infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 120


def kind_of(cells, **options):
    column = infer_schema(pl.DataFrame({"x": cells}), ColumnOptions.of(**options)).columns[0]
    return column.dropped.split(":")[0] or column.kind


def drawn(words, n_words, seed=0, joined=" "):
    draw = random.Random(seed)
    return [joined.join(draw.choice(words) for _ in range(draw.randint(*n_words))) for _ in range(N_ROWS)]


SENTENCE = "the parcel arrived late and broken please refund my order it was great thank you for quick help"
WORDS = SENTENCE.split()
FIRST_NAMES = "Anna Ben Clara David Emma Felix Greta Hans Ida Jonas Klara Lukas Mia Noah Olga Paul Rosa Sven"
NAMES = FIRST_NAMES.split()


@pytest.mark.parametrize(
    "cells",
    [
        drawn(WORDS, (4, 12)),
        drawn([word.upper() for word in WORDS], (7, 12)),
        drawn([word.title() for word in WORDS], (7, 12)),
        [f"{text}, {number} times!" for number, text in enumerate(drawn(WORDS, (4, 8)))],
        drawn("商品包装完好价格便宜物流很快服务态度不好退货麻烦质量一般推荐购买", (12, 30), joined=""),
        drawn(
            ["das", "Paket", "kam", "zu", "spät", "und", "der", "Händler", "antwortet", "nicht,", "schöne", "Grüße"],
            (5, 9),
        ),
        [None if number % 3 else text for number, text in enumerate(drawn(WORDS, (5, 12)))],
        [f"2024-03-05 10:{number % 60:02d} ERROR {text}" for number, text in enumerate(drawn(WORDS, (4, 8)))],
    ],
)
def test_different_cells_of_several_words_are_text(cells):
    assert kind_of(cells) == "text"


@pytest.mark.parametrize(
    "cells",
    [
        [f"{first} {last}" for first, last in zip(drawn(NAMES, (1, 1)), drawn(NAMES, (1, 2), 1), strict=True)],
        [f"{last}, Mr. {first}" for first, last in zip(drawn(NAMES, (1, 2)), drawn(NAMES, (1, 2), 1), strict=True)],
        [f"{number} {name} Street, Springfield" for number, name in enumerate(drawn(NAMES, (1, 2)))],
        [f"{name.lower()}{number}@example.org" for number, name in enumerate(drawn(NAMES, (1, 1)))],
        [f"https://example.org/{'/'.join(text.split())}" for text in drawn(WORDS, (4, 9))],
        [f"/home/user/{text.replace(' ', '_')}.txt" for text in drawn(WORDS, (4, 9))],
        ["".join(random.Random(number).choices("0123456789abcdef", k=32)) for number in range(N_ROWS)],
        ["".join(random.Random(number).choices("ACGT", k=60)) for number in range(N_ROWS)],
        [f"AB-{number:05d} / X{number % 7}" for number in range(N_ROWS)],
        [f'{{"a": {number}, "note": "{text}"}}' for number, text in enumerate(drawn(WORDS, (5, 9)))],
    ],
)
def test_names_addresses_codes_and_json_are_no_text(cells):
    assert kind_of(cells) in ("id-like", "categorical")


def test_few_sentences_that_repeat_are_categories():
    assert kind_of([["I agree with all of it", "I do not agree at all"][row % 2] for row in range(N_ROWS)]) == (
        "categorical"
    )
    answers = drawn(WORDS, (4, 9))[:25]
    assert kind_of([answers[row % 25] for row in range(4 * N_ROWS)]) == "categorical"


def test_the_caller_decides_otherwise():
    names, texts = drawn(NAMES, (2, 2)), drawn(WORDS, (4, 12))
    assert kind_of(names, text=["x"]) == "text"
    assert kind_of(texts, categorical=["x"]) == "categorical"
    assert kind_of(pl.Series(texts, dtype=pl.Categorical)) in ("id-like", "categorical")


def test_a_column_of_text_keeps_no_words():
    column = infer_schema(pl.DataFrame({"x": drawn(WORDS, (4, 12))})).columns[0]
    assert (column.kind, column.categories, column.note) == ("text", (), "")
