import numpy as np
import pytest

from demarcate.report import Report


def test_sets_of_given_rows_are_counted(abstaining_fit, table):
    predictor = abstaining_fit[0].predictor_
    fresh, truth = table(150, seed=5)
    for each in Report.from_predictor(predictor, fresh, truth).to_json()["sets"]["coverages"]:
        sets = predictor.predict_set(fresh, each["asked"])
        assert each["held"]["value"] == pytest.approx(sets[np.arange(150), truth].mean())
        assert each["sizes"] == np.bincount(sets.sum(1), minlength=3).tolist()
        assert each["held"]["low"] <= each["held"]["value"] <= each["held"]["high"]


def test_out_of_fold_rows_have_no_sets(abstaining_report):
    assert "sets" not in abstaining_report.to_json()
