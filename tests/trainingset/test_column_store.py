import tempfile

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.encoding import CategoricalEncoder
from demarcate.io.scratch import scratch_file
from demarcate.trainingset.column_store import ColumnStore

NUMBERS = st.floats(width=64)
WORDS = st.one_of(st.none(), st.text(max_size=3), st.sampled_from(["a", "b"]))
ROWS = st.lists(st.tuples(NUMBERS, WORDS), min_size=1, max_size=20)


def store_of(file, rows):
    numbers, words = zip(*rows, strict=True)
    columns = ColumnStore(file, len(rows))
    half = len(rows) // 2
    sizes, kinds = np.array(numbers, dtype=np.float64), pl.Series(words, dtype=pl.String)
    columns.add("size", [sizes[:half], sizes[half:]])
    columns.add("kind", [kinds[:half], kinds[half:]], sorted(set(words) - {None}))
    return columns


@given(rows=ROWS, data=st.data())
def test_what_is_put_in_comes_out_whole_and_in_part(rows, data):
    start = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(start, len(rows)))
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5)), dtype=np.int64)
    numbers, words = map(list, zip(*rows, strict=True))
    with tempfile.TemporaryFile(buffering=0) as file:
        columns = store_of(file, rows)
        assert list(columns) == ["size", "kind"]
        assert columns["size"].tobytes() == np.array(numbers).tobytes()
        assert columns["kind"].to_list() == words
        for found, expected in (
            (columns.rows(slice(start, end)), range(start, end)),
            (columns.take(chosen), chosen.tolist()),
        ):
            assert found["size"].tobytes() == np.array([numbers[row] for row in expected]).tobytes()
            assert found["kind"].to_list() == [words[row] for row in expected]
            assert found["kind"].dtype == pl.String


@pytest.mark.parametrize("n_categories", [255, 256, 70_000])
def test_no_category_is_taken_for_a_missing_cell(n_categories):
    words = [None, *(f"{number:05}" for number in range(n_categories))]
    with tempfile.TemporaryFile(buffering=0) as file:
        columns = ColumnStore(file, len(words))
        columns.add("kind", [pl.Series(words)], words[1:])
        assert columns["kind"].to_list() == words


def test_an_encoder_of_a_column_from_a_file_is_that_of_its_text():
    draw = np.random.default_rng(0)
    cells = pl.Series("kind", draw.choice(["b", "a", "é", "Z", "rare"], 500, p=[0.3, 0.3, 0.2, 0.198, 0.002]))
    cells = pl.select(pl.when(pl.Series(draw.random(500) < 0.1)).then(None).otherwise(cells)).to_series()
    rows = np.flatnonzero(draw.random(500) < 0.7)
    with tempfile.TemporaryFile(buffering=0) as file:
        columns = ColumnStore(file, 500)
        columns.add("kind", [cells], sorted(cells.drop_nulls().unique()))
        ours, theirs = CategoricalEncoder.fit(columns["kind"], rows), CategoricalEncoder.fit(cells, rows)
    assert (ours.categories, ours.shares.tolist()) == (theirs.categories, theirs.shares.tolist())


def test_texts_are_read_back_with_missing_ones(tmp_path):
    texts = ["late parcel", None, "物流很快", "a", None, "ünd"]
    with scratch_file(tmp_path, 100, "texts") as file:
        store = ColumnStore(file, len(texts))
        store.add("x", [np.arange(6.0)])
        store.add_texts("note", [pl.Series(texts[:2]), pl.Series(texts[2:])])
        assert store["note"].to_list() == texts
        assert store.rows(slice(1, 4))["note"].to_list() == texts[1:4]
        assert store.take(np.array([5, 0]))["note"].to_list() == ["ünd", "late parcel"]
        assert store["x"].tolist() == list(range(6))
