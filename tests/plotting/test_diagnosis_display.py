import json

import numpy as np
import pytest

from demarcate import Network, Training, datasets, diagnose
from demarcate.errors import SettingError
from demarcate.plotting import DiagnosisDisplay


@pytest.fixture(scope="module")
def found():
    training = Training(lr=0.02, epochs=40, batch_size=None)
    return diagnose(datasets.moons(n_samples=100, noise=0.2), Network((2,), "tanh", dropout=0.1), training, seeds=5)


@pytest.fixture
def display(found):
    return DiagnosisDisplay.from_diagnosis(found)


def drawn(ax, label):
    container = next(container for container in ax.containers if container.get_label() == label)
    return container.lines[0].get_ydata()


def test_the_title_is_the_verdict_unless_another_is_given(found, display):
    assert display.figure_.get_suptitle() == found.headline
    assert DiagnosisDisplay.from_diagnosis(found, title="Mine").figure_.get_suptitle() == "Mine"


def test_the_curves_are_those_of_the_probes(found, display):
    help_, rows, capacity, regularisation = display.ax_.ravel()
    assert help_.get_title(loc="left") == "Would it help?"
    by_name = {tried.probe.name: tried for tried in found.probes}
    panels = {
        rows: ("quarter of the rows", "half of the rows", "configured"),
        capacity: ("smaller", "configured", "larger"),
        regularisation: ("unregularised", "configured", "regularised"),
    }
    for ax, names in panels.items():
        judged = [by_name[name].held_out.log_loss.value for name in names]
        train = [by_name[name].train.log_loss.value for name in names]
        assert np.allclose(drawn(ax, "rows not trained on"), judged)
        assert np.allclose(drawn(ax, "rows trained on"), train)
    assert [label.get_text() for label in rows.get_xticklabels()] == ["20", "40", "80"]
    assert [label.get_text() for label in capacity.get_xticklabels()] == ["1", "2", "16"]


def test_curves_share_their_limits(display):
    limits = {ax.get_ylim() for ax in display.ax_.ravel()[1:]}
    assert len(limits) == 1
    assert next(iter(limits))[0] >= 0


def test_every_effect_is_drawn_with_its_answer(found, display):
    ax = display.ax_[0, 0]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [name.replace("_", " ") for name in found.effects]
    points = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert np.allclose(points, [effect.log_loss.value for effect in found.effects.values()])
    assert [text.get_text() for text in ax.texts] == [effect.answer for effect in found.effects.values()]


def test_accuracy_can_be_drawn_in_place_of_the_loss(found):
    display = DiagnosisDisplay.from_diagnosis(found, metric="accuracy")
    assert display.ax_[0, 1].get_ylabel() == "accuracy"
    assert display.ax_[0, 1].get_ylim()[1] <= 1
    assert np.allclose(drawn(display.ax_[0, 1], "rows not trained on")[-1], found.held_out.accuracy.value)


def test_another_metric_is_refused(found):
    with pytest.raises(SettingError, match="metric is 'auc'"):
        DiagnosisDisplay.from_diagnosis(found, metric="auc")


def test_a_linear_network_has_no_smaller_one_to_draw():
    found = diagnose(datasets.moons(n_samples=60), Network(()), Training(lr=0.1, epochs=5), seeds=2)
    display = DiagnosisDisplay.from_diagnosis(found)
    assert [label.get_text() for label in display.ax_[1, 0].get_xticklabels()] == ["none", "32"]
    assert json.dumps(found.to_json())


def test_the_caption_says_the_gap_and_how_large_a_large_one_is(found, display):
    words = " ".join(" ".join(text.get_text() for text in display.ax_[0, 0].texts).split())
    words += " ".join(" ".join(text.get_text() for text in display.figure_.texts).split())
    words += " ".join(display.ax_[0, 0].get_xlabel().split())
    assert f"is {found.gap.log_loss} in full log loss" in words
    assert f"large from {found.large_gap:.3f}" in words
