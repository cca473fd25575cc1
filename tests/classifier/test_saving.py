import sys
import threading

import numpy as np
import pytest
import torch
from small_classifier import tiny

from demarcate import DemarcateClassifier, Predictor
from demarcate.errors import OutputError


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_is_an_error_and_the_older_model_stays(matrix, tmp_path):
    import resource

    path = tmp_path / "model.safetensors"
    path.write_bytes(b"older")
    fitted, limits = tiny().fit(*matrix), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OutputError, match=r"could not be written \(File too large\)\. Make room"):
            fitted.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [(path.name, b"older")]


def test_an_interrupt_leaves_no_thread_and_the_next_fit_resumes_from_the_checkpoint(matrix, tmp_path):
    def interrupt(progress):
        if progress.epoch == 2:
            raise KeyboardInterrupt

    before, settings = threading.active_count(), {"epochs": 4, "checkpoint": tmp_path / "checkpoint"}
    with pytest.raises(KeyboardInterrupt):
        tiny(on_epoch=interrupt, **settings).fit(*matrix)
    assert threading.active_count() == before
    assert not list(tmp_path.glob("**/.*"))
    resumed, undisturbed = tiny(**settings).fit(*matrix), tiny(epochs=4).fit(*matrix)
    np.testing.assert_array_equal(resumed.predict_proba(matrix[0]), undisturbed.predict_proba(matrix[0]))


def test_a_saved_classifier_predicts_the_same_and_records_its_fit(mixed, tmp_path):
    X, y = mixed
    fitted = tiny(device=torch.device("cpu"), lr=np.float32(0.01)).fit(X, y)
    fitted.save(tmp_path / "model.safetensors")
    predictor = DemarcateClassifier.load(tmp_path / "model.safetensors")
    assert isinstance(predictor, Predictor)
    np.testing.assert_array_equal(predictor.predict_proba(X), fitted.predict_proba(X))
    record = predictor.record
    assert record["n_samples"] == 80
    assert record["scores"]["accuracy"]["value"] == fitted.scores_["accuracy"].value
    assert record["settings"]["device"] == "cpu"
    assert record["provenance"]["seed"] == 0
    assert len(record["members"]) == 2


def test_an_unfitted_estimator_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="not fitted"):
        tiny().save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())
