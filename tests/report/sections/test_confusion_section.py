import numpy as np
import polars as pl
from sklearn import metrics


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


def test_with_many_classes_the_commonest_mistakes_replace_the_matrix(many_classes_report, parse_page):
    captions = parse_page(many_classes_report.to_html()).captions()
    assert not [each for each in captions if each.startswith("Rows by true class")]
    assert [each for each in captions if each.startswith("Wrong predictions by true and predicted class")]


def test_a_matrix_of_more_than_20_classes_is_said_to_be_left_out(report_of):
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=300), "b": rng.normal(size=300)})
    many, fewer = (report_of(frame, rng.integers(0, n_classes, 300)).to_html() for n_classes in (21, 20))
    assert "The matrix of 21 classes is too large to show; the commonest mistakes are listed instead." in many
    assert "too large to show" not in fewer


def test_missed_rows_and_false_alarms_are_named_after_the_positive_class(cost_report, binary_report):
    (_, missed), (alarms, _) = cost_report.to_json()["confusion"]["counts"]
    text = cost_report.to_html()
    assert f"{missed} row{'' if missed == 1 else 's'} of class <bdi>ill</bdi>" in text
    assert f"{alarms} row{'' if alarms == 1 else 's'} of class <bdi>well</bdi>" in text
    assert "false alarm" not in binary_report.to_html().split('id="threshold"')[0]
