import polars as pl
import pytest

from demarcate.tabular.id_counters import before_counters


def subjects(ids):
    found = before_counters(pl.Series(ids))
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        ("S{subject:02d}_{row}", "S{subject:02d}"),
        ("{subject}_{row}", "{subject}"),
        ("phon_R01_S{subject:02d}_{row}", "phon_R01_S{subject:02d}"),
        ("PT-{subject:04d}/v{row}", "PT-{subject:04d}"),
        ("P{subject:02d} {letter}", "P{subject:02d}"),
        ("P{subject:02d}{letter}", "P{subject:02d}"),
    ],
)
def test_what_stands_before_the_counter_is_the_subject(pattern, subject):
    ids = [
        pattern.format(subject=number, row=row, letter="abcdef"[row - 1])
        for number in range(20, 52)
        for row in range(1, 7)
    ]
    assert subjects(ids) == {subject.format(subject=number) for number in range(20, 52)}


def test_of_several_counters_all_that_leave_many_subjects_are_cut_off():
    ids = [f"S{subject:02d}_T{trial}_{row}" for subject in range(12) for trial in range(4) for row in range(5)]
    assert subjects(ids) == {f"S{subject:02d}" for subject in range(12)}


def test_parts_that_would_leave_few_subjects_stay():
    ids = [f"site{site}_P{patient}_{row}" for site in range(3) for patient in range(20) for row in range(5)]
    assert subjects(ids) == {f"site{site}_P{patient}" for site in range(3) for patient in range(20)}


@pytest.mark.parametrize(
    "ids",
    [
        [f"C-{number}" for number in range(200)],
        [f"{'ABC'[number % 3]}-{number}" for number in range(200)],
        [f"row {number} of a table without counters: x" for number in range(200)],
        [f"S{number % 20}" for number in range(200)],
        [f"{year}-{number % 12 + 1:02d}-11" for number in range(24) for year in range(2000, 2008)],
        [None, None],
        [],
    ],
    ids=["running number", "running number of three sites", "words", "repeated ids", "dates", "missing", "none"],
)
def test_other_text_has_no_subjects(ids):
    assert subjects(ids) is None or len(subjects(ids)) > 90


def test_missing_ids_stay_missing():
    ids = pl.Series([f"S{subject}_{row}" for subject in range(20) for row in range(5)] + [None])
    assert before_counters(ids)[-1] is None
