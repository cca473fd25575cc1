import math
import re
import warnings

import numpy as np
import polars as pl
import pytest
import torch
from sklearn.model_selection import KFold, train_test_split
from torch import nn

from demarcate import datasets
from demarcate.datasets import Dataset
from demarcate.engine import Training
from demarcate.errors import DivergenceWarning, InputError, SettingError, TargetError
from demarcate.experiments import train
from demarcate.nn import Network

SEEDS = range(10)
QUICK = Training(optimizer="adam", lr=0.02, epochs=5, batch_size=None)
SMALL = Network(hidden=(4,))
MOONS = datasets.moons(n_samples=80, noise=0.2)


def accuracy(run):
    return run.scores["accuracy"].value


def weights(run):
    return torch.cat([parameter.detach().flatten() for parameter in run.network.parameters()])


# What the lesson promises


def test_blobs_are_told_apart_about_99_times_in_100():
    data = datasets.blobs(n_samples=1000, cluster_std=1.5)
    training = Training(optimizer="sgd", lr=0.1, batch_size=None, epochs=100)
    found = [
        accuracy(train(data, Network(hidden=(8, 8)), training, seed=seed, standardise=False)["network"])
        for seed in SEEDS
    ]
    assert 0.98 <= np.mean(found) <= 1.0


def test_heart_disease_is_told_in_80_to_88_of_100_and_never_worse_than_the_majority():
    network = Network(hidden=(32,), dropout=0.5)
    training = Training(optimizer="adam", lr=1e-3, batch_size=32, epochs=50)
    found = []
    for seed in SEEDS:
        runs = train(datasets.heart(), network, training, seed=seed)
        run = runs["network"]
        labels = datasets.heart().y[runs.test_rows]
        majority = max(np.mean(labels == label) for label in run.predictor.classes)
        assert accuracy(run) > majority
        assert len(labels) == pytest.approx(60, abs=1)
        found.append(accuracy(run))
    assert 0.80 <= np.mean(found) <= 0.88
    assert 0 < np.std(found) < 0.08


def test_one_logit_and_two_logits_reach_the_same_accuracy():
    heads = {head: Network(hidden=(16, 16), head=head) for head in ("logit", "softmax")}
    training = Training(optimizer="adam", lr=0.01, batch_size=None, epochs=150)
    found = {head: [] for head in heads}
    for seed in range(6):
        runs = train(datasets.moons(n_samples=1000, noise=0.2), heads, training, seed=seed)
        for head, run in runs.items():
            found[head].append(accuracy(run))
    assert runs["logit"].network[-1].out_features == 1
    assert runs["softmax"].network[-1].out_features == 2
    assert abs(np.mean(found["logit"]) - np.mean(found["softmax"])) < 0.02
    assert min(np.mean(found["logit"]), np.mean(found["softmax"])) > 0.94


def test_without_activations_the_boundary_is_straight_however_deep_the_network():
    data = datasets.circles(n_samples=300)
    networks = {name: Network(hidden=(16, 16), activation=name) for name in ("none", "relu")}
    runs = train(data, networks, Training(optimizer="adam", lr=0.02, batch_size=None, epochs=150))
    draw = np.random.default_rng(0)
    ends = draw.uniform(-2, 2, (2, 500, 2))
    for name, run in runs.items():
        tables = [pl.DataFrame(points, schema=data.X.columns) for points in (*ends, ends.mean(0))]
        here, there, halfway = (run.logits(table).double() for table in tables)
        bend = (halfway - (here + there) / 2).abs().max() / here.abs().max()
        assert (bend < 1e-5) == (name == "none")
    assert accuracy(runs["none"]) < 0.75 < 0.95 < accuracy(runs["relu"])


def test_before_training_predictions_are_near_random():
    found, losses = [], []
    data = datasets.blobs(n_samples=400)
    for seed in SEEDS:
        run = train(data, Network(hidden=(8, 8)), Training(epochs=1, lr=1e-6, batch_size=None), seed=seed)["network"]
        found.append(np.mean(run.predict(data.X, trained=False) == data.y))
        chances = run.predict_proba(data.X, trained=False)
        losses.append(-np.log(chances[np.arange(400), data.y]).mean())
    assert 0.1 < np.mean(found) < 0.45
    assert np.mean(losses) == pytest.approx(math.log(4), rel=0.1)


# What may see which rows


@pytest.mark.parametrize("patience", [None, 3])
def test_the_labels_of_test_rows_change_nothing_about_the_weights(patience):
    training = Training(lr=0.02, epochs=30, batch_size=16, patience=patience)
    X, y = datasets.moons(n_samples=120, noise=0.3)
    honest = train((X, y), SMALL, training, seed=1)
    changed = y.copy()
    changed[honest.test_rows] = 1 - y[honest.test_rows]
    parts = (honest.train_rows, honest.validation_rows, honest.test_rows)
    other = train((X, changed), SMALL, training, seed=1, split=[part for part in parts if len(part)])
    assert accuracy(other["network"]) == pytest.approx(1 - accuracy(honest["network"]))
    assert torch.equal(weights(other["network"]), weights(honest["network"]))
    assert other["network"].best_epoch == honest["network"].best_epoch


def test_train_validation_and_test_rows_are_apart_and_together_everything():
    runs = train(MOONS, SMALL, Training(epochs=2, patience=2), test_size=20, validation_size=0.25)
    parts = [runs.train_rows, runs.validation_rows, runs.test_rows]
    assert [len(part) for part in parts] == [45, 15, 20]
    assert sorted(np.concatenate(parts)) == list(range(80))


def test_the_encoder_is_fitted_on_training_rows_alone():
    X, y = MOONS
    runs = train((X, y), SMALL, QUICK)
    far = X.with_row_index().with_columns(
        pl.when(pl.col("index").is_in(runs.test_rows.tolist())).then(1e6).otherwise(pl.col(name)).alias(name)
        for name in X.columns
    )
    other = train((far.drop("index"), y), SMALL, QUICK)
    assert torch.equal(other["network"].encode(X), runs["network"].encode(X))
    assert torch.equal(weights(other["network"]), weights(runs["network"]))
    train_matrix = runs["network"].encode(X[runs.train_rows.tolist()])
    torch.testing.assert_close(train_matrix.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(train_matrix.std(0, correction=0), torch.ones(2), atol=1e-5, rtol=0)


def test_early_stopping_takes_its_rows_from_the_training_rows():
    plain = train(MOONS, SMALL, QUICK)
    stopping = train(MOONS, SMALL, Training(epochs=50, patience=2))
    assert np.array_equal(plain.test_rows, stopping.test_rows)
    assert sorted([*stopping.train_rows, *stopping.validation_rows]) == plain.train_rows.tolist()
    assert len(plain.validation_rows) == 0 < len(stopping.validation_rows)


@pytest.mark.parametrize(("patience", "prefix"), [(None, "test"), (5, "validation")])
def test_history_columns_say_which_rows_were_watched(patience, prefix):
    run = train(MOONS, SMALL, Training(epochs=5, patience=patience))["network"]
    assert run.history.columns == ["epoch", "train_loss", "train_accuracy", f"{prefix}_loss", f"{prefix}_accuracy"]
    assert run.history["epoch"].to_list() == [1, 2, 3, 4, 5]
    assert run.history.drop("epoch").to_numpy().min() >= 0


def test_the_last_epoch_of_the_history_is_the_score_on_the_test_rows():
    run = train(MOONS, SMALL, QUICK)["network"]
    assert run.history["test_accuracy"][-1] == pytest.approx(accuracy(run))
    assert run.history["test_loss"][-1] == pytest.approx(run.scores["log_loss"].value, rel=1e-5)


# One training, followed by hand


@pytest.mark.parametrize("given", [False, True], ids=["from-seed", "from-initial"])
def test_a_run_is_the_loop_a_lesson_would_write(given):
    torch.manual_seed(7)
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    if given:
        with torch.no_grad():
            model[0].weight.mul_(1.5)
    initial = {"network": model} if given else None
    runs = train(MOONS, SMALL, QUICK, seed=7, initial=initial, standardise=False)
    run = runs["network"]
    x = torch.from_numpy(MOONS.X.to_numpy().astype(np.float32))
    torch.testing.assert_close(run.logits(MOONS.X, trained=False), model(x).detach())
    y = torch.from_numpy(MOONS.y.astype(np.float32)).unsqueeze(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(5):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss()(model(x[runs.train_rows]), y[runs.train_rows]).backward()
        optimizer.step()
    torch.testing.assert_close(run.logits(MOONS.X), model(x).detach(), rtol=1e-4, atol=1e-5)
    assert run.predict(MOONS.X).tolist() == (model(x).squeeze(1) > 0).long().tolist()


def test_only_the_named_network_begins_from_given_weights():
    given = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1)).double()
    runs = train(MOONS, {"a": SMALL, "b": SMALL, "c": SMALL}, QUICK, initial={"b": given})
    states = {name: run.untrained.member(0)[0].weight for name, run in runs.items()}
    assert torch.equal(states["b"], given[0].weight.float())
    assert torch.equal(states["a"], states["c"])
    assert not torch.equal(states["a"], states["b"])


def test_each_name_has_its_own_training():
    trainings = {"slow": Training(lr=1e-4, epochs=3), "fast": Training(lr=0.1, epochs=4)}
    runs = train(MOONS, {"fast": SMALL, "slow": Network(hidden=(3,))}, trainings)
    assert list(runs) == ["fast", "slow"]
    assert {name: run.training for name, run in runs.items()} == trainings
    assert {name: len(run.history) for name, run in runs.items()} == {"slow": 3, "fast": 4}


def test_class_weights_shift_what_is_predicted():
    data = datasets.moons(n_samples=300, noise=0.5)
    shares = []
    for weight in (0.05, 1.0, 20.0):
        training = Training(lr=0.05, epochs=40, batch_size=None)
        run = train(data, SMALL, training, class_weight={1: weight})["network"]
        shares.append(np.mean(run.predict(data.X) == 1))
    assert shares[0] < 0.25 < shares[1] < 0.75 < shares[2]


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    one, same, other = (train(MOONS, SMALL, QUICK, seed=seed) for seed in (0, 0, 1))
    assert torch.equal(weights(one["network"]), weights(same["network"]))
    assert one["network"].history.equals(same["network"].history)
    assert not np.array_equal(one.test_rows, other.test_rows)


# What is told


def test_the_log_shows_the_first_every_nth_and_the_last_epoch():
    run = train(MOONS, SMALL, Training(epochs=25, batch_size=None))["network"]
    assert [int(line.split()[1]) for line in run.log(10).splitlines()] == [1, 10, 20, 25]
    assert [int(line.split()[1]) for line in run.log(100).splitlines()] == [1, 25]
    assert len(run.log(every=1).splitlines()) == 25
    last = run.history.row(-1, named=True)
    told = f"epoch   25  train loss {last['train_loss']:.4f}  train accuracy {last['train_accuracy']:.4f}  "
    told += f"test loss {last['test_loss']:.4f}  test accuracy {last['test_accuracy']:.4f}"
    assert run.log().splitlines()[-1] == told


def test_a_log_of_every_zeroth_epoch_is_refused():
    with pytest.raises(SettingError, match=r"^every must be a whole number of epochs from 1 up, got 0$"):
        train(MOONS, SMALL, QUICK)["network"].log(0)


def test_runs_are_a_mapping_that_prints_a_line_each():
    runs = train(MOONS, {"tiny": Network(hidden=(2,)), "good": SMALL}, QUICK)
    assert (list(runs), len(runs), runs["tiny"].name) == (["tiny", "good"], 2, "tiny")
    lines = str(runs).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["tiny", "good"]
    assert f"{runs['good'].scores['accuracy']}" in lines[2]


def test_a_run_that_diverges_warns_and_is_still_usable():
    wild = Training(optimizer="sgd", lr=1e37, epochs=10)
    networks = {"tame": SMALL, "wild": Network(hidden=(8, 8))}
    with pytest.warns(DivergenceWarning, match=r"^network 'wild': the loss was no longer finite in epoch 1 .* lr$"):
        runs = train(MOONS, networks, {"tame": QUICK, "wild": wild})
    assert runs["tame"].divergence is None
    assert runs["wild"].divergence.epoch == 1
    assert np.isfinite(runs["wild"].predict_proba(MOONS.X)).all()
    assert str(runs).count("\n") == 2
    assert runs["wild"].log() == ""


def test_progress_is_passed_on():
    told = []
    train(MOONS, SMALL, QUICK, on_epoch=told.append)
    assert [progress.epoch for progress in told] == [1, 2, 3, 4, 5]


# Labels and tables of every kind


def test_tensors_are_taken_where_they_are_what_the_loss_takes():
    x = torch.from_numpy(MOONS.X.to_numpy())
    y = torch.from_numpy(MOONS.y)
    floats = train((x, y.float().unsqueeze(1)), SMALL, QUICK)["network"]
    indices = train((x, y), Network(hidden=(4,), head="softmax"), QUICK)["network"]
    arrays = train((MOONS.X.to_numpy(), MOONS.y), SMALL, QUICK)["network"]
    assert torch.equal(weights(floats), weights(arrays))
    assert floats.predictor.classes.tolist() == indices.predictor.classes.tolist() == [0, 1]
    assert floats.predict(x.clone().requires_grad_()).tolist() == arrays.predict(x.numpy()).tolist()
    torch.testing.assert_close(floats.logits(x), floats.network(floats.encode(x)).detach())


ZEROS_AND_ONES = torch.arange(80) % 2


@pytest.mark.parametrize(
    ("head", "labels", "message"),
    [
        ("logit", ZEROS_AND_ONES, "binary cross-entropy takes floats of shape (80, 1), got int64 of shape (80,). Con"),
        ("logit", ZEROS_AND_ONES.float(), "binary cross-entropy takes floats of shape (80, 1), got float32 of shape "),
        ("softmax", ZEROS_AND_ONES.float(), "cross-entropy takes class indices, int64 of shape (80,), got float32 "),
        ("softmax", ZEROS_AND_ONES.view(80, 1), "cross-entropy takes class indices, int64 of shape (80,), got int64 "),
        ("softmax", ZEROS_AND_ONES - 1, "targets must be class indices, 0, 1, 2 and so on, got -1 in row 1"),
        (
            "logit",
            ZEROS_AND_ONES.view(80, 1) * 0.37,
            "targets must be class indices, 0, 1, 2 and so on, got 0.37 in row 2",
        ),
        ("logit", torch.full((80, 1), math.nan), "targets must be class indices, 0, 1, 2 and so on, got nan in row 1"),
    ],
)
def test_tensors_that_are_not_what_the_loss_takes_are_refused_in_words(head, labels, message):
    with pytest.raises(TargetError, match="^" + re.escape(message)):
        train((MOONS.X, labels), Network(hidden=(4,), head=head), QUICK)


def test_labels_with_fractions_look_like_regression():
    with pytest.raises(InputError) as caught:
        train((MOONS.X, np.repeat([0.0, 0.37, 1.0, 2.5], 20)), SMALL, QUICK)
    assert str(caught.value).startswith("The label in row 21 is 0.37, and 39 more rows hold fractions. ")
    assert "looks like regression" in str(caught.value)


@pytest.mark.parametrize(
    "labels", [np.repeat([0.0, 1.0], 40), np.repeat(["0.37", "0.5"], 40), np.repeat([True, False], 40)]
)
def test_whole_floats_text_and_booleans_are_classes(labels):
    run = train((MOONS.X, labels), SMALL, QUICK)["network"]
    assert len(run.predictor.classes) == 2
    assert set(run.predict(MOONS.X).tolist()) <= set(labels.tolist())


def test_names_are_predicted_as_they_were_given():
    frame = MOONS.frame.with_columns(pl.col(MOONS.target).replace_strict({0: "lower", 1: "upper"}).alias("half"))
    data = Dataset("named", frame.drop(MOONS.target), "half")
    run = train(data, SMALL, Training(lr=0.05, epochs=60, batch_size=None))["network"]
    assert set(run.predict(data.X).tolist()) == {"lower", "upper"}
    assert np.mean(run.predict(data.X) == data.y) > 0.8


# Settings

CLASS_WEIGHT_RULE = (
    "class_weight must be 'balanced', None, or a mapping of labels to numbers from 0 up, not all 0, got "
)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"networks": {}}, "networks must be a Network or a torch.nn.Module, or a mapping of names to such, got dict"),
        (
            {"networks": [SMALL]},
            "networks must be a Network or a torch.nn.Module, or a mapping of names to such, got list",
        ),
        ({"training": {"other": QUICK}}, "networks and trainings have the same names, got ['network'] and ['other']"),
        ({"initial": {"other": nn.Sequential()}}, "initial networks must be for 'network', got 'other'"),
        ({"initial": {"network": nn.Sequential(nn.Linear(2, 1))}}, "initial weights have the network's own shapes, "),
        ({"class_weight": {2: 1.0}}, "class_weight names no class with 2: the classes are 0, 1"),
        ({"class_weight": {1: -1.0}}, CLASS_WEIGHT_RULE + "-1.0"),
        ({"class_weight": {1: math.nan}}, CLASS_WEIGHT_RULE + "nan"),
        ({"class_weight": {1: "2"}}, CLASS_WEIGHT_RULE + "'2'"),
        ({"class_weight": {0: 0, 1: 0}}, CLASS_WEIGHT_RULE + "{0: 0, 1: 0}"),
        ({"test_size": 80}, "of 80 rows in 2 classes, 1 to 78 can be held out, got 80"),
        ({"device": "nonsense"}, "device must be auto, cpu or a device torch finds here, got 'nonsense'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(settings, message):
    given = {"networks": SMALL, "training": QUICK, **settings}
    with pytest.raises(SettingError, match="^" + re.escape(message)):
        train(MOONS, **given)


def test_rows_and_labels_have_the_same_length():
    with pytest.raises(InputError, match=r"^The table has 80 rows and 3 labels. Give one label for each row.$"):
        train((MOONS.X, MOONS.y[:3]), SMALL, QUICK)


def test_nothing_is_printed_or_warned(capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(MOONS, SMALL, QUICK)
    assert capsys.readouterr() == ("", "")


@pytest.mark.filterwarnings("ignore::demarcate.errors.DemarcateWarning")
def test_a_run_that_never_learned_shows_no_nan():
    runs = train(datasets.moons(n_samples=40), SMALL, Training(optimizer="sgd", lr=1e9, epochs=2, batch_size=None))
    assert "nan" not in str(runs)


def test_a_table_of_nothing_but_missing_cells_is_refused_with_the_reason():
    with pytest.raises(InputError, match="No column can tell rows apart: 'x1' \\(constant"):
        train((np.full((20, 2), np.nan), [0, 1] * 10), SMALL)


def test_several_seeds_are_as_many_calls_in_one():
    data = datasets.moons(n_samples=90, noise=0.3)
    networks = {"narrow": Network((3,), "tanh"), "wide": Network((9,), dropout=0.3)}
    training = Training(optimizer="adam", lr=0.02, epochs=15, batch_size=16, patience=4)
    together = train(data, networks, training, seed=5, seeds=3)
    for place in range(3):
        alone = train(data, networks, training, seed=5 + place)
        for name, run in alone.items():
            repeat = together.repeats[name][place]
            assert repeat.seed == run.seed == 5 + place
            assert repeat.best_epoch == run.best_epoch
            for rows in ("train_rows", "validation_rows", "test_rows"):
                np.testing.assert_array_equal(getattr(repeat, rows), getattr(run, rows))
            np.testing.assert_allclose(repeat.predict_proba(data.X), run.predict_proba(data.X), atol=1e-5)
            np.testing.assert_allclose(
                repeat.predict_proba(data.X, trained=False), run.predict_proba(data.X, trained=False), atol=1e-6
            )


@pytest.mark.parametrize("seeds", [0, -1, 1.5, True, "many"])
def test_a_number_of_seeds_that_is_none_is_refused(seeds):
    with pytest.raises(SettingError, match="seeds must be a whole number"):
        train(datasets.moons(n_samples=40), Network((2,)), seeds=seeds)


def test_a_network_that_diverges_is_named_with_its_seed():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        train(datasets.moons(n_samples=60), Network((4,)), Training(optimizer="sgd", lr=1e38, epochs=3), seeds=2)
    assert [str(each.message).split(":")[0] for each in caught] == [f"network 'network' with seed {n}" for n in (0, 1)]


# A split of one's own


@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_split_of_ones_own_gives_the_plain_loop_over_these_rows_in_their_order(batch_size):
    X, y = MOONS.X.to_numpy().astype(np.float32), MOONS.y.astype(np.float32)
    rows = train_test_split(np.arange(80), test_size=0.25, random_state=42)
    training = Training(optimizer="adam", lr=0.02, epochs=3, batch_size=batch_size)
    run = train(MOONS, SMALL, training, split=rows, seed=42, standardise=False)["network"]
    model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    model.load_state_dict(run.untrained.member(0).state_dict())
    x, target = torch.from_numpy(X[rows[0]]), torch.from_numpy(y[rows[0]]).unsqueeze(1)
    torch.manual_seed(42)
    nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(3):
        order = torch.arange(len(x)) if batch_size is None else torch.randperm(len(x))
        for batch in order.split(batch_size or len(x)):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(model(x[batch]), target[batch]).backward()
            optimizer.step()
    torch.testing.assert_close(run.logits(MOONS.X), model(torch.from_numpy(X)).detach(), rtol=1e-5, atol=1e-6)


def test_a_second_table_is_the_split_of_both_together():
    X, y = MOONS.X.to_numpy(), MOONS.y
    rows = train_test_split(range(80), test_size=0.25, random_state=0)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
    apart = train((X_train, y_train), SMALL, QUICK, X_test=X_test, y_test=y_test)["network"]
    together = train((X, y), SMALL, QUICK, split=rows)["network"]
    assert torch.equal(weights(apart), weights(together))
    assert apart.history.equals(together.history)
    assert apart.test_rows.tolist() == [*range(60, 80)]
    assert np.array_equal(apart.test_probabilities, together.test_probabilities)


def test_early_stopping_takes_its_rows_from_the_own_training_rows_or_those_that_are_named():
    stops = Training(lr=0.02, epochs=20, patience=3)
    taken = train(MOONS, SMALL, stops, split=(range(60), range(60, 80)), validation_size=15)
    assert sorted([*taken.train_rows, *taken.validation_rows]) == [*range(60)]
    assert (len(taken.validation_rows), taken.test_rows.tolist()) == (15, [*range(60, 80)])
    named = train(MOONS, SMALL, stops, split=(range(40), range(40, 60), range(60, 80)))
    assert named.validation_rows.tolist() == [*range(40, 60)]


def test_seeds_share_an_own_split_or_have_one_each():
    shared = train(MOONS, SMALL, QUICK, seeds=2, split=(range(60), range(60, 80))).repeats["network"]
    assert shared[0].test_rows.tolist() == shared[1].test_rows.tolist()
    assert not torch.equal(weights(shared[0]), weights(shared[1]))
    folds = train(MOONS, SMALL, QUICK, seeds=4, split=KFold(4)).repeats["network"]
    assert np.concatenate([run.test_rows for run in folds]).tolist() == [*range(80)]
