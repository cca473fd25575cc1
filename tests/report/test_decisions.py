"""Costs, abstaining, temperatures and prediction sets, where a classifier has them."""

from dataclasses import replace

import numpy as np
import pytest

from demarcate import DemarcateClassifier
from demarcate.inspection import Asked, permutation_importance
from demarcate.report import Report

TINY = {"hidden": (8,), "epochs": 12, "n_folds": 3}


@pytest.fixture(scope="module")
def costly(table):
    """A classifier that decides by cost, its table and its labels."""
    frame, codes = table(240)
    labels = np.where(codes == 1, "well", "ill")
    return DemarcateClassifier(**TINY, cost={"false_negative": 3}).fit(frame, labels), frame, labels


@pytest.fixture(scope="module")
def undecided(table):
    frame, codes = table(240)
    return DemarcateClassifier(**TINY, abstain=0.2).fit(frame, codes), frame, codes


def test_the_slider_begins_at_the_costs_and_the_threshold_of_the_model(costly):
    told = Report.of(*costly).to_json()["threshold"]
    assert (told["false_negative"], told["false_positive"], told["start"]) == (3.0, 1.0, 0.25)


def test_the_confusion_matrix_is_that_of_the_decisions(costly):
    classifier, _, labels = costly
    told = Report.of(*costly).to_json()["confusion"]
    decided = classifier.oof_proba_[:, 1] >= 0.25
    truth = labels == classifier.classes_[1]
    expected = [
        [(~truth & ~decided).sum(), (~truth & decided).sum()],
        [(truth & ~decided).sum(), (truth & decided).sum()],
    ]
    assert told["counts"] == np.array(expected).tolist()
    assert "from a probability of 0.250 on" in told["by"]


def test_costs_are_compared_as_the_classifier_compares_them(costly, page_of):
    classifier, _, _ = costly
    report = Report.of(*costly)
    assert report.to_json()["costs"]["compared"] == classifier.cost_comparison_.to_json()
    rows = page_of(report.to_html()).table("Costs on 240 out-of-fold rows")
    assert rows[1][1] == str(classifier.cost_comparison_.decided)


def test_the_command_and_the_code_name_the_costs(costly):
    told = Report.of(*costly).to_json()["reproduce"]
    assert "--cost well:ill=3" in told["command"]
    assert "cost=[[0.0, 1.0], [3.0, 0.0]]" in told["python"]


def test_rows_that_are_not_decided_have_a_column_and_are_no_mistakes(undecided, page_of):
    classifier, _, codes = undecided
    report = Report.of(*undecided)
    told = report.to_json()
    unsure = classifier.oof_proba_.max(1) < 0.8
    assert sum(told["confusion"]["abstained"]) == unsure.sum() > 0
    assert sum(map(sum, told["confusion"]["counts"])) == (~unsure).sum()
    wrong = (classifier.oof_proba_.argmax(1) != codes) & ~unsure
    assert told["mistakes"]["n_mistakes"] == wrong.sum()
    assert "not decided" in page_of(report.to_html()).table("Rows of each class (down)")[1]
    assert "--abstain 0.2" in told["reproduce"]["command"]


def test_sets_of_given_rows_are_counted_and_out_of_fold_rows_have_none(undecided, table):
    predictor = undecided[0].predictor_
    fresh, truth = table(150, seed=5)
    told = Report.from_predictor(predictor, fresh, truth).to_json()["sets"]
    for each in told["coverages"]:
        sets = predictor.predict_set(fresh, each["asked"])
        assert each["held"]["value"] == pytest.approx(sets[np.arange(150), truth].mean())
        assert each["sizes"] == np.bincount(sets.sum(1), minlength=3).tolist()
        assert each["held"]["low"] <= each["held"]["value"] <= each["held"]["high"]
    assert "sets" not in Report.of(*undecided).to_json()


def test_importance_is_of_probabilities_at_the_temperature(undecided):
    classifier, frame, codes = undecided
    every = [Asked(np.arange(240), tuple(range(3)))]
    rises = []
    for temperature in (None, 3.0):
        predictor = replace(classifier.predictor_, temperature=temperature)
        parsed = predictor.parse(frame)
        found = permutation_importance(predictor, parsed, codes, every, rows="given", n_permutations=2)
        rises.append(found.columns[0].log_loss.value)
        order = np.random.default_rng(0)
        order.permutation(240)
        shuffles = [order.permutation(240) for _ in range(2)]
        from sklearn.metrics import log_loss

        name = found.columns[0].column
        after = [predictor.probabilities({**parsed, name: parsed[name][each]}) for each in shuffles]
        expected = np.mean([log_loss(codes, each) for each in after]) - log_loss(codes, predictor.probabilities(parsed))
        assert rises[-1] == pytest.approx(expected, abs=1e-6)
    assert rises[0] > 1.2 * rises[1]


def test_several_classes_begin_at_the_cost_of_abstaining(many_report, table):
    frame, codes = table(200)
    of_three = codes + (np.arange(200) % 3 == 0)
    classifier = DemarcateClassifier(**TINY, abstain=0.3).fit(frame, of_three)
    assert Report.of(classifier, frame, of_three).to_json()["abstaining"]["person"] == 0.3
    assert many_report.to_json()["abstaining"]["person"] == 0.25


def test_the_slider_of_a_model_that_abstains_has_intervals_of_decided_rows(undecided, page_of):
    report = Report.of(*undecided)
    told = report.to_json()["threshold"]
    assert told["abstains"]
    half = told["table"][4]
    assert 0 < half["precision"]["low"] < half["precision"]["value"] < half["precision"]["high"] < 1
    assert "a threshold decides them all" in report.to_html()


@pytest.fixture(scope="module")
def three(table):
    """A table of three classes and its labels."""
    frame, codes = table(240)
    return frame, codes + (np.arange(240) % 3 == 0)


GOES_BY = "Accuracy and balanced accuracy are of the likeliest class"
LEFT_ASIDE = "What this model was told that mistakes cost is left aside here"


@pytest.mark.parametrize("which", ["costly", "undecided"])
def test_headline_and_scores_say_that_accuracy_is_not_of_the_decisions_by_cost(which, request, page_of):
    html = Report.of(*request.getfixturevalue(which)).to_html()
    texts = {each["id"]: each["text"] for each in page_of(html).all("section")}
    assert [key for key, text in texts.items() if GOES_BY in text] == ["headline", "scores"]
    assert "are of what the model decides by the costs it was given." in texts["headline"]


def test_where_the_likeliest_class_decides_nothing_is_said_of_decisions(two_report, many_report):
    for report in (two_report, many_report):
        assert report.to_json()["headline"]["decisions"] == ""
        assert GOES_BY not in report.to_html()


def test_a_threshold_without_costs_is_called_one(undecided, table):
    predictor = replace(undecided[0].predictor_, costs=None, threshold=0.3)
    told = Report.from_predictor(predictor, *table(100, seed=5)).to_json()["scores"]
    assert told["decisions"].endswith("are of what the model decides by its threshold.")


def test_leaving_rows_to_a_person_says_that_it_goes_by_no_costs_given(three):
    frame, codes = three
    costly = DemarcateClassifier(**TINY, cost={(0, 1): 5}).fit(frame, codes)
    report = Report.of(costly, frame, codes)
    assert LEFT_ASIDE in report.to_html()
    assert report.to_json()["abstaining"]["start"] == 0.5
    plain = DemarcateClassifier(**TINY).fit(frame, codes)
    assert LEFT_ASIDE not in Report.of(plain, frame, codes).to_html()


def test_leaving_rows_to_a_person_begins_where_a_model_that_abstains_leaves_them(three):
    frame, codes = three
    classifier = DemarcateClassifier(**TINY, abstain=0.4).fit(frame, codes)
    report = Report.of(classifier, frame, codes)
    section = next(each for each in report.sections if each.key == "abstaining")
    assert section.at(section.start)["left"] == sum(report.to_json()["confusion"]["abstained"]) > 0
    assert LEFT_ASIDE not in report.to_html()


def test_a_label_that_a_cost_option_cannot_name_is_given_in_python_alone(table):
    frame, codes = table(120)
    labels = np.where(codes == 1, "a:b", "c")
    classifier = DemarcateClassifier(**TINY, cost={"false_negative": 3}).fit(frame, labels)
    told = Report.of(classifier, frame, labels).to_json()["reproduce"]
    assert told["command"] == ""
    assert "cost=[[0.0, 1.0], [3.0, 0.0]]" in told["python"]
