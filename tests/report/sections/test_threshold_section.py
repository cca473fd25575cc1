import json

import numpy as np
import pytest
from sklearn import metrics

from demarcate.evaluation import wilson_interval


def test_every_threshold_is_counted_rightly(binary_report, oof, parse_page, numbers):
    codes, probabilities = oof
    section = binary_report.to_json()["threshold"]
    for row in section["table"]:
        predicted = probabilities[:, 1] >= row["threshold"]
        n_true, n_false = int((predicted & (codes == 1)).sum()), int((predicted & (codes == 0)).sum())
        assert (row["true_positives"], row["false_positives"]) == (n_true, n_false)
        assert row["cost"] == pytest.approx((n_false + (codes == 1).sum() - n_true) / len(codes))
        assert row["recall"]["value"] == pytest.approx(metrics.recall_score(codes, predicted))
        if not predicted.any():
            assert row["precision"] is None
            continue
        assert row["precision"]["value"] == pytest.approx(metrics.precision_score(codes, predicted))
        low, high = wilson_interval(n_true, n_true + n_false)
        assert row["precision"]["low"] <= low + 1e-9
        assert row["precision"]["high"] >= high - 1e-9
    costs = [((probabilities[:, 1] >= number / 1000) != codes).mean() for number in range(1001)]
    assert costs[round(section["best"] * 1000)] == pytest.approx(min(costs))
    cells = parse_page(binary_report.to_html()).table("Decisions at each threshold")[1:]
    assert [numbers(row[1]) for row in cells] == [[row["true_positives"]] for row in section["table"]]


def test_at_its_own_threshold_the_intervals_are_those_of_the_report(binary_report):
    report = binary_report.to_json()
    half = report["threshold"]["table"][4]
    assert half["threshold"] == 0.5
    scores = report["classes"]["scores"][1]
    for name in ("precision", "recall"):
        assert half[name]["value"] == pytest.approx(scores[name]["value"])
        assert half[name]["low"] == pytest.approx(scores[name]["low"], abs=0.01)
        assert half[name]["high"] == pytest.approx(scores[name]["high"], abs=0.01)


def test_the_counts_for_the_script_add_up(binary_report, parse_page, section_of):
    section = section_of(binary_report, "threshold")
    scripts = parse_page(binary_report.to_html()).all("script")
    data = json.loads(next(each["text"] for each in scripts if each.get("type") == "application/json"))
    for steps, counts in zip(data["above"], (section.true_positives, section.false_positives), strict=True):
        assert (steps[0] - np.cumsum([0, *steps[1:]])).tolist() == counts.tolist()


def test_the_slider_starts_at_the_costs_and_the_threshold_of_the_model(cost_report):
    section = cost_report.to_json()["threshold"]
    assert (section["false_negative"], section["false_positive"], section["start"]) == (3.0, 1.0, 0.25)


def test_intervals_of_a_model_that_abstains_are_of_decided_rows(abstaining_report):
    section = abstaining_report.to_json()["threshold"]
    assert section["abstains"]
    half = section["table"][4]
    assert 0 < half["precision"]["low"] < half["precision"]["value"] < half["precision"]["high"] < 1
    assert "a threshold decides all of them" in abstaining_report.to_html()


def test_several_classes_have_no_threshold(multiclass_report):
    assert "threshold" not in multiclass_report.to_json()


def test_the_positive_class_is_the_named_one_or_the_second_which_is_said(cost_fit, cost_report, binary_report):
    classifier, _, labels = cost_fit
    section = cost_report.to_json()["threshold"]
    assert (section["positive"], section["negative"], section["is_named"]) == ("ill", "well", True)
    predicted = classifier.oof_proba_[:, 0] >= 0.5
    assert section["table"][4]["true_positives"] == (predicted & (labels == "ill")).sum()
    assert (binary_report.to_json()["threshold"]["positive"], cost_report.to_json()["headline"]["positive"]) == (
        "well",
        "ill",
    )
    sentence = "Nothing says which class is positive; it is the second label."
    assert (sentence in binary_report.to_html(), sentence in cost_report.to_html()) == (True, False)
