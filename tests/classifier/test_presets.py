import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from demarcate import DemarcateClassifier, Network, Training
from demarcate.classifier.plain_loop import setting_in_words
from demarcate.classifier.presets import AUTO, LESSON, LESSON_TABLES, PRESETS, Preset, preset_settings
from demarcate.datasets import BUILT_IN
from demarcate.errors import SettingError


def test_every_preset_has_a_setting_for_each_parameter_left_to_it():
    left = {name for name, value in DemarcateClassifier().get_params().items() if isinstance(value, str)}
    left = {name for name in left if DemarcateClassifier().get_params()[name] == AUTO}
    # These have an `auto` of their own, whatever the preset.
    left -= {"head", "device", "precision", "trees"}
    for name in PRESETS:
        assert set(preset_settings(name)) == left | {"betas"}


def test_presets_are_in_order_of_the_work_they_are():
    *by_work, lesson = PRESETS
    assert (by_work, lesson) == (["fast", "default", "best"], LESSON)
    for cheaper, dearer in pairwise(PRESETS[name] for name in by_work):
        assert cheaper.epochs * cheaper.n_folds * cheaper.n_seeds <= dearer.epochs * dearer.n_folds * dearer.n_seeds
        assert cheaper.patience < dearer.patience
        assert sum(cheaper.hidden) <= sum(dearer.hidden)


def test_presets_cannot_be_changed_for_everybody():
    with pytest.raises(TypeError):
        PRESETS["fast"] = PRESETS["best"]
    with pytest.raises(AttributeError):
        PRESETS["fast"].epochs = 1
    preset_settings("fast")["epochs"] = 1
    assert preset_settings("fast")["epochs"] == PRESETS["fast"].epochs


def test_a_name_from_numpy_is_a_name():
    assert preset_settings(np.array(["best", "fast"])[0]) == preset_settings("best")


@pytest.mark.parametrize("name", ["slow", "Fast", "", "auto", None, 1, ("fast",)])
def test_another_name_is_refused_with_those_there_are(name):
    with pytest.raises(SettingError, match=r"^preset must be one of fast, default, best, lesson, got "):
        preset_settings(name)


def test_the_lesson_is_the_training_that_train_has_by_default():
    classifier, plain = DemarcateClassifier(preset=LESSON), Training()
    assert classifier._training(300) == plain
    network = classifier._network()
    assert (network.activation, network.dropout) == (Network().activation, Network().dropout)


def test_settings_of_ones_own_override_those_of_the_lesson():
    classifier = DemarcateClassifier(preset=LESSON, dropout=0.15, lr=0.003, hidden=(4,), batch_size=None, patience=3)
    assert (classifier._network().hidden, classifier._network().dropout) == ((4,), 0.15)
    training = classifier._training(300)
    assert (training.lr, training.batch_size, training.patience) == (0.003, None, 3)


def test_what_the_lesson_sets_for_a_table_are_settings_of_the_classifier():
    assert set(LESSON_TABLES) == set(BUILT_IN)
    for settings in LESSON_TABLES.values():
        DemarcateClassifier(preset=LESSON, **settings).check_settings()


def test_every_setting_of_a_preset_says_why_the_default_differs_from_a_plain_loop():
    reasons = Preset.reasons()
    assert set(reasons) == set(preset_settings("default"))
    assert all(reason.endswith(".") for reason in reasons.values())


def test_the_documents_table_has_the_settings_of_default_and_lesson():
    page = (Path(__file__).parents[2] / "docs" / "default.md").read_text("utf-8")
    shown = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    presets = [preset_settings(name) for name in ("default", LESSON)]
    assert shown == [(name, *(setting_in_words(name, each[name]) for each in presets)) for name in presets[0]]
