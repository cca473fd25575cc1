import pytest
from sklearn import metrics


def test_scores_by_class_are_scikit_learns(binary_report, oof, parse_page, numbers):
    codes, probabilities = oof
    expected = metrics.precision_recall_fscore_support(codes, probabilities.argmax(1))
    rows = parse_page(binary_report.to_html()).table("Scores of each class on out-of-fold rows")[1:]
    for code, row in enumerate(rows):
        assert int(row[1]) == expected[3][code]
        for cell, values in zip(row[2:], expected[:3], strict=True):
            assert numbers(cell)[0] == pytest.approx(values[code], abs=6e-4)


def test_precision_and_recall_of_the_positive_class_are_in_words(cost_report, binary_report):
    recall = cost_report.to_json()["classes"]["scores"][0]["recall"]["value"]
    assert f"Of the &#39;ill&#39; rows {recall:.0%} [" in cost_report.to_html()
    assert cost_report.to_json()["classes"]["positive"] == 0
    assert "are found" not in binary_report.to_html().split('id="classes"')[1]
