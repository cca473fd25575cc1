import io
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import demarcate
from demarcate.export.pytorch_folder import load_folder
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.take_away import take_away


@pytest.fixture(scope="module")
def heart(trained_card):
    return trained_card(DataState(source="heart"), epoch=4, seeds=2, name="wide & deep")


def test_the_model_file_predicts_what_the_card_does(heart, tmp_path):
    taken = take_away(heart, "model")
    path = tmp_path / taken.name
    path.write_bytes(taken.data)
    X = heart.data.read.frame
    np.testing.assert_array_equal(demarcate.load(path).predict_proba(X), heart.predictor.predict_proba(X))
    assert (taken.name, taken.content_type) == ("wide-deep.safetensors", "application/octet-stream")


def test_the_folder_of_plain_pytorch_predicts_what_the_card_does(heart, tmp_path):
    taken = take_away(heart, "pytorch")
    assert (taken.name, taken.content_type) == ("wide-deep.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(taken.data)) as archive:
        archive.extractall(tmp_path)
    X = heart.data.read.frame
    found = load_folder(tmp_path / "wide-deep").probabilities(X.to_dicts())
    np.testing.assert_allclose(found, heart.predictor.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize("split", [SplitState(0.2, 0.2), SplitState(0.3, 0.0)])
def test_the_report_is_a_page_of_the_rows_that_were_held_out(trained_card, split):
    taken = take_away(trained_card(split=split), "report")
    page = taken.data.decode()
    assert (taken.name, taken.content_type) == ("small.html", "text/html; charset=utf-8")
    assert page.startswith("<!doctype html>")
    part = "test" if split.test else "validation"
    assert f"The scores are from {round(60 * (split.test or split.validation))} {part} rows. No network was" in page
    assert "may contain rows" not in page


@pytest.mark.parametrize(("losses", "is_told"), [([0.5, 0.4, 0.3], True), ([0.5, 0.3, 0.4], False)])
def test_the_report_advises_more_epochs_where_the_last_was_the_best(trained_card, losses, is_told):
    trained = trained_card()
    history = trained.history.with_columns(validation_loss=pl.Series(losses))
    page = take_away(replace(trained, history=history), "report").data
    assert (b"Train for longer" in page) == is_told


def test_the_report_has_the_curves_of_the_training(trained_card):
    assert b"epoch" in take_away(trained_card(), "report").data


def test_the_picture_is_drawn_over_the_axes_of_the_view(heart):
    taken = take_away(heart, "picture", ViewState(columns=("age", "chol")))
    assert taken.content_type == "image/png"
    assert taken.data.startswith(b"\x89PNG")


def test_what_cannot_be_taken_away_is_refused(heart):
    with pytest.raises(StudioError, match="Take a model, pytorch, report, picture"):
        take_away(heart, "film")


def test_a_card_before_training_and_one_with_a_name_of_no_letters_can_be_taken(trained_card):
    taken = take_away(trained_card(epoch=0, name="***"), "model")
    assert taken.name == "network.safetensors"
