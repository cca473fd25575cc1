from itertools import pairwise

import numpy as np
import pytest

from demarcate import DemarcateClassifier
from demarcate.classifier.presets import AUTO, PRESETS, preset_settings
from demarcate.errors import SettingError


def test_every_preset_has_a_setting_for_each_parameter_left_to_it():
    left = {name for name, value in DemarcateClassifier().get_params().items() if isinstance(value, str)}
    left = {name for name in left if DemarcateClassifier().get_params()[name] == AUTO}
    # These have an `auto` of their own, whatever the preset.
    left -= {"batch_size", "head", "device", "precision", "trees"}
    for name in PRESETS:
        assert set(preset_settings(name)) == left


def test_presets_are_in_order_of_the_work_they_are():
    assert list(PRESETS) == ["fast", "default", "best"]
    for cheaper, dearer in pairwise(PRESETS.values()):
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
    with pytest.raises(SettingError, match=r"^preset must be one of fast, default, best, got "):
        preset_settings(name)
