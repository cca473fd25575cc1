import sys

import numpy as np
import polars as pl
import pytest

from demarcate.auditing import streaming_audit
from demarcate.auditing.rescore import GROUPS_NOT_SCORED, RescoredTable
from demarcate.auditing.streaming_audit import audit_sample, split_labels
from demarcate.checks import table_sample
from demarcate.checks.table_sample import sample_table
from demarcate.errors import InputError
from demarcate.tabular import as_frame
from demarcate.trainingset.read_dependence import RowRoles

TINY = {"hidden": (8,), "epochs": 5, "n_folds": 2}


@pytest.fixture(autouse=True)
def small_samples(monkeypatch):
    monkeypatch.setattr(table_sample, "MAX_CHECKED_ROWS", 300)


@pytest.fixture
def frame():
    generator = np.random.default_rng(0)
    sick = generator.integers(2, size=3000)
    rows = pl.DataFrame(
        {
            "row": np.arange(3000),
            **{name: generator.normal(size=3000) for name in ("x", "z", "w")},
            "unit": ["mg"] * 2990 + ["g"] * 10,
            "billed": np.where(sick == 1, "yes", "no"),
            "sick": sick,
        }
    )
    copies = rows[:200].with_columns(row=pl.Series(range(3000, 3200)))
    return pl.concat([rows, copies])


def parts(frame, size=170):
    return list(frame.iter_slices(size))


def audited(frame, size=170, *, again=True, **settings):
    in_parts = parts(frame, size)
    settings = {"target": "sick", "rescore": False, **settings}
    return audit_sample(sample_table(in_parts, settings["target"]), in_parts if again else None, **settings)


def test_findings_are_of_the_whole_table(frame):
    found = audited(frame)
    assert (found.n_rows, found.n_judged) == (3200, 300)
    by_rule = {finding.rule: finding for finding in found.findings}
    assert by_rule["giveaway"].columns == ("billed",)
    assert by_rule["identifier"].columns == ("row",)
    assert "200 of 3,200 rows repeat others in every column: " in str(by_rule["duplicates"])
    assert by_rule["constant"].numbers["rows_that_differ"] == {"unit": 10}
    assert "found in 3,200 rows, checked on a random sample of 300." in str(found)
    assert (found.to_json()["n_rows"], found.to_json()["n_judged"]) == (3200, 300)


def test_the_parts_that_rows_come_in_change_nothing(frame):
    assert audited(frame, 170).to_json() == audited(frame, 999).to_json()


def test_a_table_that_can_be_read_only_once_has_a_remark_and_no_duplicates(frame):
    found = audited(frame, again=False)
    assert "duplicates" not in {finding.rule for finding in found.findings}
    assert "read only once, so repeated rows were not counted" in found.remarks[0]
    assert found.remarks[0] in str(found).splitlines()


def test_a_table_without_a_target_has_the_checks_that_need_none(frame):
    found = audited(frame.drop("sick"), target=None)
    assert {finding.rule for finding in found.findings} == {"duplicates", "identifier", "constant"}
    assert "No target was named" in found.summary()


def test_unreadable_cells_outside_of_the_sample_are_named_with_their_row(frame):
    # The row is far in the table, and not sampled.
    odd = frame.with_columns(pl.col("x").cast(pl.String))
    row = next(row for row in range(3000, 3200) if row not in sample_table(parts(odd)).frame["row"])
    odd = odd.with_columns(x=pl.when(pl.col("row") == row).then(pl.lit("old")).otherwise("x"))
    remark = f"Column 'x' needs numbers: row {row + 1} holds 'old'. Such cells count as missing."
    assert remark in audited(odd).remarks


def test_labels_of_all_rows_are_checked(frame):
    labels = frame["sick"].cast(pl.String).to_list()
    labels[3100] = None
    with pytest.raises(InputError, match="The target is missing in row 3101"):
        audited(frame.with_columns(sick=pl.Series(labels)))


def test_a_class_outside_of_the_sample_is_counted(frame):
    labels = frame["sick"].cast(pl.String).to_list()
    row = next(row for row in range(3200) if row not in sample_table(parts(frame)).frame["row"])
    labels[row] = "rare"
    found = audited(frame.with_columns(sick=pl.Series(labels)))
    few = next(finding for finding in found.findings if finding.rule == "classes")
    assert few.numbers["rows"] == {"rare": 1}


def test_another_large_table_is_compared_by_a_sample(frame):
    moved = frame.with_columns(x=pl.col("x") + 1)
    found = audited(frame, against=sample_table(parts(moved[:2000])))
    assert (found.drift.n_rows, found.drift.n_new_rows, found.drift.n_shared) == (3200, 2000, None)
    assert [column.name for column in found.drift.columns] == ["x"]


def test_the_sample_is_rescored_without_leaks_but_with_duplicates(frame, monkeypatch):
    calls = []
    monkeypatch.setattr(
        sys.modules["demarcate.auditing.audit"],
        "score_without",
        lambda *table, **_: calls.append(table) or RescoredTable(),
    )
    found = audited(frame, rescore=True)
    ((findings, refit, *_),) = calls
    assert len(refit.frame) == len(refit.labels) == 300
    assert {finding.rule for finding in findings} >= {"giveaway"}
    assert "duplicates" not in {finding.rule for finding in findings}
    assert found.remarks == (f"{streaming_audit._DUPLICATES_NOT_SCORED}.",)


def test_groups_of_a_random_sample_are_not_scored_and_that_is_said(monkeypatch):
    monkeypatch.setattr(table_sample, "MAX_CHECKED_ROWS", 600)
    draw = np.random.default_rng(0)
    patient = np.repeat(np.arange(200), 6)
    columns = {f"x{index}": draw.normal(size=200)[patient] + 0.1 * draw.normal(size=1200) for index in range(3)}
    frame = as_frame({"patient": [f"PT-{number:03d}" for number in patient], **columns, "sick": patient % 2})
    for roles in (RowRoles(), RowRoles(groups="patient")):
        found = audit_sample(
            sample_table(parts(frame), "sick"), parts(frame), target="sick", roles=roles, settings=TINY
        )
        assert any(finding.rule == "groups" for finding in found.findings) is (roles.groups is None)
        assert not found.overstated
        assert GROUPS_NOT_SCORED in found.remarks


def test_a_table_that_changes_between_two_readings_is_refused(frame):
    changed = frame.with_columns(sick=pl.col("sick") + 5)
    with pytest.raises(InputError, match="'6' in"):
        audit_sample(sample_table(parts(frame), "sick"), parts(changed), target="sick", rescore=False)


def test_labels_of_a_sample_have_the_type_they_spell():
    frame, labels = split_labels(sample_table([pl.DataFrame({"age": [63, 41], "sick": ["0", "1"]})]), "sick")
    assert (frame.columns, labels) == (["age"], [0, 1])
