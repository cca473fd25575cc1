import numpy as np
import pytest


def test_the_worst_mistakes_are_the_largest_losses_of_wrong_predictions(binary_report, binary_fit, oof):
    _, frame, labels = binary_fit
    codes, probabilities = oof
    losses = -np.log(probabilities[np.arange(len(codes)), codes])
    wrong = np.flatnonzero(probabilities.argmax(1) != codes)
    expected = wrong[np.argsort(-losses[wrong])][:10]
    section = binary_report.to_json()["mistakes"]
    assert [row["row"] for row in section["mistakes"]] == (expected + 1).tolist()
    worst = section["mistakes"][0]
    assert worst["truth"] == labels[expected[0]]
    assert worst["loss"] == pytest.approx(losses[expected[0]])
    assert worst["cells"][section["columns"].index("colour")] == frame["colour"][int(expected[0])]
    assert section["n_mistakes"] == len(wrong)


def test_the_order_is_stated_as_it_is(binary_report):
    shares = [each["probability_truth"] for each in binary_report.to_json()["mistakes"]["mistakes"]]
    assert shares == sorted(shares)
    assert "Lowest probability of the true class first" in binary_report.to_html()


def test_undecided_rows_are_no_mistakes(abstaining_fit, abstaining_report):
    classifier, _, codes = abstaining_fit
    unsure = classifier.oof_proba_.max(1) < 0.8
    wrong = (classifier.oof_proba_.argmax(1) != codes) & ~unsure
    assert abstaining_report.to_json()["mistakes"]["n_mistakes"] == wrong.sum()
