from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate.checks import check_table
from demarcate.checks.subject_ids import name_points
from demarcate.tabular import as_frame, encode_labels, infer_schema
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.dependence import Dependence

FIELD = Path(__file__).parents[1] / "data/field/groups"
N_SUBJECTS, N_EACH = 50, 8


@pytest.fixture(scope="module")
def visits():
    """Rows of 50 subjects in random order: four measurements, the label, and the subject's number."""
    generator = np.random.default_rng(5)
    subject = generator.permutation(np.repeat(np.arange(N_SUBJECTS), N_EACH))
    columns = {
        f"x{index}": generator.normal(size=N_SUBJECTS)[subject] + generator.normal(size=len(subject))
        for index in range(4)
    }
    label = generator.integers(2, size=N_SUBJECTS)[subject]
    return columns, label, subject


def findings(columns, labels, *, dependence=None, rule="groups", **settings):
    frame = as_frame(columns)
    classes, codes = encode_labels(labels)
    schema = infer_schema(frame, ColumnOptions.of(**settings))
    unused = schema.parse_unused(frame)
    found = check_table(schema, schema.parse(frame), codes, classes, unused_cells=unused, dependence=dependence)
    return [finding for finding in found if finding.rule == rule]


def shuffled(numbers):
    return np.random.default_rng(1).permutation(np.unique(numbers))[np.unique(numbers, return_inverse=True)[1]]


@pytest.mark.parametrize(
    ("name", "kind", "n_groups"), [("visits", "text", 60), ("mild_visits", "number", 60), ("new_patients", "text", 40)]
)
def test_patients_with_several_visits_are_found(name, kind, n_groups):
    frame = pl.read_csv(FIELD / f"{name}.csv", infer_schema=False)
    (finding,) = findings(frame.drop("relapse"), frame["relapse"])
    assert (finding.severity, finding.columns) == ("warning", (frame.columns[0],))
    assert (finding.numbers["kind"], finding.numbers["n_groups"], finding.numbers["rows_per_group"]) == (
        kind,
        n_groups,
        8,
    )
    assert f"--group {frame.columns[0]}" in finding.text


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("patient", lambda subject: [f"PT-{number:04d}" for number in subject]),
        ("code", lambda subject: [f"{number * 7919 % 65536:04x}-{number:02d}k" for number in subject]),
        ("who", lambda subject: [f"A{number:03d}" for number in subject]),
        ("x", lambda subject: 1000 + subject),
        ("x", lambda subject: shuffled(subject) * 17 + 30_000),
        ("Subject_ID", lambda subject: subject + 1),
        ("who", lambda subject: [f"{'abcdefghij'[number % 10]}{'klmno'[number // 10]}" for number in subject]),
    ],
)
def test_a_column_that_names_subjects_is_found_whatever_it_is_called(name, ids, visits):
    columns, labels, subject = visits
    (finding,) = findings({**columns, name: ids(subject)}, labels)
    assert finding.columns == (name,)
    assert finding.numbers["n_groups"] == N_SUBJECTS
    assert finding.numbers["n_rows"] == N_SUBJECTS * N_EACH


def test_ids_with_a_counter_are_found_although_each_row_has_its_own(visits):
    columns, labels, subject = visits
    visit = np.array([np.count_nonzero(subject[:row] == number) for row, number in enumerate(subject)])
    ids = [f"phon_S{number:02d}_{row + 1}" for number, row in zip(subject, visit, strict=True)]
    (finding,) = findings({**columns, "name": ids}, labels)
    assert (finding.columns, finding.numbers["kind"], finding.numbers["n_groups"]) == (("name",), "counter", 50)
    assert "the part before the counter" in finding.text


def test_a_column_that_the_caller_drops_is_found_all_the_same(visits):
    columns, labels, subject = visits
    (finding,) = findings({**columns, "patient": subject}, labels, drop=["patient"])
    assert finding.columns == ("patient",)
    assert "also without the column" in finding.text


def test_nothing_is_found_once_the_groups_are_named(visits):
    columns, labels, subject = visits
    dependence = Dependence(groups=subject.astype(np.int64))
    assert not findings({**columns, "patient": subject}, labels, dependence=dependence)


def test_a_subject_with_several_names_is_found_once(visits):
    columns, labels, subject = visits
    names = [f"PT-{number:04d}" for number in subject]
    assert len(findings({**columns, "patient": names, "admission": subject * 3 + 200}, labels)) == 1


def test_a_column_of_subjects_is_no_target_copy_to_be_left_out(visits):
    columns, labels, subject = visits
    table = {**columns, "patient": [f"PT-{number:04d}" for number in subject]}
    for rule in ("giveaway", "dominant", "identifier"):
        assert not findings(table, labels, rule=rule)


@pytest.mark.parametrize("column", ["age", "count", "city", "region code", "rating", "children", "noise id"])
def test_ordinary_columns_name_no_subjects(column):
    generator = np.random.default_rng(3)
    n_rows = 2000
    x = generator.normal(size=(n_rows, 3))
    age = np.clip(50 + 15 * x[:, 0] + 3 * generator.normal(size=n_rows), 18, 95).astype(int)
    cities = np.minimum(generator.zipf(1.5, n_rows), 300)
    effect = np.random.default_rng(0).normal(size=301)
    cells = {
        "age": age,
        "count": generator.poisson(np.exp(1.5 + 0.7 * x[:, 1])),
        "city": [f"Town{'abcdefgh'[city % 8]}{'klmnopqrst'[city // 8 % 10]}{'uvwx'[city // 80]}" for city in cities],
        "region code": generator.integers(1, 15, n_rows),
        "rating": np.clip(np.round(3 + x[:, 2]), 1, 5).astype(int),
        "children": np.clip(np.round(1 + x[:, 2]), 0, 6).astype(int),
        "noise id": generator.integers(1000, 1250, n_rows),
    }[column]
    columns = {f"x{index}": x[:, index] for index in range(3)}
    columns["rent"] = effect[cities] + 0.5 * generator.normal(size=n_rows)
    labels = (x[:, 0] + columns["rent"] + generator.normal(size=n_rows) > 0).astype(int)
    assert not findings({**columns, column: cells}, labels)


def test_nearly_the_same_is_found_in_a_large_table():
    generator = np.random.default_rng(4)
    subject = generator.permutation(np.repeat(np.arange(15_000), 4))
    columns = {
        f"x{index}": generator.normal(size=15_000)[subject] + generator.normal(size=60_000) for index in range(3)
    }
    (finding,) = findings({**columns, "id": subject + 100_000}, generator.integers(2, size=15_000)[subject])
    assert finding.numbers["n_groups"] == 15_000


@pytest.mark.parametrize(
    ("name", "points"),
    [
        *((name, 2) for name in ("patient", "patient_id", "PatientID", "id_student", "Speaker Number", "subject#")),
        *((name, 1) for name in ("name", "ID", "encounter_id", "LoanNr", "id_route")),
        *((name, 0) for name in ("children", "customer_type", "user_age", "idea", "x1", "42", "visitors", "num_rooms")),
    ],
)
def test_names_say_what_a_column_may_be(name, points):
    assert name_points(name) == points


def test_a_table_of_few_rows_has_no_finding():
    assert not findings({"patient": ["a", "b"] * 10, "x": range(20)}, [0, 1] * 10)
