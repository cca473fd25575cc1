from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.classifier.cross_validation import HOLDOUT_MEMBERS, fit_ensemble
from demarcate.classifier.kinds import Kind
from demarcate.encoding import TableEncoder
from demarcate.engine import Training
from demarcate.engine.inputs import DenseInputs, SharedInputs
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.tabular import infer_schema
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.splits import cross_validation_splits, held_out_rows
from demarcate.trainingset import TrainingSet

REPEATABLE = settings(deadline=None, derandomize=True)
QUICK = Training(lr=0.02, epochs=6, batch_size=16)
NETWORK = Network(hidden=(6,))


@st.composite
def encode_labels(draw):
    """Class indices in any order; at least one class has a second row."""
    counts = draw(st.lists(st.integers(1, 12), min_size=2, max_size=5).filter(lambda counts: max(counts) > 1))
    return np.array(draw(st.permutations([code for code, count in enumerate(counts) for _ in range(count)])))


def make_training_set(n_rows=60, n_classes=2, weights=None):
    draw = np.random.default_rng(0)
    codes = draw.integers(0, n_classes, n_rows)
    table = pl.DataFrame({"size": draw.normal(0, 1, n_rows) + codes, "kind": draw.choice(["a", "b", "c"], n_rows)})
    schema = infer_schema(table)
    classes = np.array([f"class {code}" for code in range(n_classes)])
    return TrainingSet(schema, schema.parse(table), classes, codes.astype(np.int64), weights)


def fitted(training_set, training=QUICK, network=NETWORK, **settings):
    chosen = {"n_folds": 4, "n_seeds": 1, "holdout_above": 1000, "seed": 0, **settings}
    return fit_ensemble(training_set, [Kind("networks", network, training)], device="cpu", **chosen)


# Which rows are held out


@REPEATABLE
@given(encode_labels(), st.integers(2, 12), st.integers(0, 5))
def test_every_row_is_held_out_once_but_the_only_row_of_a_class(codes, n_folds, seed):
    groups = held_out_rows(codes, n_folds, holdout_above=1000, seed=seed)
    alone = np.bincount(codes)[codes] == 1
    assert sorted(np.concatenate(groups)) == np.flatnonzero(~alone).tolist()
    assert len(groups) == min(n_folds, np.count_nonzero(~alone))
    sizes = [len(group) for group in groups]
    assert max(sizes) - min(sizes) <= 1


@REPEATABLE
@given(encode_labels(), st.integers(2, 12), st.integers(0, 60), st.integers(0, 5))
def test_whatever_is_held_out_every_class_is_left_to_train_on(codes, n_folds, holdout_above, seed):
    for group in held_out_rows(codes, n_folds, holdout_above, seed):
        assert len(group) > 0
        assert set(np.delete(codes, group)) == set(codes)


@REPEATABLE
@given(encode_labels(), st.integers(0, 5))
def test_above_the_bound_there_is_one_hold_out_of_about_a_fifth(codes, seed):
    n_scorable = np.count_nonzero(np.bincount(codes)[codes] > 1)
    (group,) = held_out_rows(codes, 4, holdout_above=len(codes) - 1, seed=seed)
    assert len(group) == max(1, round(n_scorable / 5))
    assert len(set(group)) == len(group)


def test_a_hold_out_has_its_largest_size():
    (group,) = held_out_rows(np.arange(200_000) % 2, 4, holdout_above=1000, seed=0)
    assert len(group) == 20_000


def test_another_seed_holds_out_other_rows():
    codes = np.arange(40) % 2
    first, second, again = (held_out_rows(codes, 4, 1000, seed) for seed in (0, 1, 0))
    assert [group.tolist() for group in first] == [group.tolist() for group in again]
    assert [group.tolist() for group in first] != [group.tolist() for group in second]


# How encoded rows are kept


def inputs_of(training_set, n_folds=4):
    folds = np.arange(len(training_set.codes)) % n_folds
    encoders = [
        TableEncoder.fit(training_set.schema, training_set.parsed, np.flatnonzero(folds != fold))
        for fold in range(n_folds)
    ]
    return training_set.samples(encoders).inputs


def test_folds_are_encoded_ahead_while_they_are_small_and_the_table_is_shared_above(monkeypatch):
    training_set = make_training_set()
    n_bytes = inputs_of(training_set).matrices.nbytes
    monkeypatch.setattr("demarcate.trainingset.encoded_samples.DENSE_BYTES", n_bytes)
    assert isinstance(inputs_of(training_set), DenseInputs)
    monkeypatch.setattr("demarcate.trainingset.encoded_samples.DENSE_BYTES", n_bytes - 1)
    assert isinstance(inputs_of(training_set), SharedInputs)


def test_a_single_encoding_is_never_shared(monkeypatch):
    monkeypatch.setattr("demarcate.trainingset.encoded_samples.DENSE_BYTES", 0)
    training_set = make_training_set()
    encoder = TableEncoder.fit(training_set.schema, training_set.parsed, np.arange(40))
    assert isinstance(training_set.samples([encoder]).inputs, DenseInputs)


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("weights", [None, np.linspace(0.5, 2, 60)])
def test_out_of_fold_probabilities_do_not_depend_on_how_rows_are_stored(monkeypatch, weights, pieces):
    training_set = make_training_set(weights=weights)
    dense = fitted(training_set, pieces=pieces)
    monkeypatch.setattr("demarcate.trainingset.encoded_samples.DENSE_BYTES", 0)
    shared = fitted(training_set, pieces=pieces)
    assert np.array_equal(shared.held, dense.held)
    np.testing.assert_allclose(shared.probabilities, dense.probabilities, rtol=0, atol=1e-4)


# What is fitted on what


@pytest.mark.parametrize("pieces", [False, True])
def test_an_encoder_never_sees_the_rows_held_out_from_its_members(pieces):
    training_set = make_training_set()
    before = fitted(training_set, pieces=pieces)
    held = before.splits[1].scored
    cells = training_set.parsed["size"].copy()
    cells[held] = 1e6
    kinds = training_set.parsed["kind"].to_list()
    for row in held:
        kinds[row] = "never seen"
    changed = {"size": cells, "kind": pl.Series("kind", kinds)}
    after = fitted(TrainingSet(training_set.schema, changed, training_set.classes, training_set.codes), pieces=pieces)
    matrices = [[encoder.encode(training_set.parsed) for encoder in one.predictor.encoders] for one in (before, after)]
    assert np.array_equal(matrices[0][1], matrices[1][1])
    for fold in (0, 2, 3):
        assert matrices[0][fold].shape != matrices[1][fold].shape or not np.allclose(*(m[fold] for m in matrices))


@pytest.mark.parametrize("pieces", [False, True])
@pytest.mark.parametrize("init", ["torch", "he"])
def test_the_labels_of_held_out_rows_do_not_teach_their_members(monkeypatch, pieces, init):
    training_set, training = make_training_set(), replace(QUICK, init=init)
    before = fitted(training_set, training, pieces=pieces)
    assert pieces == any(len(getattr(encoder.encoders[0], "edges", ())) > 2 for encoder in before.predictor.encoders)
    monkeypatch.setattr("demarcate.classifier.cross_validation.splits_of", lambda *_: list(before.splits))
    codes = training_set.codes.copy()
    codes[before.splits[2].scored] = 1 - codes[before.splits[2].scored]
    after = fitted(
        TrainingSet(training_set.schema, training_set.parsed, training_set.classes, codes), training, pieces=pieces
    )
    same = [
        all(
            pair[0].shape == pair[1].shape and torch.allclose(*pair)
            for layers in zip(one.state, other.state, strict=True)
            for pair in zip(*layers, strict=True)
        )
        for one, other in zip(before.members, after.members, strict=True)
    ]
    assert same == [False, False, True, False]


# Out-of-fold probabilities


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("n_seeds", [1, 2])
def test_out_of_fold_probabilities_come_from_members_that_did_not_train_on_the_row(n_seeds, n_classes):
    training_set = make_training_set(n_classes=n_classes)
    ensemble = fitted(training_set, n_seeds=n_seeds)
    assert ensemble.rows == "out-of-fold"
    assert ensemble.held.tolist() == list(range(60))
    assert ensemble.predictor.encoding == (0, 1, 2, 3) * n_seeds
    expected = np.empty((60, n_classes))
    for fold, held in enumerate(split.scored for split in ensemble.splits):
        chances = []
        for index in range(fold, 4 * n_seeds, 4):
            x = torch.from_numpy(ensemble.predictor.encoders[fold].encode(training_set.parsed))[held]
            logits = ensemble.predictor.member(index)(x).detach().double()
            logits = logits if n_classes > 2 else torch.cat([torch.zeros_like(logits), logits], 1)
            chances.append(torch.softmax(logits, 1).numpy())
        expected[held] = np.mean(chances, 0)
    np.testing.assert_allclose(ensemble.probabilities, expected, atol=1e-6)


def test_a_members_validation_loss_is_that_of_the_rows_held_out_from_it():
    training_set = make_training_set()
    ensemble = fitted(training_set)
    for fold, held in enumerate(split.scored for split in ensemble.splits):
        chances = ensemble.probabilities[held, training_set.codes[held]]
        found = ensemble.members[fold].history.validation_loss[-1].item()
        assert -np.log(chances).mean() == pytest.approx(found, rel=1e-5)


def test_with_early_stopping_rows_are_scored_at_the_epoch_that_the_next_fold_chose():
    training_set = make_training_set()
    stopping = Training(lr=0.05, epochs=40, batch_size=16, patience=3)
    ensemble = fitted(training_set, stopping)
    sizes = [len(split.scored) for split in ensemble.splits]
    assert len({member.best_epoch for member in ensemble.members}) > 1
    for fold, held in enumerate(split.scored for split in ensemble.splits):
        losses = ensemble.members[fold].history.validation_loss
        epoch = ensemble.members[(fold + 1) % 4].best_epoch
        expected = losses[min(epoch, len(losses)) - 1].item()
        assert -np.log(ensemble.probabilities[held, training_set.codes[held]]).mean() == pytest.approx(
            expected, rel=1e-5
        )
    own = sum(
        member.history.validation_loss.min().item() * n for member, n in zip(ensemble.members, sizes, strict=True)
    )
    assert -np.log(ensemble.probabilities[ensemble.held, training_set.codes]).sum() >= own


def test_finished_members_say_of_held_rows_what_their_best_epoch_did():
    training_set = make_training_set()
    ensemble = fitted(training_set, Training(lr=0.05, epochs=40, batch_size=16, patience=3))
    for fold, held in enumerate(split.scored for split in ensemble.splits):
        member = ensemble.members[fold]
        expected = member.history.validation_loss[member.best_epoch - 1].item()
        assert -np.log(ensemble.finished[held, training_set.codes[held]]).mean() == pytest.approx(expected, rel=1e-5)


def test_the_predictor_has_each_members_best_weights():
    ensemble = fitted(make_training_set(), Training(lr=0.05, epochs=40, batch_size=16, patience=3))
    for state, member in zip(ensemble.predictor.states(), ensemble.members, strict=True):
        for found, expected in zip(state, member.state, strict=True):
            assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))


def test_a_hold_out_is_predicted_by_every_member_and_trained_on_by_none():
    training_set = make_training_set(120)
    ensemble = fitted(training_set, holdout_above=100, n_seeds=2)
    group = ensemble.splits[0].scored
    assert len(ensemble.splits) == 1
    assert ensemble.rows == "held-out"
    assert ensemble.held.tolist() == group.tolist()
    assert len(group) == 24
    assert ensemble.predictor.n_members == 2 * HOLDOUT_MEMBERS
    cells = {name: column[group] for name, column in training_set.parsed.items()}
    np.testing.assert_allclose(ensemble.probabilities, ensemble.predictor.probabilities(cells), atol=1e-6)


def test_the_only_row_of_a_class_is_trained_on_and_not_scored():
    training_set = make_training_set()
    codes = training_set.codes.copy()
    codes[17] = 2
    ensemble = fitted(TrainingSet(training_set.schema, training_set.parsed, np.array(["a", "b", "c"]), codes))
    assert ensemble.held.tolist() == [row for row in range(60) if row != 17]
    assert ensemble.probabilities.shape == (59, 3)


# Rows of one group, and rows in time


def test_members_know_no_group_that_they_are_scored_on():
    training_set, groups = make_training_set(), np.repeat(np.arange(12), 5)
    ensemble = fitted(replace(training_set, dependence=Dependence(groups=groups)))
    assert ensemble.held.tolist() == list(range(60))
    for split in ensemble.splits:
        assert not np.intersect1d(groups[split.train], groups[split.scored]).size
    assert ensemble.sampling.clusters is not None
    assert ensemble.sampling.clusters.tolist() == groups.tolist()
    assert ensemble.scorer is ensemble.predictor


def in_time(training_set: TrainingSet) -> TrainingSet:
    return replace(training_set, dependence=Dependence(times=np.arange(len(training_set.codes), dtype=float)))


def test_in_time_members_are_scored_on_rows_after_those_they_learned():
    training_set = in_time(make_training_set(120))
    ensemble = fitted(training_set, Training(lr=0.05, epochs=20, batch_size=16, patience=3))
    assert ensemble.rows == "later"
    assert ensemble.held.tolist() == list(range(60, 120))
    assert ensemble.sampling.is_forward
    for number, split in enumerate(ensemble.splits):
        assert max(split.learned) < min(split.scored)
        cells = {name: column[split.scored] for name, column in training_set.parsed.items()}
        expected = ensemble.scorer.probabilities(cells, [number])
        np.testing.assert_allclose(ensemble.probabilities[split.scored - 60], expected, atol=1e-12)


def test_in_time_the_saved_networks_train_on_all_rows_for_the_epochs_of_the_windows():
    training_set = in_time(make_training_set(120))
    training = Training(lr=0.05, epochs=20, batch_size=16, patience=3)
    ensemble = fitted(training_set, training)
    assert ensemble.predictor.n_members == HOLDOUT_MEMBERS
    (n_epochs,) = {member.best_epoch for member in ensemble.members}
    assert {len(member.history.train_loss) for member in ensemble.members} == {n_epochs}
    changed = training_set.codes.copy()
    changed[-3:] = 1 - changed[-3:]
    other = fitted(replace(training_set, codes=changed), training)
    assert not np.array_equal(ensemble.predictor.states()[0][0][0], other.predictor.states()[0][0][0])


def test_in_time_a_fit_without_early_stopping_trains_all_epochs():
    ensemble = fitted(in_time(make_training_set(120)))
    assert {member.best_epoch for member in ensemble.members} == {QUICK.epochs}


# Weights, seeds, settings


def test_rows_without_weight_change_no_weights_of_the_networks():
    weights = np.ones(60)
    weights[::4] = 0
    training_set = make_training_set(weights=weights)
    codes = np.where(weights == 0, 1 - training_set.codes, training_set.codes)
    splits = cross_validation_splits(training_set.codes, 4, 1000, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("demarcate.classifier.cross_validation.splits_of", lambda *_: splits)
        one = fitted(training_set)
        other = fitted(TrainingSet(training_set.schema, training_set.parsed, training_set.classes, codes, weights))
    np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-7)


def test_the_same_seed_gives_the_same_bits_and_members_differ():
    first, again, other = (fitted(make_training_set(), n_seeds=2, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(first.probabilities, again.probabilities)
    assert not np.allclose(first.probabilities, other.probabilities)
    starts = {tuple(state[0][0].flatten().tolist()) for state in first.predictor.states()}
    assert len(starts) == 8


@pytest.mark.parametrize("wrong", [{"n_folds": 0}, {"n_seeds": 0}])
def test_too_few_folds_or_seeds_are_refused(wrong):
    with pytest.raises(SettingError, match=r"^there must be at least 1 fold and 1 seed, got n_folds=\d, n_seeds=\d$"):
        fitted(make_training_set(), **wrong)
