import numpy as np
import pytest
from sklearn.base import clone
from small_classifier import tiny

from demarcate import DemarcateClassifier
from demarcate.classifier.presets import PRESETS, preset_settings
from demarcate.errors import SettingError


@pytest.fixture
def preset_arguments(ensemble_arguments):
    """What becomes of the settings that a preset is about."""

    def find(matrix, **settings):
        (first, *_), others = ensemble_arguments(matrix, **settings)
        found = {**vars(first.training), **vars(first.network), **others}
        return {name: found[name] for name in expected("default")}

    return find


def expected(preset):
    """The settings of a preset on a table of few rows, but for the temperature, which comes after the training."""
    settings = {name: value for name, value in preset_settings(preset).items() if name != "calibrate"}
    return settings | {"batch_size": 32}


@pytest.mark.parametrize("preset", list(PRESETS))
def test_settings_left_at_auto_are_those_of_the_preset(matrix, preset_arguments, preset):
    assert preset_arguments(matrix, preset=preset) == expected(preset)
    assert preset_arguments(matrix, preset=np.array([preset])[0]) == expected(preset)


def test_the_default_is_the_preset_called_default(matrix, preset_arguments):
    assert preset_arguments(matrix) == expected("default")


@pytest.mark.parametrize(
    ("setting", "value", "found"),
    [
        ("hidden", (5, 4), (5, 4)),
        ("hidden", (), ()),
        ("hidden", np.array([7]), (7,)),
        ("epochs", 3, 3),
        ("patience", 2, 2),
        ("patience", None, None),
        ("n_folds", 2, 2),
        ("n_seeds", 5, 5),
        ("batch_size", 20, 20),
        ("activation", "relu", "relu"),
        ("lr", 0.1, 0.1),
        ("averaging", 0, 0.0),
        ("pieces", False, False),
        ("standardise", np.bool_(False), False),
        ("category_encoding", "integer", "integer"),
    ],
)
def test_a_given_setting_overrides_the_preset(matrix, preset_arguments, setting, value, found):
    asked = preset_arguments(matrix, preset="fast", **{setting: value})
    assert asked == {**expected("fast"), setting: found}


def test_auto_may_be_a_numpy_string(matrix, preset_arguments):
    named = dict.fromkeys(preset_settings("best").keys() - {"betas"}, np.array(["auto"])[0])
    assert preset_arguments(matrix, preset="best", **named) == expected("best")


def test_a_preset_can_be_set_and_cloned_like_any_parameter(matrix):
    classifier = DemarcateClassifier(preset="best", epochs=2)
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    assert (copy.preset, copy.hidden, copy.epochs) == ("best", "auto", 2)
    fitted = copy.set_params(preset="fast").fit(*matrix)
    assert len(fitted.splits_) == PRESETS["fast"].n_folds
    assert (fitted.preset, fitted.hidden) == ("fast", "auto")
    assert fitted.record()["settings"]["preset"] == "fast"


@pytest.mark.parametrize(
    ("settings", "n_rows", "n_classes", "found"),
    [
        ({}, 5000, 2, (128, 128)),
        ({}, 4999, 2, (256, 256)),
        ({}, 5000, 3, (256, 256)),
        ({"preset": "best"}, 5000, 2, (128, 128)),
        ({"hidden": (256,)}, 5000, 2, (256,)),
    ],
)
def test_two_classes_of_many_rows_take_narrow_layers_unless_widths_are_given(
    ensemble_arguments, settings, n_rows, n_classes, found
):
    labels = np.arange(n_rows) % n_classes
    (first, *_), _ = ensemble_arguments((labels[:, np.newaxis] * 1.5, labels), **settings)
    assert first.network.hidden == found


def test_an_unknown_preset_is_refused_in_fit(matrix):
    classifier = DemarcateClassifier(preset="quick")
    with pytest.raises(SettingError, match="preset must be one of fast, default, best, lesson, got 'quick'"):
        classifier.fit(*matrix)


def test_an_unknown_preset_is_refused_also_if_every_setting_is_given(matrix):
    with pytest.raises(SettingError, match="preset must be one of"):
        tiny(preset="quick", patience=3, n_seeds=1).fit(*matrix)
