"""Ensembles of several kinds of network."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from small_classifier import tiny

from demarcate import DemarcateClassifier, load
from demarcate.classifier import cross_validation
from demarcate.classifier.cross_validation import HOLDOUT_MEMBERS_OF_EACH, fit_ensemble, usable_kinds
from demarcate.classifier.kinds import ELIMINATION_EPOCH, VARIATIONS, Kind, elimination
from demarcate.classifier.presets import PRESETS
from demarcate.classifier.trained_kinds import TrainedKinds
from demarcate.engine import Training
from demarcate.engine.results import ValidationResult
from demarcate.errors import InputWarning, SettingError
from demarcate.evaluation.mixing import kind_weights, mixture
from demarcate.nn import Network
from demarcate.tabular import infer_schema
from demarcate.tabular.dependence import Dependence
from demarcate.trainingset import TrainingSet

QUICK = Training(lr=0.02, epochs=5, batch_size=16)
STOPPING = Training(lr=0.05, epochs=15, batch_size=16, patience=3)
PLAIN, LEAVES = Kind("plain", Network((6,)), QUICK), Kind("leaves", Network((4,)), QUICK, trees=True)


def make_training_set(n_rows=60, weights=None, dependence=None):
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 2, n_rows)
    table = pl.DataFrame({"size": draw.normal(0, 1, n_rows) + codes, "kind": draw.choice(["a", "b", "c"], n_rows)})
    schema = infer_schema(table)
    parts = schema, schema.parse(table), np.array(["no", "yes"]), codes.astype(np.int64), weights
    return replace(TrainingSet(*parts), dependence=dependence)


def fitted(training_set, kinds=(PLAIN, LEAVES), **settings):
    chosen = {"n_folds": 3, "n_seeds": 1, "holdout_above": 1000, "seed": 0, **settings}
    return fit_ensemble(training_set, kinds, device="cpu", **chosen)


def trained_as(training, *kinds):
    return [replace(kind, training=training) for kind in kinds or (PLAIN, LEAVES)]


@pytest.fixture
def weighing(monkeypatch):
    """Makes kinds weigh something else in the predictor than held-out rows chose."""

    def weigh(*weights):
        monkeypatch.setattr(cross_validation, "kind_weights", lambda *_, **__: np.array(weights))

    return weigh


# The kinds that settings ask for


def test_by_default_there_are_several_kinds_the_first_of_them_that_of_the_settings(matrix, ensemble_arguments):
    kinds, _ = ensemble_arguments(matrix)
    assert kinds[0].network.hidden == PRESETS["default"].hidden
    assert {kind.trees for kind in kinds} == {False, True}
    assert len({kind.name for kind in kinds}) == len({(kind.network, kind.training, kind.trees) for kind in kinds})


@pytest.mark.parametrize(
    ("settings", "trees"),
    [
        ({"hidden": (5,)}, False),
        ({"hidden": (5,), "trees": True}, True),
        ({"pieces": False}, False),
        ({"trees": True}, True),
        ({"trees": np.bool_(False)}, False),
    ],
)
def test_widths_bins_or_trees_of_ones_own_make_one_kind(matrix, ensemble_arguments, settings, trees):
    (kind,), _ = ensemble_arguments(matrix, **settings)
    assert kind.trees == trees
    assert kind.network.hidden == settings.get("hidden", PRESETS["default"].hidden)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_a_table_of_many_rows_has_no_kind_for_few(ensemble_arguments, preset):
    for most in {each.most_rows for each in VARIATIONS["best"] if each.most_rows}:
        for n_rows in (most, most + 1):
            labels = np.arange(n_rows) % 2
            kinds, _ = ensemble_arguments((labels[:, np.newaxis] * 1.5, labels), preset=preset)
            expected = [each.name for each in VARIATIONS[preset] if n_rows <= (each.most_rows or n_rows)]
            assert [kind.name for kind in kinds] == expected


def test_of_few_rows_a_linear_network_reads_numbers_as_they_are(matrix, ensemble_arguments):
    linear = next(kind for kind in ensemble_arguments(matrix)[0] if kind.name == "linear")
    assert (linear.network.hidden, linear.pieces, linear.trees) == ((), False, False)


def test_kinds_that_read_the_same_share_encoders_and_others_have_their_own(weighing):
    weighing(0.3, 0.3, 0.4)
    whole = replace(PLAIN, name="whole", pieces=False)
    ensemble = fitted(make_training_set(), [PLAIN, replace(PLAIN, name="again"), whole], pieces=True)
    n_folds = len(ensemble.splits)
    encoding = np.reshape(ensemble.predictor.encoding, (3, n_folds))
    assert encoding[0].tolist() == encoding[1].tolist()
    assert not set(encoding[0]) & set(encoding[2])
    widths = [[ensemble.predictor.encoders[number].n_encoded for number in row] for row in encoding]
    assert all(wide > narrow for wide, narrow in zip(widths[0], widths[2], strict=True))


def test_dropout_of_ones_own_is_that_of_every_kind(matrix, ensemble_arguments):
    kinds, _ = ensemble_arguments(matrix, dropout=0.3, preset="best")
    assert {kind.network.dropout for kind in kinds} == {0.3}


def test_no_kind_trains_longer_than_asked_for(matrix, ensemble_arguments):
    kinds, _ = ensemble_arguments(matrix, epochs=7, patience=3, preset="best")
    assert {(kind.training.epochs, kind.training.patience) for kind in kinds} == {(7, 3)}
    kinds, _ = ensemble_arguments(matrix, patience=None, preset="best")
    assert {kind.training.patience for kind in kinds} == {None}


@pytest.mark.parametrize("trees", ["yes", "True", 1, None])
def test_trees_that_are_neither_true_nor_false_nor_auto_are_refused(matrix, trees):
    with pytest.raises(SettingError, match=f"^trees must be True, False or 'auto', got {trees!r}$"):
        tiny(trees=trees).fit(*matrix)


def test_networks_of_trees_true_read_leaves(matrix):
    with_trees, without = tiny(trees=True).fit(*matrix).predictor_, tiny().fit(*matrix).predictor_
    assert all(encoder.leaves is not None for encoder in with_trees.encoders)
    assert all(encoder.leaves is None for encoder in without.encoders)
    assert with_trees.weights is None


# Kinds that differ on a table


def test_where_trees_have_no_column_to_test_kinds_that_read_them_are_left_out():
    without_trees = SimpleNamespace(grows_trees=False)
    assert usable_kinds([PLAIN, LEAVES], without_trees) == (PLAIN,)
    assert usable_kinds([LEAVES], without_trees) == (replace(LEAVES, trees=False),)
    assert usable_kinds([PLAIN, LEAVES], SimpleNamespace(grows_trees=True)) == (PLAIN, LEAVES)


def test_a_table_of_text_has_no_leaves():
    words = np.random.default_rng(0).choice(["fever", "cough", "rash", "pain"], (60, 4))
    X = pl.DataFrame({"note": [" ".join(row) for row in words]})
    clf = DemarcateClassifier(text=["note"], epochs=1, n_folds=2, trees=True, hidden=(4,))
    predictor = clf.fit(X, np.arange(60) % 2).predictor_
    assert all(encoder.leaves is None for encoder in predictor.encoders)


# Kinds that fall behind


def results_of(*losses):
    return {index: ValidationResult(loss, 0.5) for index, loss in enumerate(losses)}


def test_a_kind_whose_mean_loss_is_far_above_the_lowest_is_dropped():
    rule = elimination(3, 2)
    assert rule.drop(20, results_of(0.1, 0.3, 0.2, 0.4, 0.25, 0.3)) == []
    assert rule.drop(20, results_of(0.1, 0.3, 0.4, 0.3, 0.25, 0.3)) == [2, 3]
    assert rule.drop(20, results_of(*[np.inf] * 6)) == []


def test_a_single_kind_is_never_dropped():
    assert elimination(1, 8) is None


def test_a_kind_that_falls_far_behind_stops_and_does_not_predict():
    draw = np.random.default_rng(0)
    table = pl.DataFrame({"size": draw.normal(0, 1, 80)})
    schema, codes = infer_schema(table), (table["size"].to_numpy() > 0).astype(np.int64)
    training_set = TrainingSet(schema, schema.parse(table), np.array(["no", "yes"]), codes, None)
    able = Training(lr=0.05, epochs=ELIMINATION_EPOCH + 5, batch_size=16)
    idle = Kind("idle", Network((7,)), replace(able, lr=1e-9))
    seen = []
    ensemble = fitted(training_set, [idle, *trained_as(able)], on_epoch=seen.append)
    assert {network.hidden for network in ensemble.predictor.networks} <= {(6,), (4,)}
    assert not any(member.dropped for member in ensemble.members)
    assert {len(member.history.validation_loss) for member in ensemble.members} == {ELIMINATION_EPOCH + 5}
    n_active = {progress.epoch: 0 for progress in seen}
    for progress in seen:
        n_active[progress.epoch] += progress.n_active
    assert n_active[ELIMINATION_EPOCH] == 9
    assert n_active[ELIMINATION_EPOCH + 1] <= 6


def test_a_kind_is_dropped_although_one_of_its_members_had_stopped_by_itself():
    fates = [SimpleNamespace(dropped=dropped) for dropped in (False, True, False, False)]
    parts = (PLAIN, LEAVES), (), (), ("a", "b", "c", "d"), (0, 1, 0, 1), tuple(fates)
    kept = TrainedKinds(make_training_set(), *parts).without_dropped()
    assert (kept.kinds, kept.members, kept.folds) == ((LEAVES,), ("c", "d"), (0, 1))


# What members read, and what they weigh


def test_members_of_each_kind_read_through_the_encoders_of_their_fold(weighing):
    weighing(0.25, 0.45, 0.3)
    training_set = make_training_set()
    predictor = fitted(
        training_set, [PLAIN, LEAVES, Kind("wide", Network((7,)), QUICK, trees=True)], n_seeds=2
    ).predictor
    assert predictor.n_members == 18
    assert len(predictor.encoders) == 6
    assert predictor.member_folds.tolist() == [0, 1, 2] * 6
    assert predictor.weights == pytest.approx([0.25 / 6] * 6 + [0.45 / 6] * 6 + [0.05] * 6)
    for member, network in enumerate(predictor.networks):
        leaves = predictor.encoders[predictor.encoding[member]].leaves
        assert (leaves is None) == (network.hidden == (6,))


def test_probabilities_are_the_mean_of_the_kinds_by_their_weight(weighing):
    weighing(0.2, 0.8)
    training_set = make_training_set()
    predictor = fitted(training_set).predictor
    members = predictor._member_probabilities
    each = np.concatenate([part for _, part in members(training_set.parsed, range(6))], axis=1)
    expected = 0.2 * each[:3].mean(0) + 0.8 * each[3:].mean(0)
    np.testing.assert_allclose(predictor.probabilities(training_set.parsed), expected, atol=1e-12)


def test_kinds_that_weigh_nothing_are_left_out(weighing):
    weighing(0.0, 1.0)
    ensemble = fitted(make_training_set())
    assert {network.hidden for network in ensemble.predictor.networks} == {(4,)}
    assert (len(ensemble.members), len(ensemble.predictor.encoders)) == (3, 3)
    assert (ensemble.predictor.weights, ensemble.predictor.folds) == (None, None)


def test_the_weights_are_those_that_out_of_fold_rows_choose(monkeypatch):
    given = []

    def spy(*arguments):
        given.append(arguments)
        return kind_weights(*arguments)

    monkeypatch.setattr(cross_validation, "kind_weights", spy)
    training_set, groups = make_training_set(), np.repeat(np.arange(12), 5)
    ensemble = fitted(replace(training_set, dependence=Dependence(groups=groups), weights=np.linspace(1, 2, 60)))
    ((codes, probabilities, sampling),) = given
    assert codes.tolist() == training_set.codes.tolist()
    assert probabilities.shape == (2, 60, 2)
    assert sampling.clusters.tolist() == groups.tolist()
    assert sampling.weights.tolist() == np.linspace(1, 2, 60).tolist()
    share = ensemble.predictor.weights or [1 / 3] * 3
    assert sum(share) == pytest.approx(1)


# Out-of-fold probabilities


def of_kinds(ensemble, training_set, n_kinds):
    """Each kind's out-of-fold probabilities, by plain torch modules, ``(n_kinds, n_rows, 2)``."""
    predictor, n_folds = ensemble.predictor, len(ensemble.splits)
    own = np.empty((n_kinds, len(training_set.codes), 2))
    for kind in range(n_kinds):
        for fold, split in enumerate(ensemble.splits):
            member = kind * n_folds + fold
            encoder = predictor.encoders[predictor.encoding[member]]
            x = torch.from_numpy(encoder.encode(training_set.parsed))[split.scored]
            of_second = torch.sigmoid(predictor.member(member)(x).detach().double()[:, 0]).numpy()
            own[kind, split.scored] = np.stack([1 - of_second, of_second], 1)
    return own


def test_a_fold_is_scored_with_the_weights_that_the_other_folds_choose(weighing):
    weighing(0.5, 0.5)
    training_set = make_training_set()
    ensemble = fitted(training_set)
    own, codes = of_kinds(ensemble, training_set, 2), training_set.codes
    expected = np.empty((60, 2))
    for split in ensemble.splits:
        others = np.setdiff1d(np.arange(60), split.scored)
        weights = kind_weights(codes[others], own[:, others])
        expected[split.scored] = np.tensordot(weights, own[:, split.scored], 1)
    np.testing.assert_allclose(ensemble.probabilities, expected, atol=1e-6)
    np.testing.assert_allclose(ensemble.finished, expected, atol=1e-6)


def test_with_early_stopping_each_kind_is_scored_at_epochs_of_its_own(weighing, monkeypatch):
    weighing(0.5, 0.5)
    mixed, training_set = [], make_training_set()

    def spy(probabilities, weights):
        mixed.append(probabilities)
        return mixture(probabilities, weights)

    monkeypatch.setattr(cross_validation, "mixture", spy)
    slower = replace(STOPPING, lr=0.01, epochs=10)
    ensemble = fitted(training_set, [replace(PLAIN, training=STOPPING), replace(LEAVES, training=slower)])
    epochs = []
    for own, members in zip(mixed[0], (ensemble.members[:3], ensemble.members[3:]), strict=True):
        epochs.append([member.best_epoch for member in members])
        for place, (member, split) in enumerate(zip(members, ensemble.splits, strict=True)):
            losses = member.history.validation_loss
            expected = losses[min(epochs[-1][(place + 1) % 3], len(losses)) - 1].item()
            found = -np.log(own[split.scored, training_set.codes[split.scored]]).mean()
            assert found == pytest.approx(expected, rel=1e-5)
    assert epochs[0] != epochs[1]


def test_a_hold_out_has_some_members_of_each_kind_and_weights_of_parts_of_it(weighing):
    weighing(0.4, 0.6)
    training_set = make_training_set(120)
    ensemble = fitted(training_set, holdout_above=100)
    assert (len(ensemble.splits), ensemble.rows, len(ensemble.held)) == (1, "held-out", 24)
    assert ensemble.predictor.n_members == 2 * HOLDOUT_MEMBERS_OF_EACH
    assert set(ensemble.predictor.member_folds) == {0}
    cells = {name: column[ensemble.held] for name, column in training_set.parsed.items()}
    half = HOLDOUT_MEMBERS_OF_EACH
    first, second = (ensemble.predictor.probabilities(cells, range(start, start + half)) for start in (0, half))
    between = (ensemble.probabilities - second)[:, 1] / (first - second)[:, 1]
    assert (between > -1e-6).all()
    assert (between < 1 + 1e-6).all()
    assert ensemble.sampling.folds.tolist() == [0] * 24


# Rows that depend, and rows that weigh


def test_in_time_networks_of_all_rows_train_as_long_as_those_of_their_kind_did(weighing):
    weighing(0.3, 0.7)
    training_set = make_training_set(120, dependence=Dependence(times=np.arange(120, dtype=float)))
    kinds = [replace(PLAIN, training=replace(QUICK, epochs=4)), replace(LEAVES, training=replace(QUICK, epochs=6))]
    ensemble = fitted(training_set, kinds)
    assert ensemble.rows == "later"
    assert [member.best_epoch for member in ensemble.members] == [4] * HOLDOUT_MEMBERS_OF_EACH + [
        6
    ] * HOLDOUT_MEMBERS_OF_EACH
    assert ensemble.predictor.weights == pytest.approx([0.15] * 2 + [0.35] * 2)
    assert [encoder.leaves is None for encoder in ensemble.predictor.encoders] == [True, False]
    assert ensemble.scorer.n_members == 2 * len(ensemble.splits)


def test_in_time_all_kinds_weigh_the_same_in_the_first_window(
    weighing,
):
    weighing(0.5, 0.5)
    training_set = make_training_set(120, dependence=Dependence(times=np.arange(120, dtype=float)))
    both = fitted(training_set)
    first = both.splits[0].scored
    cells = {name: column[first] for name, column in training_set.parsed.items()}
    n_windows = len(both.splits)
    own = [both.scorer.probabilities(cells, [member]) for member in (0, n_windows)]
    np.testing.assert_allclose(both.probabilities[np.isin(both.held, first)], (own[0] + own[1]) / 2, atol=1e-9)


def test_in_time_a_kind_that_weighs_nothing_is_not_trained_on_all_rows(weighing):
    weighing(1.0, 0.0)
    ensemble = fitted(make_training_set(120, dependence=Dependence(times=np.arange(120, dtype=float))))
    assert [network.hidden for network in ensemble.predictor.networks] == [(6,)] * HOLDOUT_MEMBERS_OF_EACH
    assert [encoder.leaves for encoder in ensemble.predictor.encoders] == [None]


def test_of_weighted_rows_the_members_of_a_kind_stop_together(weighing):
    weighing(0.5, 0.5)
    training_set = make_training_set(weights=np.where(np.arange(60) % 3, 1.0, 9.0))
    kinds = [replace(PLAIN, training=STOPPING), replace(LEAVES, training=replace(STOPPING, lr=0.005, epochs=10))]
    members = fitted(training_set, kinds).members
    epochs = [{len(member.history.train_loss) for member in own} for own in (members[:3], members[3:])]
    assert [len(each) for each in epochs] == [1, 1]
    assert epochs[0] != epochs[1]


# The classifier


@pytest.fixture(scope="module")
def default(mixed):
    """The default, and a table; fitted briefly."""
    return DemarcateClassifier(epochs=3, n_folds=2, batch_size=16, lr=0.01).fit(*mixed), *mixed


def test_the_same_fit_has_the_same_bits(default):
    clf, X, y = default
    again = DemarcateClassifier(**clf.get_params()).fit(X, y)
    assert np.array_equal(clf.oof_proba_, again.oof_proba_)
    assert np.array_equal(clf.predict_proba(X), again.predict_proba(X))
    assert clf.predictor_.weights == again.predictor_.weights


def test_a_saved_model_predicts_as_the_classifier_does(default, tmp_path):
    clf, X, _ = default
    clf.save(tmp_path / "m.safetensors")
    loaded = load(tmp_path / "m.safetensors")
    assert np.array_equal(loaded.predict_proba(X), clf.predict_proba(X))
    assert np.array_equal(loaded.predict_set(X), clf.predict_set(X))
    assert np.array_equal(loaded.spread(X), clf.spread(X))
    assert (loaded.weights, loaded.networks) == (clf.predictor_.weights, clf.predictor_.networks)
    assert len(loaded.record["members"]) == loaded.n_members == len(clf.members_)


def test_a_fit_that_was_interrupted_ends_with_the_same_bits(default, tmp_path):
    clf, X, y = default

    def interrupt(progress):
        if progress.epoch == 2:
            raise RuntimeError("stop here")

    settings = {**clf.get_params(), "checkpoint": tmp_path / "folder"}
    with pytest.raises(RuntimeError, match="stop here"):
        DemarcateClassifier(**{**settings, "on_epoch": interrupt}).fit(X, y)
    resumed = DemarcateClassifier(**settings).fit(X, y)
    assert np.array_equal(resumed.oof_proba_, clf.oof_proba_)
    assert np.array_equal(resumed.predict_proba(X), clf.predict_proba(X))


@pytest.mark.parametrize("roles", [{}, {"time": np.arange(80)}, {"sample_weight": 1 + np.arange(80) % 2}])
def test_a_checkpoint_of_every_phase_of_training_is_resumed(mixed, tmp_path, roles):
    X, y = mixed
    settings = {"epochs": 2, "n_folds": 2, "batch_size": 32, "checkpoint": tmp_path / "folder"}
    first, again = (DemarcateClassifier(**settings).fit(X, y, **roles) for _ in range(2))
    assert np.array_equal(first.oof_proba_, again.oof_proba_)
    assert np.array_equal(first.predict_proba(X), again.predict_proba(X))


def test_every_network_of_every_kind_takes_steps_even_if_the_time_is_up_at_once(mixed):
    with pytest.warns(InputWarning, match="the time limit ended training after 1 epoch"):
        clf = DemarcateClassifier(n_folds=2, batch_size=16, time_limit=1e-6).fit(*mixed)
    assert all(len(member.history.train_loss) == 1 for member in clf.members_)
    assert np.isfinite(clf.predict_proba(mixed[0])).all()
