import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.checks import check_table
from demarcate.checks.duplicate_groups import first_equal_rows, has_duplicate_in_training
from demarcate.tabular import as_frame, infer_schema

N_ROWS = 400
TWO = np.array(["no", "yes"])


def found(frame, codes, folds=None):
    schema = infer_schema(frame)
    findings = check_table(schema, schema.parse(frame), codes, TWO, folds=folds)
    return [finding for finding in findings if finding.rule == "duplicates"]


def test_copied_rows_are_counted(noise, codes):
    frame = as_frame({**noise, "word": ["a", None] * (N_ROWS // 2)})
    copied = pl.concat([frame, frame[:20], frame[:10]])
    (finding,) = found(copied, np.concatenate([codes, codes[:20], codes[:10]]))
    assert (finding.severity, finding.columns) == ("warning", ())
    assert finding.text.startswith("30 of 430 rows repeat others in every column: the same row is trained on and")
    assert finding.numbers == {"n_copies": 30, "n_rows": 430, "share": 30 / 430, "n_disputed": 0}


def test_duplicates_with_conflicting_labels_are_counted(noise, codes):
    frame = as_frame({**noise, "gap": np.where(np.arange(N_ROWS) % 2, np.nan, -0.0)})
    copied = pl.concat([frame, frame[:20]])
    (finding,) = found(copied, np.concatenate([codes, codes[:15], 1 - codes[15:20]]))
    assert "20 of 420 rows repeat others in every column, 5 of them with conflicting labels" in str(finding)


def test_rows_scored_by_networks_that_trained_on_a_copy_are_counted(noise, codes):
    frame = as_frame(noise)
    copied = pl.concat([frame, frame[:20]])
    folds = np.arange(len(copied)) % 4
    folds[N_ROWS:] = folds[:20]
    folds[N_ROWS : N_ROWS + 3] += 4
    (finding,) = found(copied, np.concatenate([codes, codes[:20]]), folds)
    assert finding.numbers["n_straddling"] == 6
    assert "(6 rows were scored by networks trained on a copy)" in finding.text


def test_a_copy_or_two_in_a_large_table_are_a_note(noise, codes):
    frame = as_frame(noise)
    (finding,) = found(pl.concat([frame, frame[:3]]), np.concatenate([codes, codes[:3]]))
    assert (finding.severity, finding.numbers["n_copies"]) == ("note", 3)
    (finding,) = found(pl.concat([frame, frame[:1]]), np.concatenate([codes, codes[:1]]))
    assert finding.text.startswith("1 of 401 rows repeats another in every column")


def test_duplicates_expected_by_chance_are_a_note(generator, codes):
    frame = pl.DataFrame({name: generator.choice(["a", "b", "c"], N_ROWS) for name in ("x", "y", "z")})
    (finding,) = found(frame, codes)
    assert finding.severity == "note"
    assert ", no more than chance explains for columns of so few values. Remove them" in finding.text


def test_columns_that_are_not_used_are_not_compared(noise, codes):
    frame = as_frame({**noise, "row": np.arange(N_ROWS)})
    copied = pl.concat([frame, frame[:20].with_columns(row=pl.int_range(N_ROWS, N_ROWS + 20))])
    assert [column.name for column in infer_schema(copied).dropped] == ["row"]
    assert len(found(copied, np.concatenate([codes, codes[:20]]))) == 1


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from([0.0, -0.0, 1.5, np.nan]), st.sampled_from(["a", "b", None])), min_size=1, max_size=12
    ),
    folds=st.lists(st.integers(-1, 2), min_size=12, max_size=12),
)
def test_equal_rows_are_those_of_a_plain_loop(rows, folds):
    numbers, words = map(list, zip(*rows, strict=True))
    groups = first_equal_rows({"x": np.array(numbers), "y": pl.Series(words, dtype=pl.String)})
    spelled = [(None if number != number else number, word) for number, word in rows]
    assert groups.tolist() == [spelled.index(row) for row in spelled]
    folds = folds[: len(rows)]
    expected = [
        fold >= 0 and any(other == row and of != fold for other, of in zip(spelled, folds, strict=True))
        for row, fold in zip(spelled, folds, strict=True)
    ]
    assert has_duplicate_in_training(groups, np.array(folds)).tolist() == expected


@pytest.mark.parametrize("n_columns", [1, 3])
def test_a_table_without_a_repeated_row_has_no_duplicates(n_columns, generator):
    columns = {f"x{place}": generator.normal(size=50) for place in range(n_columns)}
    assert first_equal_rows(columns).tolist() == list(range(50))
