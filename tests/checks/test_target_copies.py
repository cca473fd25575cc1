from datetime import date, timedelta

import numpy as np
import pytest

from demarcate.checks import audit_columns
from demarcate.checks.target_copies import auc
from demarcate.datasets import BUILT_IN
from demarcate.tabular import as_frame, encode_labels, infer_schema

N_ROWS = 400


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_data_sets_raise_no_alarm(name: str):
    data = BUILT_IN[name]()
    schema = infer_schema(as_frame(data.X), categorical=data.categorical)
    classes, codes = encode_labels(data.y)
    assert audit_columns(schema, schema.parse(as_frame(data.X)), codes, classes) == []


def test_a_table_of_noise_raises_no_alarm(audit, generator, three):
    words = generator.choice(["a", "b", "c"], N_ROWS)
    assert audit({"word": words}) == audit({"word": words}, three) == []


def told_by(kind, codes, generator):
    """A column that tells two classes."""
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
def test_a_column_that_tells_two_classes_is_a_leak(kind, audit, codes, generator):
    finding, *rest = audit({"told": told_by(kind, codes, generator)})
    assert (finding.rule, finding.severity, finding.columns) == ("giveaway", "leak", ("told",))
    assert str(finding).startswith("column 'told' alone gives the target away: ")
    assert str(finding).endswith("Is it known before the label is? If not, leave it out with drop")
    assert {other.rule for other in rest} <= {"missingness"}


@pytest.mark.parametrize("kind", ["word", "whole number", "number"])
def test_a_column_that_tells_three_classes_is_a_leak(kind, audit, three, generator):
    told = {"word": np.array(["x", "y", "z"])[three], "whole number": np.array([7, 1, 4])[three]}
    told["number"] = -three + generator.random(N_ROWS) / 2
    assert [finding.columns for finding in audit({"told": told[kind]}, three)] == [("told",)]


def test_the_figure_is_in_the_sentence_and_in_the_numbers(audit, codes):
    told = np.where(codes == 1, "treated", "not")
    told[:2] = ["treated" if word == "not" else "not" for word in told[:2]]
    (finding,) = audit({"told": told})
    assert "the most frequent class of each of its 2 values is right for 99.5% of rows" in finding.text
    assert "(the largest class has 50.0%)" in finding.text
    assert finding.numbers == {"share_right": 0.995, "largest_class": 0.5}


def test_guessing_right_is_no_feat_where_nearly_all_rows_are_of_one_class(audit):
    rare = np.arange(N_ROWS) % 25 == 0
    findings = audit({"told": np.where(rare, "x", "y")}, rare.astype(np.int64))
    assert [finding.rule for finding in findings] == ["classes", "classes"]


def test_values_that_occur_a_few_times_are_no_leak_but_doubtful(audit):
    names = [f"name {row // 3}" for row in range(N_ROWS)]
    (finding,) = audit({"name": names}, np.arange(N_ROWS) // 3 % 2)
    assert (finding.rule, finding.severity) == ("dominant", "warning")


def test_a_few_known_cells_are_no_leak(audit, codes, generator):
    known = np.arange(N_ROWS) % 10 == 0
    some = np.where(known, codes + generator.random(N_ROWS) / 2, np.nan)
    assert audit({"told": some}) == []


def test_a_constant_column_that_was_asked_for_tells_nothing(audit, codes, three):
    for labels in (codes, three):
        (finding,) = audit({"x": np.ones(N_ROWS)}, labels, numerical=["x"])
        assert finding.rule == "constant"


def test_names_of_columns_do_not_get_in_the_way(audit, codes, noise):
    beside = {"code": noise["noise 0"], "rows": noise["noise 1"], "cell": np.where(codes, "x", "y"), "0": codes}
    findings = audit({}, beside=beside)
    assert [(finding.rule, finding.columns) for finding in findings] == [
        ("giveaway", ("0",)),
        ("giveaway", ("cell",)),
        ("renamed", ("0", "cell")),
    ]


def test_the_area_is_that_of_scikit_learn(generator):
    from sklearn.metrics import roc_auc_score

    values, is_second = generator.integers(9, size=200), generator.random(200) < 0.3
    assert auc(values, is_second) == pytest.approx(roc_auc_score(is_second, values))
    assert auc(values, np.ones(200, dtype=bool)) is None
    assert auc(np.empty(0, dtype=np.int64), np.empty(0, dtype=bool)) is None
