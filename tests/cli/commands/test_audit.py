import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate.checks import table_sample

FIELD = Path(__file__).parents[2] / "data/field"


@pytest.fixture(scope="module")
def leaking(heart_frame, tmp_path_factory):
    """Heart disease data with a column that gives the target away, and twenty rows again."""
    path = tmp_path_factory.mktemp("tables") / "leaking.csv"
    sick = heart_frame["target"].to_numpy()
    told = heart_frame.with_columns(pl.Series("billed", np.where(sick == 1, "yes", "no")))
    pl.concat([told, told[:20]]).write_csv(path)
    return path


@pytest.fixture(scope="module")
def other(heart_frame, tmp_path_factory):
    """Older people, of whom something is not known."""
    path = tmp_path_factory.mktemp("tables") / "new.csv"
    heart_frame.with_columns(pl.col("age").cast(pl.Float64) + 15).drop("cp", "target").write_csv(path)
    return path


def test_findings_are_shown_in_a_table(demarcate, leaking):
    outcome = demarcate("audit", leaking, "--target", "target", "--no-rescore")
    assert (outcome.code, outcome.err) == (0, "")
    words = " ".join(outcome.out.split())
    assert "1 leak, 1 warning found in 323 rows." in words
    assert "leak giveaway column 'billed' alone predicts the target" in words
    assert "warning duplicates 20 of 323 rows repeat others" in words
    assert "Scores with and without it" not in outcome.out


def test_scores_stand_side_by_side(demarcate, leaking):
    outcome = demarcate("audit", leaking, "--target", "target", "--json")
    report = json.loads(outcome.out, parse_constant=pytest.fail)
    names = [rescored["name"] for rescored in report["rescored"]]
    assert names == [
        "as it stands",
        "scored on rows without a copy in training",
        "without the 20 copies",
        "without column 'billed'",
    ]
    accuracy = [rescored["scores"]["accuracy"]["value"] for rescored in report["rescored"]]
    assert accuracy[0] > 0.95 > accuracy[3]
    assert [line.split(":")[0] for line in outcome.err.splitlines()] == ["Training"] * 3
    assert (report["target"], report["drift"]) == ("target", None)


def test_a_clean_data_set_is_said_to_be(demarcate):
    outcome = demarcate("audit", "heart", "--strict")
    assert (outcome.code, outcome.out, outcome.err) == (0, "heart: Nothing found in 303 rows.\n\n", "")


def test_another_table_is_compared(demarcate, other):
    outcome = demarcate("audit", "heart", "--against", other)
    assert outcome.code == 0
    words = " ".join(outcome.out.split())
    assert "The tables differ: a classifier separates their rows with ROC AUC 0." in words
    assert "most by 'age': median 56 -> 71" in words
    assert "Only the first table has 'cp'." in words


def test_labels_of_the_other_table_are_compared(demarcate, heart_frame, tmp_path):
    heart_frame.filter(pl.col("target") == 1).write_csv(tmp_path / "sick.csv")
    report = json.loads(demarcate("audit", "heart", "--against", tmp_path / "sick.csv", "--json", "--quiet").out)
    assert report["drift"]["classes"]["text"].startswith("'0' 54.1% -> 0.0%")


def test_without_a_target_that_is_said(demarcate, leaking, tmp_path):
    table = tmp_path / "renamed.csv"
    table.write_text(leaking.read_text().replace("target", "sick", 1))
    outcome = demarcate("audit", table)
    assert outcome.code == 0
    assert "No target was named, so checks that need one did not run." in " ".join(outcome.out.split())
    assert "predicts the target" not in " ".join(outcome.out.split())


def test_a_column_called_target_is_taken_unasked_and_that_is_said(demarcate, leaking):
    outcome = demarcate("audit", leaking, "--no-rescore")
    assert outcome.err == "The column 'target' is predicted; --target names another.\n"
    assert "predicts the target" in " ".join(outcome.out.split())


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 1)])
def test_findings_are_no_failure_unless_asked(demarcate, leaking, options, code):
    outcome = demarcate("audit", leaking, "--target", "target", "--no-rescore", "--quiet", *options)
    assert (outcome.code, outcome.out, outcome.err) == (code, "", "")


def test_an_unknown_target_is_refused(demarcate, leaking):
    outcome = demarcate("audit", leaking, "--target", "targte")
    assert (outcome.code, outcome.out) == (1, "")
    assert "Did you mean 'target'" in outcome.err


def test_a_cell_cannot_give_the_terminal_orders(demarcate, tmp_path):
    words = np.array(["\x1b[31mred", "[bold]b"])
    rows = np.arange(120) % 2
    pl.DataFrame({"[red]x": words[rows], "y": np.random.default_rng(0).normal(size=120), "t": rows}).write_csv(
        tmp_path / "t.csv"
    )
    outcome = demarcate("audit", tmp_path / "t.csv", "--target", "t", "--no-rescore")
    assert "'[red]x'" in outcome.out
    assert "\x1b" not in outcome.out


@pytest.fixture
def large(monkeypatch, tmp_path):
    """A table of more rows than are judged, some of which repeat others."""
    monkeypatch.setattr(table_sample, "MAX_CHECKED_ROWS", 500)
    generator = np.random.default_rng(0)
    rows = pl.DataFrame({f"x{place}": generator.normal(size=1900) for place in range(4)})
    rows = rows.with_columns(target=pl.Series(generator.integers(2, size=1900)))
    pl.concat([rows, rows[:100]]).write_csv(tmp_path / "large.csv")
    return tmp_path / "large.csv"


def test_a_large_table_is_judged_on_rows_drawn_and_says_so(demarcate, large):
    outcome = demarcate("audit", large, "--target", "target", "--no-rescore")
    assert (outcome.code, outcome.err) == (0, "")
    said = " ".join(outcome.out.split())
    assert "1 warning found in 2,000 rows, checked on a random sample of 500." in said
    assert "100 of 2,000 rows repeat others in every column" in said
    report = json.loads(demarcate("audit", large, "--target", "target", "--no-rescore", "--json").out)
    assert (report["n_rows"], report["n_judged"], report["remarks"]) == (2000, 500, [])


def test_standard_input_is_read_once_and_that_is_said(demarcate, large):
    outcome = demarcate("audit", "-", "--target", "target", "--no-rescore", stdin=large.read_bytes())
    assert outcome.code == 0, outcome.err
    said = " ".join(outcome.out.split())
    assert "repeated rows were not counted" in said
    assert "repeat others" not in said


def test_rows_of_a_large_table_without_a_label_are_left_out(demarcate, large, tmp_path):
    rows = pl.read_csv(large).with_columns(pl.when(pl.int_range(pl.len()) >= 50).then("target").alias("target"))
    rows.write_csv(tmp_path / "gaps.csv")
    refused = demarcate("audit", tmp_path / "gaps.csv", "--target", "target")
    assert refused.code == 1
    assert "missing in rows 1, 2, 3, 4, 5 and 45 more" in refused.err
    taken = demarcate(
        "audit", tmp_path / "gaps.csv", "--target", "target", "--drop-missing-target", "--no-rescore", "--json"
    )
    assert "50 rows without a target are left out." in taken.err
    assert json.loads(taken.out)["n_rows"] == 1950


def test_a_small_table_is_compared_with_a_large_one(demarcate, large, tmp_path):
    pl.read_csv(large)[:200].with_columns(pl.col("x0") + 2).write_csv(tmp_path / "small.csv")
    arguments = ("audit", tmp_path / "small.csv", "--target", "target", "--no-rescore", "--json", "--quiet")
    drift = json.loads(demarcate(*arguments, "--against", large).out)["drift"]
    assert (drift["n_rows"], drift["n_new_rows"], drift["n_shared"]) == (200, 2000, None)
    assert [column["column"] for column in drift["columns"]] == ["x0"]


def test_what_random_folds_overstate_is_shown_for_groups_that_are_named(demarcate):
    visits = FIELD / "groups/visits.csv"
    outcome = demarcate("audit", visits, "--target", "relapse", "--group", "patient", "--json")
    report = json.loads(outcome.out, parse_constant=pytest.fail)
    assert not [finding for finding in report["findings"] if finding["rule"] == "groups"]
    (overstated,) = report["overstated"]
    assert (overstated["by"], overstated["columns"], overstated["is_named"]) == ("group", ["patient"], True)
    assert overstated["differences"]["roc_auc"]["low"] > 0


def test_groups_that_are_found_make_a_strict_audit_fail(demarcate):
    visits = FIELD / "groups/visits.csv"
    outcome = demarcate("audit", visits, "--target", "relapse", "--no-rescore", "--strict")
    assert outcome.code == 1
    assert "--group patient" in " ".join(outcome.out.split())
