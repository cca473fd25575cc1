from datetime import date, timedelta

import numpy as np
import pytest

from demarcate.checks import check_table
from demarcate.datasets import BUILT_IN
from demarcate.tabular import as_frame, encode_labels, infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 400


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_data_sets_raise_no_alarm(name: str):
    data = BUILT_IN[name]()
    schema = infer_schema(as_frame(data.X), ColumnOptions.of(categorical=data.categorical))
    classes, codes = encode_labels(data.y)
    assert check_table(schema, schema.parse(as_frame(data.X)), codes, classes) == []


def test_a_table_of_noise_raises_no_alarm(check, generator, three):
    words = generator.choice(["a", "b", "c"], N_ROWS)
    assert check({"word": words}) == check({"word": words}, three) == []


def copy_of(kind, codes, generator):
    """A column that determines two classes."""
    return {
        "word": np.where(codes == 1, "treated", "not"),
        "truth": codes == 1,
        "whole number": codes * 5,
        "missing word": np.where(codes == 1, None, "reason"),
        "rising": codes + generator.random(N_ROWS) / 2,
        "falling": -codes + generator.random(N_ROWS) / 2,
        "date": [date(2020, 1, 1) + timedelta(days=400 * int(code) + row % 400) for row, code in enumerate(codes)],
        "missing number": np.where(codes == 1, np.nan, generator.normal(size=N_ROWS)),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["word", "truth", "whole number", "missing word", "rising", "falling", "date", "missing number"]
)
def test_a_column_that_determines_two_classes_is_a_leak(kind, check, codes, generator):
    finding, *rest = check({"told": copy_of(kind, codes, generator)})
    assert (finding.rule, finding.severity, finding.columns) == ("giveaway", "leak", ("told",))
    assert str(finding).startswith("column 'told' alone predicts the target: ")
    assert "Leave it out with drop unless it is known before the label" in str(finding)
    assert {other.rule for other in rest} <= {"missingness", "time"}


@pytest.mark.parametrize("kind", ["word", "whole number", "number"])
def test_a_column_that_determines_three_classes_is_a_leak(kind, check, three, generator):
    told = {"word": np.array(["x", "y", "z"])[three], "whole number": np.array([7, 1, 4])[three]}
    told["number"] = -three + generator.random(N_ROWS) / 2
    assert [finding.columns for finding in check({"told": told[kind]}, three)] == [("told",)]


def test_the_figure_is_in_the_sentence_and_in_the_numbers(check, codes):
    told = np.where(codes == 1, "treated", "not")
    told[:2] = ["treated" if word == "not" else "not" for word in told[:2]]
    (finding,) = check({"told": told})
    assert "predicting the most frequent class of each of its 2 values is right for 99.5% of rows" in finding.text
    assert "(the largest class has 50.0%)" in finding.text
    assert finding.numbers == {"share_right": 0.995, "largest_class": 0.5}


def test_guessing_right_is_no_feat_where_nearly_all_rows_are_of_one_class(check):
    rare = np.arange(N_ROWS) % 25 == 0
    findings = check({"told": np.where(rare, "x", "y")}, rare.astype(np.int64))
    assert [finding.rule for finding in findings] == ["classes", "classes"]


def test_values_that_occur_a_few_times_are_no_leak_but_subjects(check):
    names = [f"name {row // 3}" for row in range(N_ROWS)]
    (finding,) = check({"name": names}, np.arange(N_ROWS) // 3 % 2)
    assert (finding.rule, finding.severity) == ("groups", "warning")


def test_a_few_known_cells_are_no_leak(check, codes, generator):
    known = np.arange(N_ROWS) % 10 == 0
    some = np.where(known, codes + generator.random(N_ROWS) / 2, np.nan)
    assert check({"told": some}) == []


def test_a_constant_column_that_is_kept_is_no_leak(check, codes, three):
    for labels in (codes, three):
        (finding,) = check({"x": np.ones(N_ROWS)}, labels, numerical=["x"])
        assert finding.rule == "constant"


def test_names_of_columns_do_not_get_in_the_way(check, codes, noise):
    beside = {"code": noise["noise 0"], "rows": noise["noise 1"], "cell": np.where(codes, "x", "y"), "0": codes}
    findings = check({}, beside=beside)
    assert [(finding.rule, finding.columns) for finding in findings] == [
        ("giveaway", ("0",)),
        ("giveaway", ("cell",)),
        ("renamed", ("0", "cell")),
    ]
