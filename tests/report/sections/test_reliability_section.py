import pytest

from demarcate.evaluation import wilson_interval


def test_bins_add_up_and_their_error_is_the_calibration_error(binary_report, oof):
    codes, _ = oof
    section = binary_report.to_json()["reliability"]
    assert sum(each["n_rows"] for each in section["bins"]) == len(codes)
    error = sum(abs(each["share"] - each["probability"]) * each["n_rows"] for each in section["bins"]) / len(codes)
    assert error == pytest.approx(section["error"]["value"])
    for each in section["bins"]:
        interval = wilson_interval(round(each["share"] * each["n_rows"]), each["n_rows"])
        assert (each["low"], each["high"]) == interval


def test_bins_are_of_the_probability_of_the_positive_class(cost_report, cost_fit):
    section = cost_report.to_json()["reliability"]
    of_ill = cost_fit[0].oof_proba_[:, 0]
    assert section["what"] == "class ill"
    assert section["bins"][0]["least"] == pytest.approx(of_ill.min())
    error = sum(abs(each["share"] - each["probability"]) * each["n_rows"] for each in section["bins"]) / len(of_ill)
    assert error == pytest.approx(section["error"]["value"])
