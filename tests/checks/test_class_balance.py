import numpy as np
import pytest

N_ROWS = 400


def with_rule(rule, findings):
    return [finding for finding in findings if finding.rule == rule]


@pytest.mark.parametrize(("label", "is_warned_of"), [("NA", True), ("null", True), ("none", False), ("-", False)])
def test_a_class_that_looks_like_a_missing_label_is_warned_of(check, label, is_warned_of):
    found = with_rule("classes", check({}, classes=np.array([label, "yes"])))
    assert [finding.severity for finding in found] == ["warning"] * is_warned_of
    assert all(f"class {label!r} of 200 rows counts as a label" in finding.text for finding in found)


def test_rare_classes_are_noted_with_their_rows(check, codes):
    labels = np.where(np.arange(N_ROWS) < 9, 2, codes)
    (finding,) = with_rule("classes", check({}, labels))
    assert finding.severity == "note"
    assert finding.text.startswith("1 class has fewer than 30 rows ('2' 9): recall is known to")
    assert finding.numbers == {"rows": {"2": 9}}


def test_a_class_of_nearly_all_rows_is_noted(check):
    labels = (np.arange(N_ROWS) < 32).astype(np.int64)
    (finding,) = with_rule("classes", check({}, labels))
    assert "class '0' has 92.0% of the rows, so always predicting it has the same accuracy" in finding.text
