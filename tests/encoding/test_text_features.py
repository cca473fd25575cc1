import gc

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.encoding import text_features
from demarcate.encoding.text_features import hash_texts, hashed_texts, in_slices, thinning

TEXTS = ["The parcel is late", "the parcel, late again!", None, "", "好。物流很快", "e\u0301t\u00e9 :) :)", "a"]

HASHES = [308638156, 814760216, 1585080492]
"""Of "late", "parcel" and both, ascending."""


def series(texts):
    return pl.Series(texts, dtype=pl.String)


def dense(texts):
    hashed = hash_texts(series(texts))
    return hashed.ids, hashed.values.toarray()


def row_of(text):
    hashed = hash_texts(series([text]))
    return dict(zip(hashed.ids.tolist(), hashed.values.toarray()[0].tolist(), strict=True))


@given(
    st.lists(
        st.none() | st.text(max_size=40).filter(lambda text: max(text, default="a") < "\ud800" or max(text) > "\udfff"),
        max_size=8,
    )
)
def test_a_text_has_the_same_n_grams_beside_any_others(texts):
    ids, values = dense(texts)
    for row, text in enumerate(texts):
        own = {number: value for number, value in zip(ids.tolist(), values[row].tolist(), strict=True) if value}
        assert own == row_of(text)
        for kind in (0, 1):
            square = sum(value**2 for number, value in own.items() if number % 2 == kind)
            assert square == pytest.approx(1, abs=1e-5) or square == 0


def test_blocks_change_nothing(monkeypatch):
    texts = TEXTS * 5
    whole = hash_texts(series(texts))
    monkeypatch.setattr(text_features, "_BLOCK_CHARACTERS", 10)
    parts = hash_texts(series(texts))
    assert np.array_equal(whole.ids, parts.ids)
    assert (whole.values != parts.values).nnz == 0
    assert np.array_equal(whole.n_words, parts.n_words, equal_nan=True)


def test_case_spaces_and_composition_do_not_matter():
    assert row_of("The  parcel\n is LATE ") == row_of("the parcel is late")
    assert row_of("e\u0301t\u00e9") == row_of("\u00e9te\u0301")


def test_hashes_are_the_same_on_every_machine():
    hashed = hash_texts(series(["late parcel"]))
    words = hashed.ids[hashed.ids % 2 == 0].tolist()
    assert words == HASHES


def test_words_are_counted_and_missing_texts_are_known():
    n_words = hash_texts(series(TEXTS)).n_words
    # A full stop, a smile and each Chinese character count as a word.
    assert n_words.tolist()[:2] == [4, 6]
    assert np.isnan(n_words[2])
    assert n_words.tolist()[3:] == [0, 6, 3, 1]


def test_a_column_is_hashed_once_while_it_is_there():
    cells = series(TEXTS)
    first = hashed_texts(cells)
    assert hashed_texts(cells) is first
    assert hashed_texts(cells, 2) is not first
    del cells
    gc.collect()
    assert not any(entry[2] is first for entry in text_features._recent())


def test_long_columns_come_in_slices(monkeypatch):
    cells = series(TEXTS * 20)
    expected = hash_texts(cells)
    monkeypatch.setattr(text_features, "MAX_CHARACTERS_TO_LEARN", 200)
    monkeypatch.setattr(text_features, "_SLICE_CHARACTERS", 100)
    assert thinning(cells) > 1
    parts = list(in_slices(cells))
    assert len(parts) > 2
    assert np.array_equal(np.concatenate([part.n_words for part in parts]), expected.n_words, equal_nan=True)


def test_only_the_beginning_of_a_long_text_is_read(monkeypatch):
    monkeypatch.setattr(text_features, "MAX_CHARACTERS", 8)
    assert row_of("the late parcel") == row_of("the late")


@pytest.mark.parametrize("texts", [[], [None], [""], [None, ""], ["\n"]])
def test_texts_without_words_have_no_n_grams(texts):
    assert hash_texts(series(texts)).values.shape == (len(texts), 0)
