import polars as pl
import pytest

from demarcate.errors import InputError, SettingError
from demarcate.tabular import Column, Schema
from demarcate.trainingset import MemoryBudget
from demarcate.trainingset.memory_budget import MAX_SAMPLE


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [("500MB", 500 * 10**6), ("1GB", 10**9), (" 2 GiB ", 2 * 2**30), ("0.5gb", 5 * 10**8), ("1TB", 10**12)],
)
def test_an_amount_is_read_as_people_write_it(text, n_bytes):
    assert MemoryBudget.of(text).n_bytes == n_bytes


@pytest.mark.parametrize("text", ["", "GB", "1", "1 gigabyte", "-1GB", "0MB", "1e3MB", "nanGB"])
def test_anything_else_is_refused_with_what_would_do(text):
    with pytest.raises(SettingError, match="such as 500MB, 1GB or 2GiB, got"):
        MemoryBudget.of(text)


def test_every_column_that_is_too_large_is_named_and_so_are_too_many_rows():
    columns = {"note": 4_000_000, "age": 8000, "story": 3_000_000}
    with pytest.raises(InputError) as refused:
        MemoryBudget(2_000_000).check(100_000, columns)
    assert [problem.fact for problem in refused.value.problems] == [
        "Column 'note' takes 4.0 MB and 20 MB while it is read, but --memory allows 2.0 MB",
        "Column 'story' takes 3.0 MB and 15 MB while it is read, but --memory allows 2.0 MB",
        "100,000 rows take 6.4 MB beside their cells, but --memory allows 2.0 MB",
    ]


def test_a_table_is_held_as_long_as_all_that_is_made_of_it_is():
    columns, schema = {"age": 8000}, {"age": pl.Int64()}
    # 4 times the table, 64 bytes a row, and twice for each fold 30 numbers, with bins and scores, and 192 leaves.
    needed = 4 * 8000 + 1000 * (64 + 4 * (30 + 192) * 2 * 2)
    assert MemoryBudget(needed).holds(1000, columns, schema, n_encodings=2)
    assert not MemoryBudget(needed - 1).holds(1000, columns, schema, n_encodings=2)
    assert not MemoryBudget(needed).holds(1000, columns, schema, n_encodings=3)


def test_a_sample_grows_with_what_is_allowed_up_to_its_largest_size():
    schema = Schema((Column("age", "numerical"), Column("kind", "categorical", categories=("a", "b"))))
    sizes = [MemoryBudget(n_bytes).sample_rows(schema) for n_bytes in (10**4, 10**5, 10**6, 10**12)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[1]
    assert sizes[-1] == MAX_SAMPLE
