"""A trained torch module is drawn as any classifier is."""

import numpy as np
import pytest
import torch
from torch import nn

from demarcate import datasets
from demarcate.errors import SettingError
from demarcate.inspection.module_classifier import ModuleClassifier, as_classifier
from demarcate.plotting import BoundaryDisplay, ConfusionDisplay, HistoryDisplay, ThresholdDisplay

MOONS = datasets.moons(n_samples=60, noise=0.2)
X = torch.tensor(MOONS.X.to_numpy(), dtype=torch.float32)


def module(n_outputs=2):
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 8), nn.Dropout(0.5), nn.Tanh(), nn.Linear(8, n_outputs))


@pytest.mark.parametrize(
    "table", [MOONS.X, MOONS.X.to_numpy(), MOONS.X.to_pandas(), X], ids=["polars", "array", "pandas", "tensor"]
)
def test_probabilities_are_those_of_the_logits_in_evaluation_mode(table):
    own = module().train()
    classifier = as_classifier(own, (table, MOONS.y))
    assert np.allclose(classifier.predict_proba(table), own.eval()(X).softmax(1).detach(), atol=1e-6)
    assert classifier.classes_.tolist() == [0, 1]


def test_the_mode_of_the_module_is_left_as_it_was():
    own = module().train()
    as_classifier(own, MOONS).predict(X)
    assert own.training


@pytest.mark.parametrize("squeeze", [False, True])
def test_one_logit_is_the_log_odds_of_the_second_class(squeeze):
    own = nn.Sequential(module(1), nn.Flatten(0)) if squeeze else module(1)
    probabilities = ModuleClassifier(own, np.array(["no", "yes"])).predict_proba(X)
    assert np.allclose(probabilities[:, 1], torch.sigmoid(own.eval()(X)).detach().reshape(-1), atol=1e-6)
    assert np.allclose(probabilities.sum(1), 1)


def test_other_estimators_stay_as_they_are():
    assert as_classifier(3, MOONS) == 3


def test_displays_take_a_module():
    for data in (MOONS, (X, torch.tensor(MOONS.y)), (X.numpy(), MOONS.y), (X.tolist(), MOONS.y)):
        display = BoundaryDisplay.from_estimator(module(), data, resolution=5, kind="probability")
        assert np.allclose(display.probabilities.sum(-1), 1)
    assert ConfusionDisplay.from_estimator(module(), X, MOONS.y).matrix.sum() == 60
    assert ThresholdDisplay.from_estimator(module(1), X, MOONS.y).figure_ is not None


@pytest.mark.parametrize(
    ("own", "data", "columns", "message"),
    [
        (nn.Linear(3, 2), MOONS, None, "^the module must take the 2 columns of the table, got RuntimeError: "),
        (
            nn.Linear(2, 3),
            MOONS,
            None,
            r"^the module must return 1 or 2 logits a row for 2 classes, got shape",
        ),
        (
            nn.Linear(13, 2),
            datasets.heart(),
            ("age", "chol"),
            "^the module takes numbers, and column 'sex' holds",
        ),
    ],
)
def test_a_module_of_other_rows_or_classes_is_refused_in_words(own, data, columns, message):
    with pytest.raises(SettingError, match=message):
        BoundaryDisplay.from_estimator(own, data, columns=columns, resolution=5)


def test_the_history_of_a_loop_of_ones_own_is_drawn():
    display = HistoryDisplay.from_run({"epoch": [1, 2], "train_loss": [0.7, 0.5], "test_loss": [0.8, 0.9]})
    assert display.curves["test_loss"].mean.tolist() == [0.8, 0.9]
    assert [ax.get_visible() for ax in display.ax_] == [True, False]


@pytest.mark.parametrize(
    ("history", "message"),
    [
        ({"loss": [1.0]}, "^A history has 'loss'. Name its columns train_loss, "),
        ({}, "^A history has no columns. "),
        ({"train_loss": [1.0, 2.0], "test_loss": [1.0]}, "have unequal lengths: train_loss 2, test_loss 1"),
    ],
)
def test_a_history_of_other_columns_is_refused(history, message):
    with pytest.raises(SettingError, match=message):
        HistoryDisplay.from_run(history)
