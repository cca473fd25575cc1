"""Permutation importance against a slow plain loop and against scikit-learn."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from sklearn.metrics import log_loss, roc_auc_score

from demarcate import DemarcateClassifier
from demarcate.errors import SettingError
from demarcate.evaluation.sampling import Sampling
from demarcate.inference import Predictor
from demarcate.inspection import importance as module
from demarcate.inspection.importance import RowGroup, permutation_importance


def with_leaves(predictor, parsed, codes):
    """The predictor with every second encoder's leaves of trees, whose weights are drawn."""
    draw = torch.Generator().manual_seed(0)
    encoders, states = [*predictor.encoders], [[*state] for state in predictor.states()]
    for member, index in enumerate(predictor.encoding):
        if index % 2:
            encoders[index] = encoders[index].with_trees(predictor.schema, parsed, np.arange(len(codes)), codes)
            weight, bias = states[member][0]
            drawn = torch.randn(len(weight), encoders[index].leaves.width, generator=draw)
            states[member][0] = torch.cat([weight, drawn], 1), bias
    names = ("schema", "encoding", "classes", "networks", "head")
    kept = {name: getattr(predictor, name) for name in names}
    return Predictor.of(**kept, encoders=encoders, states=states)


@pytest.fixture(scope="module")
def fitted():
    """The predictor, cells, codes and which members are evaluated on which rows."""
    rng = np.random.default_rng(0)
    signal, other = rng.normal(size=(2, 240))
    colour = np.where(rng.random(240) < 0.5, "red", "blue")
    codes = (signal + 0.5 * (colour == "red") + 0.7 * rng.normal(size=240) > 0).astype(int)
    frame = pl.DataFrame({"signal": signal, "other": other, "colour": colour})
    classifier = DemarcateClassifier(hidden=(8,), epochs=12, n_folds=4).fit(frame, codes)
    predictor = classifier.predictor_
    members = predictor.member_folds
    groups = [
        RowGroup(np.flatnonzero(classifier.oof_folds_ == fold), tuple(np.flatnonzero(members == fold).tolist()))
        for fold in range(4)
    ]
    return predictor, predictor.parse(frame), codes, groups


@pytest.mark.parametrize("has_leaves", [False, True])
def test_it_is_what_a_plain_loop_over_whole_tables_finds(fitted, has_leaves):
    predictor, parsed, codes, groups = fitted
    predictor = with_leaves(predictor, parsed, codes) if has_leaves else predictor
    found = permutation_importance(predictor, parsed, codes, groups, rows="out-of-fold", n_permutations=3, seed=7)
    generator = np.random.default_rng(7)
    generator.permutation(len(codes))

    def probabilities(cells):
        every = np.empty((len(codes), 2))
        for each in groups:
            own = {name: column[each.rows] for name, column in cells.items()}
            every[each.rows] = predictor.probabilities(own, each.members)
        return every

    before = probabilities(parsed)
    losses, areas = {name: [] for name in parsed}, {name: [] for name in parsed}
    for _ in range(3):
        order = generator.permutation(len(codes))
        for name in parsed:
            after = probabilities({**parsed, name: parsed[name][order]})
            losses[name].append(log_loss(codes, after) - log_loss(codes, before))
            areas[name].append(roc_auc_score(codes, before[:, 1]) - roc_auc_score(codes, after[:, 1]))
    assert len(found.columns) == 3
    for column in found.columns:
        assert column.log_loss.value == pytest.approx(np.mean(losses[column.column]), abs=1e-6)
        assert column.roc_auc.value == pytest.approx(np.mean(areas[column.column]), abs=1e-6)


def test_the_column_that_decides_comes_first_and_one_of_noise_has_zero_in_its_interval(fitted):
    predictor, parsed, codes, groups = fitted
    found = permutation_importance(predictor, parsed, codes, groups, rows="out-of-fold")
    by_name = {column.column: column for column in found.columns}
    assert found.columns[0].column == "signal"
    assert found.columns[0].log_loss.low > 0
    assert by_name["other"].log_loss.low < 0.02


def test_intervals_hold_the_mean_of_many_permutations(fitted):
    predictor, parsed, codes, groups = fitted
    settings = {"rows": "out-of-fold"}
    many = permutation_importance(predictor, parsed, codes, groups, n_permutations=40, seed=1, **settings)
    truth = {column.column: column.log_loss.value for column in many.columns}
    for seed in range(2, 6):
        for column in permutation_importance(predictor, parsed, codes, groups, seed=seed, **settings).columns:
            assert column.log_loss.low <= truth[column.column] <= column.log_loss.high


def test_the_same_seed_gives_the_same_numbers_and_the_rows_are_put_back(fitted):
    predictor, parsed, codes, groups = fitted
    once, again = (permutation_importance(predictor, parsed, codes, groups, rows="x", seed=3) for _ in range(2))
    assert once == again


def test_many_rows_are_sampled(fitted):
    predictor, parsed, codes, groups = fitted
    found = permutation_importance(predictor, parsed, codes, groups, rows="x", max_rows=100)
    assert (found.n_rows, found.n_rows_all) == (100, len(codes))
    assert found.columns[0].column == "signal"


def test_of_very_many_columns_those_with_the_largest_weights_are_tried(fitted, monkeypatch):
    predictor, parsed, codes, groups = fitted
    monkeypatch.setattr(module, "MAX_COLUMNS", 1)
    found = permutation_importance(predictor, parsed, codes, groups, rows="x")
    assert (len(found.columns), found.n_columns_all) == (1, 3)


def test_of_very_many_columns_those_that_members_of_weight_read_are_tried(fitted, monkeypatch):
    predictor, parsed, codes, _ = fitted
    states = [[(weight.clone(), bias) for weight, bias in state] for state in predictor.states()]
    for member, name in ((0, "signal"), (3, "other")):
        states[member][0][0][:, predictor.encoders[member].columns_of(name)] += 1e3 * (1 + member)
    names = ("schema", "encoders", "encoding", "classes", "networks", "head")
    built = Predictor.of(**{name: getattr(predictor, name) for name in names}, states=states)
    monkeypatch.setattr(module, "MAX_COLUMNS", 1)
    every = [RowGroup(np.arange(len(codes)), (0, 1, 2, 3))]
    for weights, expected in ((None, "other"), ((0.9, 0.03, 0.03, 0.04), "signal")):
        found = permutation_importance(replace(built, weights=weights), parsed, codes, every, rows="x")
        assert [column.column for column in found.columns] == [expected]


def test_of_very_many_columns_those_that_trees_test_are_tried(fitted, monkeypatch):
    predictor, parsed, codes, _ = fitted
    predictor = with_leaves(predictor, parsed, np.asarray(parsed["other"] > 0).astype(int))
    encoder, state = predictor.encoders[1], predictor.states()[1]
    tested = encoder.columns_reading("other")
    assert len(tested) > 1
    state[0][0].zero_()
    state[0][0][:, tested[1:]] = 100.0
    names = ("schema", "encoders", "encoding", "classes", "networks", "head")
    states = [*predictor.states()]
    states[1] = state
    built = Predictor.of(**{name: getattr(predictor, name) for name in names}, states=states)
    monkeypatch.setattr(module, "MAX_COLUMNS", 1)
    found = permutation_importance(built, parsed, codes, [RowGroup(np.arange(len(codes)), (0, 1, 2, 3))], rows="x")
    assert [column.column for column in found.columns] == ["other"]


def test_rows_of_one_class_have_no_area(fitted):
    predictor, parsed, codes, _ = fitted
    positive = np.flatnonzero(codes == 1)
    cells = {name: column[positive] for name, column in parsed.items()}
    every = [RowGroup(np.arange(len(positive)), tuple(range(predictor.n_members)))]
    found = permutation_importance(predictor, cells, codes[positive], every, rows="x")
    assert all(column.roc_auc is None for column in found.columns)


def test_a_single_permutation_is_refused(fitted):
    with pytest.raises(SettingError, match="n_permutations is 1"):
        permutation_importance(*fitted, rows="x", n_permutations=1)


def test_several_classes_have_the_mean_of_their_areas():
    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"a": rng.normal(size=120), "b": rng.normal(size=120)})
    codes = np.digitize(frame["a"].to_numpy() + rng.normal(size=120), [-0.5, 0.5])
    predictor = DemarcateClassifier(hidden=(8,), epochs=20, n_folds=2).fit(frame, codes).predictor_
    every = [RowGroup(np.arange(120), (0, 1))]
    found = permutation_importance(predictor, predictor.parse(frame), codes, every, rows="given", n_permutations=2)
    before = predictor.predict_proba(frame)
    generator = np.random.default_rng(0)
    generator.permutation(120)
    falls = []
    for _ in range(2):
        order = generator.permutation(120)
        after = predictor.predict_proba(frame.with_columns(a=frame["a"].gather(order)))
        falls.append(roc_auc_score(codes, before, multi_class="ovr") - roc_auc_score(codes, after, multi_class="ovr"))
    column = next(column for column in found.columns if column.column == "a")
    assert column.roc_auc.value == pytest.approx(np.mean(falls), abs=1e-6)


def test_intervals_by_group_are_wider_about_the_same_mean(fitted):
    predictor, cells, codes, groups = fitted
    plain = permutation_importance(predictor, cells, codes, groups, rows="test")
    sampling = Sampling(clusters=np.argsort(np.argsort(codes, kind="stable")) // 40)
    grouped = permutation_importance(predictor, cells, codes, groups, rows="test", sampling=sampling)
    of_group = {column.column: column.log_loss for column in grouped.columns}
    for column in plain.columns:
        assert of_group[column.column].value == pytest.approx(column.log_loss.value)
    first = plain.columns[0]
    assert of_group[first.column].n_clusters == 6
    assert of_group[first.column].high - of_group[first.column].low > first.log_loss.high - first.log_loss.low


def test_rows_of_weight_count_alone(fitted):
    predictor, cells, codes, groups = fitted
    weights = np.where(np.arange(240) < 120, 3.0, 0.0)
    weighted = permutation_importance(predictor, cells, codes, groups, rows="test", sampling=Sampling(weights))
    by_column = {column.column: column for column in weighted.columns}
    assert by_column["signal"].log_loss.rows == "weighted test"
    assert by_column["signal"].log_loss.value > 0
