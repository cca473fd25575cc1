from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.checks.duplicate_count import DuplicateCount, StreamingDuplicateCount, row_hashes
from demarcate.tabular.row_sample import random_keys

NOTHING = np.empty(0, dtype=np.uint64)


def table(n_hashes, seed=0, share=0.05):
    """Hashes, some of them repeated, in random order, and the number of duplicates."""
    generator = np.random.default_rng(seed)
    sizes = np.where(generator.random(n_hashes) < share, generator.integers(2, 5, size=n_hashes), 1)
    rows = generator.permutation(np.repeat(np.arange(n_hashes), sizes))
    return random_keys(rows), int(sizes.sum() - n_hashes)


def counted(rows, sample=NOTHING, max_hashes=500, cuts=(), codes=None):
    count = StreamingDuplicateCount(sample, max_hashes)
    for begin, end in pairwise([0, *sorted(cuts), len(rows)]):
        count.add(rows[begin:end], None if codes is None else codes[begin:end])
    return count.result()


def test_equal_rows_have_one_hash_in_whatever_part_they_are():
    cells = {"b": np.array([1.0, np.nan, -0.0, 0.0]), "a": pl.Series(["x", None, "x", "x"])}
    whole = row_hashes(cells)
    parts = [row_hashes({name: column[row : row + 1] for name, column in cells.items()}) for row in range(4)]
    assert whole.tolist() == np.concatenate(parts).tolist()
    assert len(set(whole.tolist())) == 3


def test_few_hashes_are_counted_exactly():
    rows, n_copies = table(400)
    assert counted(rows) == DuplicateCount(n_copies, n_copies, n_copies, 0)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(st.lists(st.integers(0, 3000), max_size=5))
def test_the_parts_that_rows_come_in_change_nothing(cuts):
    rows, _ = table(3000)
    codes = np.arange(len(rows)) % 3
    assert counted(rows, rows[:300], cuts=cuts, codes=codes) == counted(rows, rows[:300], codes=codes)


def test_the_interval_of_an_estimate_has_its_coverage():
    held, found = [], []
    for seed in range(100):
        rows, n_copies = table(4000, seed)
        copies = counted(rows)
        assert not copies.is_exact
        held.append(copies.low <= n_copies <= copies.high)
        found.append(copies.n / n_copies)
    assert np.mean(held) >= 0.9
    assert np.mean(found) == pytest.approx(1, abs=0.03)


def test_a_frequent_row_among_many_others_is_counted():
    often = np.full(30_000, 2**63, dtype=np.uint64)
    rows = np.random.default_rng(0).permutation(np.concatenate([table(4000, share=0)[0], often]))
    sample = np.random.default_rng(1).choice(rows, 400, replace=False)
    copies = counted(rows, sample)
    assert copies.low <= 29_999 <= copies.high
    assert copies.n == pytest.approx(29_999, rel=0.01)


def test_the_interval_without_a_duplicate_allows_for_missed_ones():
    copies = counted(table(4000, share=0)[0])
    assert (copies.n, copies.low) == (0, 0)
    assert 0 < copies.high < 40


def test_duplicates_with_conflicting_labels_are_counted():
    rows = np.array([1, 1, 2, 2, 2, 3], dtype=np.uint64)
    assert counted(rows, codes=np.array([0, 1, 1, 1, 1, 0]), cuts=(1, 3)).n_conflicting == 1


def test_memory_does_not_grow_with_the_rows():
    count = StreamingDuplicateCount(NOTHING, max_hashes=500)
    for seed in range(20):
        count.add(random_keys(np.arange(seed * 1000, seed * 1000 + 1000)))
        assert len(count._others) + len(count._counted) <= 500
