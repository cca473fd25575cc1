from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics

from demarcate.inspection.confusion import ConfusionMatrix
from demarcate.report import Report


def test_the_matrix_is_scikit_learns(binary_report, oof, parse_page, numbers):
    codes, probabilities = oof
    expected = metrics.confusion_matrix(codes, probabilities.argmax(1))
    rows = parse_page(binary_report.to_html()).table("Rows by true class")[2:]
    assert [[numbers(cell)[0] for cell in row[1:]] for row in rows] == expected.tolist()


def test_the_matrix_is_that_of_the_decisions_by_cost(cost_fit, cost_report):
    classifier, _, labels = cost_fit
    section = cost_report.to_json()["confusion"]
    is_well = classifier.oof_proba_[:, 0] < 0.25
    assert section["counts"] == metrics.confusion_matrix(labels == "well", is_well).tolist()
    assert section["by"] == "ill from a probability of 0.250 on"


def test_undecided_rows_have_a_column(abstaining_fit, abstaining_report, parse_page):
    unsure = abstaining_fit[0].oof_proba_.max(1) < 0.8
    section = abstaining_report.to_json()["confusion"]
    assert sum(section["abstained"]) == unsure.sum() > 0
    assert sum(map(sum, section["counts"])) == (~unsure).sum()
    assert "undecided" in parse_page(abstaining_report.to_html()).table("Rows by true class")[1]


def test_the_cells_of_many_classes_are_small_and_the_commonest_mistakes_listed(
    many_classes_report, parse_page, section_of
):
    page, section = parse_page(many_classes_report.to_html()), section_of(many_classes_report, "confusion")
    rows = page.table("Rows by true class")[2:]
    shown = [[int(cell or 0) for cell in row[1:]] for row in rows]
    assert shown == section.matrix.counts.tolist()
    true_label, predicted_label, n_rows, _ = section.commonest_mistakes[0]
    mistakes = page.table("Wrong predictions by true and predicted class")
    assert mistakes[1][:3] == [true_label, predicted_label, str(n_rows)]


def test_a_matrix_of_more_than_40_classes_is_said_to_be_left_out(many_classes_report, section_of):
    section = section_of(many_classes_report, "confusion")
    matrix = ConfusionMatrix.of(np.arange(41), np.arange(41)[::-1], 41)
    many = replace(section, labels=[str(code) for code in range(41)], matrix=matrix)
    sections = tuple(many if each is section else each for each in many_classes_report.sections)
    html = replace(many_classes_report, sections=sections).to_html()
    assert "The matrix of 41 classes is too large to show; the commonest mistakes are listed instead." in html
    assert "too large to show" not in many_classes_report.to_html()


def test_a_stronger_colour_is_a_larger_share_and_small_shares_are_seen(binary_report, section_of):
    section = section_of(binary_report, "confusion")
    matrix = ConfusionMatrix(np.array([[97, 3], [50, 50]]), np.zeros(2, dtype=int))
    shades = replace(section, matrix=matrix)
    assert shades.shade(0, 0) > shades.shade(1, 1) == shades.shade(1, 0) > shades.shade(0, 1) > 0


@pytest.mark.parametrize("threshold", [0.4996, 1 / 3, 0.6004999])
def test_the_page_has_one_matrix_whose_counts_are_those_of_the_slider(threshold, recorded_predictor, table, parse_page):
    fresh, codes = table(2000, seed=3)
    truth = np.where(codes == 1, "ill", "well")
    predictor = replace(recorded_predictor, threshold=threshold)
    # A row between the threshold and the step that is nearest to it.
    probabilities = predictor.predict_proba(fresh)[:, 1]
    nearest = np.abs(probabilities - threshold).argmin()
    predictor = replace(predictor, threshold=float(np.nextafter(probabilities[nearest], 1)))
    report = Report.from_predictor(predictor, fresh, truth)
    (_, false_positives), (_, true_positives) = report.to_json()["confusion"]["counts"]
    page = parse_page(report.to_html())
    starts = {each["data-out"]: each["text"] for each in page.all("td") if "data-out" in each}
    assert starts["true-positives"].replace(",", "") == str(true_positives)
    assert starts["false-positives"].replace(",", "") == str(false_positives)
    assert len([each for each in page.all("table") if each.get("class", "").startswith("matrix")]) == 1


def test_missed_rows_and_false_alarms_are_named_after_the_positive_class(cost_report, binary_report):
    (_, missed), (alarms, _) = cost_report.to_json()["confusion"]["counts"]
    text = cost_report.to_html()
    assert f"{missed} row{'' if missed == 1 else 's'} of class <bdi>ill</bdi>" in text
    assert f"{alarms} row{'' if alarms == 1 else 's'} of class <bdi>well</bdi>" in text
    assert "false alarm" not in binary_report.to_html().split('id="threshold"')[0]
