"""Numbers of the page are those of scikit-learn and of counting."""

import json
import re

import numpy as np
import pytest
from sklearn import metrics

from demarcate.errors import InputError
from demarcate.evaluation import wilson_interval
from demarcate.report import Report


@pytest.fixture(scope="module")
def judged(two):
    """Labels, codes and probabilities of the out-of-fold rows."""
    classifier, _, labels = two
    return labels, (labels == classifier.classes_[1]).astype(int), classifier.oof_proba_


def numbers(text):
    return [float(each.replace(",", "")) for each in re.findall(r"-?\d[\d,]*\.?\d*", text)]


def test_scores_are_scikit_learns(two_report, judged, page_of):
    _, codes, probabilities = judged
    rows = {row[0]: row for row in page_of(two_report.to_html()).table("Scores with 95% intervals")[1:]}
    expected = {
        "accuracy": metrics.accuracy_score(codes, probabilities.argmax(1)),
        "log loss": metrics.log_loss(codes, probabilities),
        "ROC AUC": metrics.roc_auc_score(codes, probabilities[:, 1]),
        "Brier score": metrics.brier_score_loss(codes, probabilities[:, 1]),
    }
    for name, value in expected.items():
        row = next(cells for first, cells in rows.items() if first.startswith(name))
        shown, low, high = numbers(row[1])
        assert shown == pytest.approx(value, abs=6e-4)
        assert low <= shown <= high
    assert rows[next(name for name in rows if name.startswith("accuracy"))][2].startswith(
        f"{max(codes.mean(), 1 - codes.mean()):.3f}"
    )


def test_the_confusion_matrix_is_scikit_learns(two_report, judged, page_of):
    _, codes, probabilities = judged
    expected = metrics.confusion_matrix(codes, probabilities.argmax(1))
    rows = page_of(two_report.to_html()).table("Rows of each class (down)")[2:]
    assert [[numbers(cell)[0] for cell in row[1:]] for row in rows] == expected.tolist()


def test_every_threshold_is_counted_rightly(two_report, judged, page_of):
    _, codes, probabilities = judged
    section = two_report.to_json()["threshold"]
    for row in section["table"]:
        called = probabilities[:, 1] >= row["threshold"]
        hits, alarms = int((called & (codes == 1)).sum()), int((called & (codes == 0)).sum())
        assert (row["true_positives"], row["false_positives"]) == (hits, alarms)
        assert row["cost"] == pytest.approx((alarms + (codes == 1).sum() - hits) / len(codes))
        assert row["recall"]["value"] == pytest.approx(metrics.recall_score(codes, called))
        if not called.any():
            assert row["precision"] is None
            continue
        assert row["precision"]["value"] == pytest.approx(metrics.precision_score(codes, called))
        low, high = wilson_interval(hits, hits + alarms)
        assert row["precision"]["low"] <= low + 1e-9
        assert row["precision"]["high"] >= high - 1e-9
    costs = [((probabilities[:, 1] >= place / 1000) != codes).mean() for place in range(1001)]
    assert costs[round(section["best"] * 1000)] == pytest.approx(min(costs))
    cells = page_of(two_report.to_html()).table("What becomes of the rows at each threshold")[1:]
    assert [numbers(row[1]) for row in cells] == [[row["true_positives"]] for row in section["table"]]


def test_at_its_own_threshold_the_slider_has_the_intervals_of_the_report(two_report):
    report = two_report.to_json()
    half = report["threshold"]["table"][4]
    assert half["threshold"] == 0.5
    own = report["classes"]["scores"][1]
    for name, score in (("precision", own["precision"]), ("recall", own["recall"])):
        assert half[name]["value"] == pytest.approx(score["value"])
        assert half[name]["low"] == pytest.approx(score["low"], abs=0.01)
        assert half[name]["high"] == pytest.approx(score["high"], abs=0.01)


def test_what_the_script_is_given_adds_up_to_the_counts(two_report, page_of):
    section = next(each for each in two_report.sections if each.key == "threshold")
    data = next(each for each in page_of(two_report.to_html()).all("script") if each.get("type") == "application/json")
    falls = json.loads(data["text"])["above"]
    for fall, counts in zip(falls, (section.true_positives, section.false_positives), strict=True):
        assert (fall[0] - np.cumsum([0, *fall[1:]])).tolist() == counts.tolist()


def test_classes_have_scikit_learns_precision_recall_and_f1(two_report, judged, page_of):
    _, codes, probabilities = judged
    expected = metrics.precision_recall_fscore_support(codes, probabilities.argmax(1))
    rows = page_of(two_report.to_html()).table("Each class on out-of-fold rows")[1:]
    for code, row in enumerate(rows):
        assert int(row[1]) == expected[3][code]
        for cell, values in zip(row[2:], expected[:3], strict=True):
            assert numbers(cell)[0] == pytest.approx(values[code], abs=6e-4)


def test_curves_are_scikit_learns_within_half_a_cell_of_the_grid(two_report, judged):
    _, codes, probabilities = judged
    curve = two_report.to_json()["curves"]["classes"][0]
    false, true, _ = metrics.roc_curve(codes, probabilities[:, 1], drop_intermediate=False)
    every = np.stack([false, true], 1)
    for point in zip(curve["false_positive_rate"], curve["true_positive_rate"], strict=True):
        assert np.abs(every - point).max(1).min() < 1e-3
    area = np.trapezoid(curve["true_positive_rate"], curve["false_positive_rate"])
    assert area == pytest.approx(metrics.roc_auc_score(codes, probabilities[:, 1]), abs=2e-3)
    precision, recall, _ = metrics.precision_recall_curve(codes, probabilities[:, 1])
    every = np.stack([recall, precision], 1)
    for point in zip(curve["recall"], curve["precision"], strict=True):
        assert np.abs(every - point).max(1).min() < 1e-3


def test_the_worst_mistakes_are_the_largest_losses_of_wrong_rows(two_report, two, judged):
    _, frame, labels = two
    _, codes, probabilities = judged
    losses = -np.log(probabilities[np.arange(len(codes)), codes])
    wrong = np.flatnonzero(probabilities.argmax(1) != codes)
    expected = wrong[np.argsort(-losses[wrong])][:10]
    section = two_report.to_json()["mistakes"]
    assert [row["row"] for row in section["mistakes"]] == (expected + 1).tolist()
    worst = section["mistakes"][0]
    assert worst["truth"] == labels[expected[0]]
    assert worst["loss"] == pytest.approx(losses[expected[0]])
    column = section["columns"].index("colour")
    assert worst["cells"][column] == frame["colour"][int(expected[0])]
    assert section["n_mistakes"] == len(wrong)


def test_bins_add_up_and_their_error_is_the_calibration_error(two_report, judged):
    _, codes, _ = judged
    section = two_report.to_json()["reliability"]
    assert sum(each["n_rows"] for each in section["bins"]) == len(codes)
    error = sum(abs(each["share"] - each["probability"]) * each["n_rows"] for each in section["bins"]) / len(codes)
    assert error == pytest.approx(section["error"]["value"])
    for each in section["bins"]:
        low, high = wilson_interval(round(each["share"] * each["n_rows"]), each["n_rows"])
        assert (each["low"], each["high"]) == (low, high)


def test_leaving_rows_to_a_person_is_counted_rightly(many_report):
    judged = many_report.judged
    confidence, hits = judged.probabilities.max(1), judged.probabilities.argmax(1) == judged.codes
    for row in many_report.to_json()["abstaining"]["table"]:
        answered = confidence >= row["threshold"]
        assert row["left"] == (~answered).sum()
        assert row["right"] == (answered & hits).sum()
        assert row["cost"] == pytest.approx(((answered & ~hits).sum() + 0.25 * (~answered).sum()) / len(hits))


def test_the_page_is_of_the_very_rows_of_the_fit(two, table):
    classifier, frame, labels = two
    with pytest.raises(InputError, match="Baselines are fitted on the rows"):
        Report.of(classifier, frame.reverse(), labels)
    with pytest.raises(InputError, match="is of the rows that it was given"):
        Report.of(classifier, frame.reverse(), labels, baselines={})


def test_rows_of_weight_0_are_left_out_as_in_the_fit(table):
    from demarcate import DemarcateClassifier

    frame, codes = table(80)
    weight = np.ones(80)
    weight[::8] = 0
    classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(frame, codes, weight)
    told = Report.of(classifier, frame, codes, weight).to_json()
    assert told["headline"]["n_samples"] == 70


def test_given_rows_are_scored_as_they_are_and_the_training_rows_are_recognised(two, table):
    classifier, frame, labels = two
    predictor = classifier.predictor_.with_record(classifier.record())
    fresh, codes = table(90, seed=1)
    of = np.where(codes == 1, "ill", "well")
    report = Report.from_predictor(predictor, fresh, of)
    told = report.to_json()
    assert told["headline"]["rows"] == "given"
    assert not told["headline"]["own_rows"]
    accuracy = (predictor.predict(fresh) == of).mean()
    assert told["scores"]["contenders"][0]["scores"]["accuracy"]["value"] == pytest.approx(accuracy)
    keys = [each["key"] for each in told["scores"]["contenders"]]
    assert keys == ["demarcate", "majority", "demarcate_out-of-fold"]
    own = Report.from_predictor(predictor, frame, labels)
    assert own.judged.own_rows
    assert "flatter" in own.to_html()
    assert "These are the very rows" not in report.to_html()


def test_a_model_without_a_record_has_a_report(two, table):
    from dataclasses import replace

    classifier, _, _ = two
    fresh, codes = table(60, seed=2)
    told = Report.from_predictor(replace(classifier.predictor_, record={}), fresh, np.where(codes == 1, "ill", "well"))
    assert "training" not in told.to_json()
    assert "reproduce" not in told.to_json()
    assert "<h1>" in told.to_html()


def test_rows_of_one_class_have_no_ranking(two, table):
    classifier, _, _ = two
    fresh, codes = table(60, seed=3)
    kept = np.flatnonzero(codes == 1)
    report = Report.from_predictor(classifier.predictor_, fresh[kept], np.full(len(kept), "ill"))
    assert "curves" not in report.to_json()
    assert report.to_html()


def test_numbers_of_the_json_are_those_of_json(two_report, many_report):
    for report in (two_report, many_report):
        told = json.loads(json.dumps(report.to_json(), allow_nan=False))
        assert told["format"] == 1
        assert list(told)[1:] == [section.key for section in report.sections]
