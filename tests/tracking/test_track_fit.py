import tomllib
from pathlib import Path

import pytest

from demarcate import track
from demarcate.errors import SettingError
from demarcate.tracking import TRACKERS
from demarcate.tracking.trackers import Tracker


def test_a_tracker_that_is_none_is_refused(fitted):
    with pytest.raises(SettingError, match=r"^to must be mlflow or tensorboard, got 'wandb'$"):
        track(fitted[0], to="wandb")


def test_a_tracker_that_is_not_installed_says_how_to_install_it():
    with pytest.raises(SettingError, match=r"install 'demarcate\[nowhere\]'\.$"):
        Tracker("nowhere", "no_such_package", "demarcate:load").check()


def test_a_model_of_numpy_is_refused_with_the_remedy(fitted, tmp_path):
    from demarcate import load

    pytest.importorskip("tensorboard")
    fitted[0].save(tmp_path / "m.safetensors")
    with pytest.raises(SettingError, match=r"^model must be loaded with backend='torch'"):
        track(load(tmp_path / "m.safetensors", backend="numpy"), to="tensorboard", at=tmp_path)


@pytest.mark.parametrize("tracker", TRACKERS.values(), ids=TRACKERS)
def test_every_tracker_has_a_function_and_an_extra(tracker):
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert callable(tracker.function())
    assert tracker.name in project["optional-dependencies"]
