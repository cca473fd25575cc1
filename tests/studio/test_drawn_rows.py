import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from demarcate.studio.drawn_rows import hold_out


@given(st.integers(2, 400), st.data(), st.integers(0, 2**32 - 1))
def test_rows_are_those_of_train_test_split(n_rows, data, seed):
    n_held_out = data.draw(st.integers(1, n_rows - 1))
    expected = train_test_split(range(n_rows), test_size=n_held_out, random_state=seed)
    assert [part.tolist() for part in hold_out(n_rows, n_held_out, seed)] == expected


@given(st.lists(st.integers(2, 60), min_size=1, max_size=9), st.data(), st.integers(0, 2**32 - 1))
def test_rows_by_class_are_those_of_train_test_split(counts, data, seed):
    codes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    assume(len(codes) >= 2 * len(counts))
    n_held_out = data.draw(st.integers(len(counts), len(codes) - len(counts)))
    expected = train_test_split(range(len(codes)), test_size=n_held_out, random_state=seed, stratify=codes)
    assert [part.tolist() for part in hold_out(len(codes), n_held_out, seed, codes)] == expected
