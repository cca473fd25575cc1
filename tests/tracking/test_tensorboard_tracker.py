import numpy as np
import pytest

from demarcate import datasets, load, track
from demarcate.report import Report

pytest.importorskip("tensorboard")


def _events(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(folder)).Reload()


def test_a_run_has_curves_scores_parameters_and_the_model_file(fitted, tmp_path):
    classifier, baselines = fitted
    page = tmp_path / "page.html"
    page.write_text("<!doctype html>")
    folder = track(classifier, to="tensorboard", at=tmp_path / "runs", name="moons/1", baselines=baselines, report=page)
    assert folder == str(tmp_path / "runs" / "moons_1")
    events = _events(folder)
    loss = events.Scalars("loss/validation")
    assert [event.step for event in loss] == [1, 2, 3]
    shown = events.Scalars("scores/accuracy_low")[0].value
    assert shown == pytest.approx(classifier.scores_["accuracy"].low)
    text = events.Tensors("scores/text_summary")[0].tensor_proto.string_val[0].decode()
    assert str(baselines["majority"]["accuracy"]) in text
    again = load(tmp_path / "runs" / "moons_1" / "model.safetensors")
    X = datasets.moons(n_samples=10).X
    np.testing.assert_array_equal(again.predict_proba(X), classifier.predict_proba(X))
    assert (tmp_path / "runs" / "moons_1" / "page.html").exists()


def test_a_second_run_has_a_folder_of_its_own(fitted, tmp_path):
    folders = [track(fitted[0], to="tensorboard", at=tmp_path) for _ in range(2)]
    assert folders == [str(tmp_path / "target"), str(tmp_path / "target-2")]


def test_a_folder_that_cannot_be_written_is_an_error_with_its_remedy(fitted, tmp_path):
    from demarcate.errors import OutputError

    (tmp_path / "runs").write_text("a file")
    with pytest.raises(OutputError, match=r"^tensorboard cannot be written to: .*Check its address, or its folder\.$"):
        track(fitted[0], to="tensorboard", at=tmp_path / "runs")


def test_a_report_is_kept_with_the_run(fitted, tmp_path):
    classifier, baselines = fitted
    report = Report.of(classifier, *datasets.moons(n_samples=80, noise=0.2), baselines=baselines)
    folder = track(classifier, to="tensorboard", at=tmp_path, report=report)
    assert (tmp_path / "target" / "report.html").read_text(encoding="utf-8") == report.to_html()
    assert folder == str(tmp_path / "target")
