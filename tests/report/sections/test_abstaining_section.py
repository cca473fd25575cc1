import numpy as np
import pytest

IGNORED = "The costs that this model was given are ignored here"


@pytest.fixture(scope="module")
def three_classes(table):
    frame, codes = table(240)
    return frame, codes + (np.arange(240) % 3 == 0)


def test_every_confidence_is_counted_rightly(multiclass_report):
    evaluated = multiclass_report.evaluated
    confidence = evaluated.probabilities.max(1)
    is_right = evaluated.probabilities.argmax(1) == evaluated.codes
    for row in multiclass_report.to_json()["abstaining"]["table"]:
        answered = confidence >= row["threshold"]
        assert row["left"] == (~answered).sum()
        assert row["right"] == (answered & is_right).sum()
        cost = (answered & ~is_right).sum() + 0.25 * (~answered).sum()
        assert row["cost"] == pytest.approx(cost / len(is_right))


def test_the_cost_of_a_person_starts_at_that_of_abstaining(multiclass_report, three_classes, report_of):
    assert report_of(*three_classes, abstain=0.3).to_json()["abstaining"]["person"] == 0.3
    assert multiclass_report.to_json()["abstaining"]["person"] == 0.25


def test_other_costs_of_the_model_are_said_to_be_ignored(three_classes, report_of):
    report = report_of(*three_classes, cost={(0, 1): 5})
    assert IGNORED in report.to_html()
    assert report.to_json()["abstaining"]["start"] == 0.5
    assert IGNORED not in report_of(*three_classes).to_html()


def test_the_slider_starts_where_the_model_abstains(three_classes, report_of, section_of):
    report = report_of(*three_classes, abstain=0.4, hidden=(8,), epochs=12, n_folds=3)
    section = section_of(report, "abstaining")
    assert section.at(section.start)["left"] == sum(report.to_json()["confusion"]["abstained"]) > 0
    assert IGNORED not in report.to_html()


def test_two_classes_have_a_threshold_instead(binary_report):
    assert "abstaining" not in binary_report.to_json()
