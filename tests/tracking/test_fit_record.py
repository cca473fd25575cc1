import pytest

from demarcate import DemarcateClassifier, Network, Training, datasets, train
from demarcate.errors import SettingError
from demarcate.tracking.fit_record import FitRecord


def test_a_record_has_every_score_with_its_interval_the_settings_and_the_curves(fitted):
    classifier, baselines = fitted
    record = FitRecord.of(classifier, baselines)
    accuracy = classifier.scores_["accuracy"]
    metrics = record.metrics()
    assert (metrics["accuracy"], metrics["accuracy_low"], metrics["accuracy_high"]) == (
        accuracy.value,
        accuracy.low,
        accuracy.high,
    )
    assert metrics["majority.log_loss"] == baselines["majority"]["log_loss"].value
    assert record.parameters["lr"] == "0.02"
    assert "verbose" not in record.parameters
    assert record.tags["target"] == "target"
    assert record.tags["n_samples"] == "80"
    assert [epoch for epoch, _ in record.curves["validation_loss"]] == [1, 2, 3]


def test_a_saved_model_gives_the_same_record(fitted, tmp_path):
    from demarcate import load

    classifier, _ = fitted
    classifier.save(tmp_path / "m.safetensors")
    own, saved = FitRecord.of(classifier), FitRecord.of(load(tmp_path / "m.safetensors"))
    assert saved.metrics() == own.metrics()
    assert saved.tags == own.tags
    assert saved.curves.keys() == own.curves.keys()


def test_what_was_not_fitted_is_refused():
    with pytest.raises(SettingError, match=r"^model must be a fitted classifier or a loaded model, got Demarcate"):
        FitRecord.of(DemarcateClassifier())
    run = train(datasets.moons(n_samples=60), Network((2,)), Training(epochs=1))["network"]
    with pytest.raises(SettingError, match=r"^The model has no record of its fit\. Track one"):
        FitRecord.of(run.predictor)
