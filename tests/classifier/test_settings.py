import re

import numpy as np
import pytest
from small_classifier import tiny

from demarcate import DemarcateClassifier
from demarcate.encoding.bin_edges import tree_bin_edges
from demarcate.errors import SettingError


class Foreign:
    """Of a type that no setting has."""


@pytest.mark.parametrize("name", DemarcateClassifier().get_params())
def test_a_setting_of_a_foreign_type_is_refused_by_its_name(matrix, name):
    with pytest.raises(SettingError, match=name) as refusal:
        tiny(**{name: Foreign()}).fit(*matrix)
    assert "Foreign object" in str(refusal.value)


@pytest.mark.parametrize("setting", [{"calibrate": "False"}, {"pieces": None}, {"hidden": "16"}, {"drop": 3}])
def test_a_setting_of_the_wrong_type_is_refused_with_its_value(matrix, setting):
    (value,) = setting.values()
    with pytest.raises(SettingError, match=re.escape(f"got {value!r}")):
        tiny(**setting).fit(*matrix)


def test_settings_are_stored_as_given_and_checked_in_fit(matrix):
    classifier = DemarcateClassifier(epochs=-1)
    assert classifier.epochs == -1
    with pytest.raises(SettingError, match="epochs must be a whole number from 1 up, got -1"):
        classifier.fit(*matrix)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        (
            {"epochs": 10**20},
            "epochs must be at most 1,000,000,000, got 100000000000000000000: steps are counted in 64 bits",
        ),
        ({"patience": 10**20}, "patience must be at most 1,000,000,000"),
        ({"n_seeds": 10**20}, "n_seeds is 100000000000000000000: more than 100,000 networks, which train together"),
        ({"n_folds": 10**6, "n_seeds": 1}, "n_folds is 1000000 and n_seeds is 1: more than 100,000 networks"),
    ],
)
def test_numbers_that_no_machine_could_train_are_refused_with_the_reason(setting, reason):
    with pytest.raises(SettingError, match=re.escape(reason)):
        DemarcateClassifier(**setting).check_settings()


def test_an_unknown_setting_is_refused_in_the_name_of_the_classifier():
    with pytest.raises(TypeError, match=r"^DemarcateClassifier.__init__\(\) got an unexpected keyword argument 'foo'"):
        DemarcateClassifier(foo=1)


def test_the_same_seed_gives_the_same_bits_and_another_does_not(matrix):
    X, y = matrix
    first, again, other = (tiny(random_state=seed).fit(X, y).predict_proba(X) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    a, b = (tiny(random_state=np.random.RandomState(5)).fit(X, y).predict_proba(X) for _ in range(2))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("random_state", -1),
        ("n_folds", 2.5),
        ("n_folds", 0),
        ("n_seeds", 0),
        ("holdout_above", None),
        ("hidden", (0,)),
        ("activation", "step"),
        ("dropout", 1),
        ("head", "svm"),
        ("optimizer", "lbfgs"),
        ("lr", 0),
        ("weight_decay", -1),
        ("schedule", "linear"),
        ("init", "zeros"),
        ("averaging", -0.5),
        ("hidden", "wide"),
        ("epochs", "many"),
        ("patience", "little"),
        ("n_folds", "few"),
        ("n_seeds", "few"),
        ("batch_size", "some"),
        ("patience", 0),
        ("device", "abacus"),
    ],
)
def test_a_setting_out_of_its_range_is_refused_by_name(matrix, setting, value):
    with pytest.raises(SettingError, match=rf"{setting}.*{re.escape(repr(value))}|{setting.split('_')[0]}.*got"):
        tiny(**{setting: value}).fit(*matrix)


def test_one_width_stands_for_one_layer(matrix):
    assert tiny(hidden=5).fit(*matrix).members_[0].network.hidden == (5,)
    assert tiny(hidden=np.array([5, 4])).fit(*matrix).members_[0].network.hidden == (5, 4)
    assert tiny(hidden=()).fit(*matrix).members_[0].network.hidden == ()


def test_above_holdout_above_one_holdout_takes_the_place_of_the_folds(matrix):
    X, y = matrix
    held = tiny(holdout_above=59, n_seeds=2).fit(X, y)
    assert held.predictor_.n_members == 8
    assert held.oof_rows_.shape == (12,)
    assert held.scores_["accuracy"].rows == "held-out"
    folds = tiny(holdout_above=60, n_seeds=2).fit(X, y)
    assert folds.predictor_.n_members == 4
    assert folds.oof_rows_.tolist() == list(range(60))
    assert folds.scores_["accuracy"].rows == "out-of-fold"


def test_every_epoch_is_reported(matrix):
    seen = []
    tiny(on_epoch=seen.append, patience=None).fit(*matrix)
    assert [progress.epoch for progress in seen] == [1, 2, 3]


def test_numbers_are_binned_unless_pieces_is_false(mixed):
    X, y = mixed
    kinds = [
        {encoder.kinds for encoder in tiny(pieces=pieces).fit(X, y).predictor_.encoders} for pieces in (True, False)
    ]
    assert kinds == [
        {("piecewise", "categorical", "categorical", "date")},
        {("numeric", "categorical", "categorical", "date")},
    ]


def test_bin_edges_of_each_fold_come_from_its_training_rows(matrix):
    X, y = matrix
    fitted = tiny().fit(X, y)
    for encoder, held in zip(fitted.predictor_.encoders, [split.scored for split in fitted.splits_], strict=True):
        train = np.setdiff1d(np.arange(len(y)), held)
        for place, column in enumerate(encoder.encoders):
            expected = tree_bin_edges(X[train, place], y[train], 2)
            assert column.edges.tolist() == expected.tolist()


def test_initial_probabilities_are_the_class_shares_unless_init_is_torch(matrix):
    X, _ = matrix
    rare = np.where(np.arange(60) % 6 == 0, "rare", "usual")
    begun = tiny(epochs=1, lr=1e-9).fit(X, rare).predict_proba(X)[:, 0]
    torchs = tiny(epochs=1, lr=1e-9, init="torch").fit(X, rare).predict_proba(X)[:, 0]
    assert abs(begun.mean() - 1 / 6) < 0.05
    assert torchs.mean() > 0.3


def test_init_averaging_and_pieces_reach_the_ensemble(matrix, ensemble_arguments):
    kinds, others = ensemble_arguments(matrix)
    assert {(kind.training.init, kind.training.averaging) for kind in kinds} == {("he", 2.0)}
    assert others["pieces"] is True
    (kind,), others = ensemble_arguments(matrix, init="torch", averaging=np.float32(0.5), pieces=np.bool_(False))
    assert (kind.training.init, kind.training.averaging, others["pieces"]) == ("torch", 0.5, False)
    assert type(others["pieces"]) is bool
