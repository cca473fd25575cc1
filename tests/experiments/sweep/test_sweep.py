import importlib
import re
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from scipy import stats

from demarcate import datasets, load, sweep
from demarcate.bundle import write_bundle
from demarcate.engine import Training, fit
from demarcate.errors import DivergenceWarning, InputError, SettingError
from demarcate.evaluation import accuracy, log_loss, score
from demarcate.evaluation.intervals import score_sampled
from demarcate.experiments.sweep import Between
from demarcate.nn import Network

QUICK = Training(lr=0.02, epochs=8, batch_size=None)
OVER = {"hidden": [(), (4,), (8, 8)], "lr": [0.02, 0.05]}


@pytest.fixture(scope="module")
def result(moons):
    return sweep(moons, OVER, training=QUICK)


def weights(predictor):
    return torch.cat([parameter.flatten() for state in predictor.states() for layer in state for parameter in layer])


# What is trained, and on which rows


def test_a_network_of_a_sweep_is_the_member_trained_alone(moons, designed):
    training = Training(lr=0.02, epochs=6, batch_size=16, weight_decay=0.01)
    over = {"hidden": [(4,), (7,)], "dropout": [0.0, 0.3], "weight_decay": [0.0, 0.1]}
    found = sweep(moons, over, training=training, validation_size=0.25)
    design = designed({"hidden": [(4,)]}, data=moons)
    winner = found.winner
    for split, encoding in zip(design.splits, range(3), strict=True):
        like = design.members[encoding]
        (alone,) = fit([replace(like, network=winner.network, training=winner.training)], design.samples)
        for ours, theirs in zip(winner.predictor.states()[encoding], alone.state, strict=True):
            for parameter, expected in zip(ours, theirs, strict=True):
                torch.testing.assert_close(parameter, expected, rtol=1e-4, atol=1e-5)
        own = found.networks.filter(configuration=winner.configuration.number, seed=split.seed)
        assert own["validation_log_loss"].item() == pytest.approx(float(alone.history.validation_loss[-1]), rel=1e-4)


def test_training_validation_and_test_rows_are_apart(result):
    assert len(result.seeds) == len(result.train_rows) == len(result.validation_rows) == 3
    for rows, validation_rows in zip(result.train_rows, result.validation_rows, strict=True):
        assert sorted(np.concatenate([rows, validation_rows, result.test_rows])) == list(range(100))


@pytest.mark.parametrize("patience", [None, 2])
def test_the_labels_of_test_rows_change_neither_table_nor_winner(moons, patience):
    X, y = moons
    training = replace(QUICK, lr=0.05, epochs=20, patience=patience)
    honest = sweep((X, y), OVER, training=training)
    changed = y.copy()
    changed[honest.test_rows] = 1 - y[honest.test_rows]
    others = np.setdiff1d(np.arange(len(y)), honest.test_rows)
    other = sweep((X, changed), OVER, training=training, split=(others, honest.test_rows))
    assert other.table.equals(honest.table)
    assert other.winner.settings == honest.winner.settings
    assert torch.equal(weights(other.winner.predictor), weights(honest.winner.predictor))
    accuracies = [found.winner.scores["accuracy"].value for found in (honest, other)]
    assert sum(accuracies) == pytest.approx(1)


def test_the_winner_alone_is_scored_on_the_test_rows_and_once(moons, monkeypatch):
    winner_module = importlib.import_module("demarcate.experiments.sweep.winner")
    scored = []

    def counted(codes, probabilities, sampling, **settings):
        scored.append(probabilities)
        return score_sampled(codes, probabilities, sampling, **settings)

    monkeypatch.setattr(winner_module, "score_sampled", counted)
    found = sweep(moons, OVER, training=QUICK)
    assert len(scored) == 3, "the winner, and two simple rules"
    assert np.array_equal(scored[0], found.winner.predictor.predict_proba(moons.X[found.test_rows]))


# The table


def test_the_table_has_a_row_a_configuration_and_the_best_first(result):
    table = result.table
    assert table.columns == [
        "configuration",
        "hidden",
        "lr",
        "seeds",
        "validation_log_loss",
        "validation_log_loss_low",
        "validation_log_loss_high",
        "validation_accuracy",
        "validation_accuracy_low",
        "validation_accuracy_high",
        "train_accuracy",
        "best_epoch",
        "diverged",
        "dropped_after",
    ]
    assert sorted(table["configuration"]) == [1, 2, 3, 4, 5, 6]
    assert table["validation_log_loss"].is_sorted()
    assert set(table["seeds"]) == {3}
    assert table["dropped_after"].null_count() == 6
    assert (result.winner.configuration.number, result.winner.settings) == (
        table["configuration"][0],
        result.configurations[table["configuration"][0] - 1].settings,
    )


def test_means_and_intervals_are_those_of_the_seeds(result):
    for row in result.table.to_dicts():
        own = result.networks.filter(configuration=row["configuration"])
        assert tuple(own["seed"]) == result.seeds
        for name, limits in {"validation_log_loss": (0, np.inf), "validation_accuracy": (0, 1)}.items():
            values = own[name].to_numpy()
            low, high = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
            expected = (values.mean(), max(low, limits[0]), min(high, limits[1]))
            assert [row[name], row[f"{name}_low"], row[f"{name}_high"]] == pytest.approx(expected)
        assert row["train_accuracy"] == pytest.approx(own["train_accuracy"].mean())
        assert row["best_epoch"] == 8


def test_a_networks_numbers_are_those_of_its_own_validation_rows(result, moons):
    winner = result.winner
    own = result.networks.filter(configuration=winner.configuration.number)
    for member, rows in enumerate(result.validation_rows):
        probabilities = winner.predictor.member_probabilities(moons.X[rows])[member]
        assert own["validation_log_loss"][member] == pytest.approx(log_loss(moons.y[rows], probabilities), rel=1e-4)
        assert own["validation_accuracy"][member] == pytest.approx(accuracy(moons.y[rows], probabilities))


@pytest.mark.parametrize("patience", [None, 4])
def test_networks_that_are_evaluated_in_some_epochs_alone_have_the_numbers_of_those(moons, patience):
    training = replace(QUICK, validate_every=3, patience=patience)
    found = sweep(moons, {"lr": [0.02, 0.05]}, training=training)
    best = found.networks.filter(configuration=found.winner.configuration.number)
    probabilities = found.winner.predictor.member_probabilities(moons.X)
    for row, own, rows in zip(best.iter_rows(named=True), probabilities, found.validation_rows, strict=True):
        assert row["validation_log_loss"] == pytest.approx(log_loss(moons.y[rows], own[rows]), rel=1e-5)
        assert row["validation_accuracy"] == pytest.approx(accuracy(moons.y[rows], own[rows]))


def test_with_patience_the_numbers_are_those_of_the_weights_that_were_kept(moons):
    found = sweep(moons, {"lr": [0.3, 0.5]}, training=replace(QUICK, epochs=60, patience=3))
    own = found.networks.filter(configuration=found.winner.configuration.number)
    for row, member in zip(own.to_dicts(), found.winner.members, strict=True):
        assert row["validation_log_loss"] == pytest.approx(float(member.history.validation_loss.min()))
        assert row["best_epoch"] == int(member.history.validation_loss.argmin()) + 1
    assert (found.networks["epochs"] < 60).any()


def test_one_seed_has_no_intervals_and_the_text_says_so(moons):
    found = sweep(moons, {"lr": [0.02, 0.05]}, training=QUICK, seeds=1)
    assert found.table["validation_log_loss_low"].null_count() == 2
    assert found.winner.lead.mean.low is None
    assert not found.winner.lead.is_clear
    text = str(found)
    assert "no intervals, which need more than one seed" in text
    assert "One seed cannot show whether that is noise: use more seeds." in text
    assert "The winner's network on 20 test rows, which decided nothing" in text


def test_equal_configurations_stand_in_the_order_they_were_given(moons):
    over = {"batch_size": [None, 1000, 2000]}
    found = sweep(moons, over, training=QUICK)
    assert found.table["configuration"].to_list() == [1, 2, 3]
    assert found.winner.lead.mean.value == found.winner.lead.mean.high == 0
    assert not found.winner.lead.is_clear
    assert found.table["batch_size"].to_list() == [None, 1000, 2000]


def test_a_column_of_settings_that_are_all_none_has_its_type(moons):
    found = sweep(moons, {"batch_size": [None]}, training=QUICK)
    assert found.table.schema["batch_size"] == pl.Int64
    assert found.winner.lead is None


def test_accuracy_decides_when_it_is_asked_to(moons):
    over = {"hidden": [(), (8, 8)], "lr": [1e-4, 0.02, 0.1]}
    found = sweep(moons, over, training=QUICK, metric="accuracy")
    assert found.table["validation_accuracy"].is_sorted(descending=True)
    assert "has the best mean validation accuracy" in str(found)
    lead = found.table["validation_accuracy"][0] - found.table["validation_accuracy"][1]
    assert found.winner.lead.mean.value == pytest.approx(lead)


@pytest.mark.filterwarnings("ignore::demarcate.errors.DivergenceWarning")
def test_a_network_that_diverges_counts_with_its_best_weights(moons):
    over = {"lr": [0.02, 1e37]}
    found = sweep(moons, over, network=Network(hidden=(8, 8)), training=replace(QUICK, optimizer="sgd"))
    wild = found.table.filter(lr=1e37).row(0, named=True)
    assert wild["diverged"] == 3
    assert 0 < wild["validation_log_loss"] < 100
    assert wild["best_epoch"] < 8
    assert found.winner.settings == {"lr": 0.02}
    assert "3 networks diverged; the best weights of each are kept." in str(found)
    assert "nan" not in str(found)


def test_divergence_is_warned_of_once(moons):
    message = "^The loss of 3 of 6 networks stopped being finite. Their best weights are kept"
    with pytest.warns(DivergenceWarning, match=message) as caught:
        sweep(moons, {"lr": [0.02, 1e37]}, network=Network(hidden=(8, 8)), training=replace(QUICK, optimizer="sgd"))
    assert [warning.filename for warning in caught] == [__file__]


def test_class_weights_count_in_training_and_in_the_loss_that_decides(moons):
    plain, weighted = (sweep(moons, {"lr": [0.02]}, training=QUICK, class_weight=given) for given in (None, {1: 20.0}))
    assert weighted.winner.predictor.predict(moons.X).mean() > plain.winner.predictor.predict(moons.X).mean()
    rows = weighted.validation_rows[0]
    chances = weighted.winner.predictor.member_probabilities(moons.X[rows])[0][np.arange(len(rows)), moons.y[rows]]
    expected = np.average(-np.log(chances), weights=np.where(moons.y[rows] == 1, 20.0, 1.0))
    assert weighted.networks["validation_log_loss"][0] == pytest.approx(expected, rel=1e-4)


# The winner


def test_the_winner_is_the_mean_of_its_networks_and_its_scores_are_of_the_test_rows(result, moons):
    predictor = result.winner.predictor
    mean = predictor.member_probabilities(moons.X).mean(0)
    np.testing.assert_allclose(predictor.predict_proba(moons.X), mean)
    rows = result.test_rows
    for name, value in score(moons.y[rows], mean[rows], rows="test").items():
        assert result.winner.scores[name].to_json() == pytest.approx(value.to_json())


def test_its_lead_is_the_paired_difference_with_an_interval_for_seeds_that_share_rows(result):
    first, second = (
        result.networks.filter(configuration=number)["validation_log_loss"].to_numpy()
        for number in result.table["configuration"][:2]
    )
    difference = second - first
    reach = stats.t.ppf(0.975, 2) * np.sqrt((1 / 3 + 16 / 64) * np.var(difference, ddof=1))
    lead = result.winner.lead
    assert lead.runner_up == result.table["configuration"][1]
    found = (lead.mean.value, lead.mean.low, lead.mean.high)
    assert found == pytest.approx((difference.mean(), difference.mean() - reach, difference.mean() + reach))


def test_a_clear_lead_and_one_that_may_be_noise_are_told_apart(moons):
    clear = sweep(moons, {"lr": [1e-6, 0.05]}, network=Network(hidden=(16,)), training=replace(QUICK, epochs=40))
    assert clear.winner.lead.is_clear
    assert "in log loss: more than noise over 3 seeds." in str(clear)
    noise = sweep(moons, {"lr": [0.05, 0.0501]}, training=QUICK)
    assert not noise.winner.lead.is_clear
    assert "in log loss: not distinguishable from noise over 3 seeds." in str(noise)


def test_simple_rules_are_scored_on_the_same_rows(result):
    baselines = result.winner.baselines
    assert set(baselines) == {"majority", "logistic_regression"}
    assert {value.rows for scores in baselines.values() for value in scores.values()} == {"test"}
    assert baselines["majority"]["accuracy"].value == 0.5
    assert baselines["majority"]["roc_auc"].value == 0.5


def test_the_saved_winner_predicts_the_same(result, moons, tmp_path):
    path = tmp_path / "winner.safetensors"
    write_bundle(result.winner.predictor, path)
    loaded = load(path)
    assert np.array_equal(loaded.predict_proba(moons.X), result.winner.predictor.predict_proba(moons.X))
    assert loaded.target == "label"
    assert loaded.record["scores"]["accuracy"] == result.winner.scores["accuracy"].to_json()
    assert loaded.record["sweep"]["settings"].keys() == OVER.keys()


def test_tables_of_several_kinds_and_more_classes_are_swept(mixed):
    X, _ = mixed
    y = np.array(["low", "mid", "high"])[np.arange(80) % 3]
    found = sweep((X, y), {"hidden": [(), (4,)]}, training=QUICK, categorical=["kind"], seeds=2)
    assert found.winner.predictor.classes.tolist() == ["high", "low", "mid"]
    assert len({encoder.n_encoded for encoder in found.winner.predictor.encoders}) >= 1


def test_columns_are_what_the_caller_says():
    heart = datasets.heart()
    found = sweep(heart, {"hidden": [()]}, training=QUICK, seeds=1, drop=["age"], numerical=["ca"])
    kinds = {column.name: (column.kind, bool(column.dropped)) for column in found.winner.predictor.schema.columns}
    assert kinds["age"][1]
    assert kinds["ca"] == ("numerical", False)
    assert kinds["cp"] == ("categorical", False)


# In words


def test_it_prints_which_rows_the_numbers_come_from_and_marks_the_winner(result):
    text = str(result).splitlines()
    assert text[0] == (
        "6 configurations x 3 seeds, each seed with its own 64 training and 16 validation rows; "
        "means over seeds, with 95% intervals"
    )
    assert [line.split()[0] for line in text[3:9]].count("*") == 1
    assert text[3].split()[:2] == ["*", str(result.winner.configuration.number)]
    assert any(line.startswith("The mean of the winner's 3 networks on 20 test rows, which decided") for line in text)
    assert "Its validation scores are optimistic, because it was chosen by them." in text


def test_what_it_shows_of_itself_is_what_it_prints(result):
    assert repr(result) == str(result)


def test_long_tables_are_cut(moons):
    over = {"lr": [0.001 * n for n in range(1, 25)]}
    text = sweep(moons, over, training=replace(QUICK, epochs=1), seeds=1).ranking().splitlines()
    assert text[-1] == "and 4 more"
    assert len(text) == 3 + 20 + 1


def test_how_much_there_is_to_train_is_told_before_it_begins(moons):
    text = []
    sweep(moons, OVER, training=QUICK, seeds=2, on_plan=text.append, on_epoch=text.append)
    assert str(text[0]) == "6 configurations x 2 seeds = 12 networks in 3 populations"
    assert text[1].epoch == 1
    assert {progress.n_populations for progress in text[1:]} == {3}


def test_nothing_is_printed_or_warned(moons, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sweep(moons, {"lr": [0.1]}, training=QUICK)
    assert capsys.readouterr() == ("", "")


def test_the_same_seed_gives_the_same_sweep_and_another_seed_another(moons, result):
    same, other = (sweep(moons, OVER, training=QUICK, seed=seed) for seed in (0, 1))
    assert same.table.equals(result.table)
    assert not np.array_equal(other.test_rows, result.test_rows)
    assert set(other.seeds).isdisjoint(result.seeds)


# Sampling


def test_a_sample_is_trained_instead_of_the_grid(moons):
    over = {"hidden": [2, 4], "lr": Between(1e-3, 1e-1, log=True)}
    found = sweep(moons, over, sample=5, training=QUICK, seeds=1)
    assert len(found.table) == 5
    assert found.table["lr"].is_between(1e-3, 1e-1).all()
    assert found.table["lr"].n_unique() == 5


# Halving


@pytest.mark.parametrize(("halving", "epochs"), [(True, (1, 2, 4)), ((2, 6), (2, 6)), (np.array([3, 5]), (3, 5))])
def test_halving_drops_the_worse_half_again_and_again(moons, halving, epochs):
    over = {"lr": [1e-4, 1e-3, 0.01, 0.02, 0.03, 0.05]}
    full = sweep(moons, over, training=QUICK)
    halved = sweep(moons, over, training=QUICK, halving=halving)
    left, gone = [1, 2, 3, 4, 5, 6], {}
    for epoch in epochs:
        shorter = sweep(moons, over, training=replace(QUICK, epochs=epoch)).table["configuration"].to_list()
        ranked = [number for number in shorter if number in left]
        left = ranked[: max(1, -(-len(ranked) // 2))]
        gone |= dict.fromkeys(set(ranked) - set(left), epoch)
    found = dict(halved.table.select("configuration", "dropped_after").rows())
    assert found == {**dict.fromkeys(left), **gone}
    assert halved.winner.configuration.number in left
    assert halved.table["dropped_after"][: len(left)].null_count() == len(left)
    after = halved.table["dropped_after"][len(left) :]
    assert after.is_sorted(descending=True)
    number = halved.winner.configuration.number
    mean = [found.table.filter(configuration=number)["validation_log_loss"].item() for found in (full, halved)]
    assert mean[0] == pytest.approx(mean[1], rel=1e-4)


def test_what_halving_saved_is_counted(moons):
    halved = sweep(moons, {"lr": [1e-4, 1e-3, 0.01, 0.02]}, training=QUICK, halving=(2, 4), seeds=2)
    savings = halved.savings
    assert (savings.epochs, savings.n_dropped) == ((2, 4), 3)
    assert (savings.trained, savings.at_most) == (2 * (2 + 2 + 4 + 8), 2 * 4 * 8)
    assert savings.trained == halved.networks["epochs"].sum()
    text = str(halved)
    assert "Halving after epochs 2 and 4 dropped 3 configurations: networks trained 32 epochs in all instead" in text
    assert "No other configuration trained to the end, so there is no lead to measure." in text
    assert "dropped after" in text.splitlines()[2]


def test_who_stopped_in_time_is_judged_by_the_weights_that_were_kept(moons):
    training = replace(QUICK, lr=0.2, epochs=40, patience=2)
    halved = sweep(moons, {"lr": [1e-5, 0.2, 0.3, 0.5]}, training=training, halving=(20, 30), seeds=2)
    assert (halved.networks["epochs"] < 20).any()
    assert halved.table.filter(lr=1e-5)["dropped_after"].item() == 20
    best = halved.networks.group_by("configuration").agg(pl.col("validation_log_loss").mean()).sort(pl.last())
    assert halved.winner.configuration.number == best["configuration"][0]


def test_without_halving_nothing_is_dropped_or_saved(result):
    assert result.savings is None
    assert not result.networks["dropped"].any()


def test_a_training_of_one_epoch_has_nothing_to_halve(moons):
    assert sweep(moons, {"lr": [0.1, 0.2]}, training=Training(epochs=1), halving=True).savings is None


# Checkpoints


def test_a_sweep_that_was_interrupted_goes_on_from_its_checkpoint(moons, tmp_path):
    def interrupt(progress):
        if progress.epoch == 5:
            raise RuntimeError("the power fails")

    settings = {"training": QUICK, "halving": (2, 6), "checkpoint": tmp_path}
    with pytest.raises(RuntimeError, match="the power fails"):
        sweep(moons, OVER, **settings, on_epoch=interrupt)
    assert list(tmp_path.iterdir())
    epochs = []
    gone_on = sweep(moons, OVER, **settings, on_epoch=lambda progress: epochs.append(progress.epoch))
    assert min(epochs) > 1
    straight = sweep(moons, OVER, training=QUICK, halving=(2, 6))
    assert gone_on.table.equals(straight.table)
    assert torch.equal(weights(gone_on.winner.predictor), weights(straight.winner.predictor))


# Settings


def test_all_wrong_settings_are_reported_in_one_message(moons):
    with pytest.raises(SettingError) as caught:
        sweep(
            moons,
            {"lr": [-1], "width": [3]},
            seeds=0,
            sample=2.5,
            seed=-1,
            metric="loss",
            halving=(0, 200),
        )
    assert [line.removeprefix("- ").split(". ")[0] for line in str(caught.value).splitlines()[1:]] == [
        "Value 1 of lr: lr must be above 0 and finite, got -1",
        "A sweep cannot try 'width', only hidden, activation, dropout, weight_decay, lr, optimizer, batch_size, epochs",
        "seeds is 0",
        "seed is -1",
        "sample is 2.5",
        "metric is 'loss'",
        "halving is (0, 200), not ascending whole numbers of epochs from 1 to 99",
    ]


@pytest.mark.parametrize("epochs", [[5, 10], Between(5, 10)])
def test_halving_and_several_lengths_of_training_do_not_go_together(moons, epochs):
    message = r"same length, and epochs are 5, 10\. Give one number of epochs, or no halving"
    with pytest.raises(SettingError, match=message):
        sweep(moons, {"epochs": epochs, "lr": [0.1, 0.2]}, halving=True, sample=3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"class_weight": {2: 1.0}}, "class_weight names no class with 2: the classes are 0, 1"),
        ({"test_size": 100}, "of 100 rows in 2 classes, 1 to 98 can be held out, got 100"),
        ({"precision": "float8"}, "precision must be one of auto, float32, bf16, got 'float8'"),
        ({"device": "nonsense"}, "device must be auto, cpu or a device torch finds here, got 'nonsense'"),
    ],
)
def test_other_settings_are_refused_as_everywhere(moons, settings, message):
    with pytest.raises(SettingError, match="^" + re.escape(message)):
        sweep(moons, {"lr": [0.1]}, training=QUICK, **settings)


def test_a_table_that_cannot_be_learned_from_is_refused():
    with pytest.raises(InputError, match="at least two classes"):
        sweep((np.arange(20.0).reshape(10, 2), ["a"] * 10), {"lr": [0.1]})


def test_own_rows_are_set_aside_for_the_winner(moons):
    result = sweep(moons, {"hidden": [2]}, training=QUICK, seeds=2, split=(range(80), range(80, 100)))
    assert result.test_rows.tolist() == [*range(80, 100)]
    for train_rows, validation_rows in zip(result.train_rows, result.validation_rows, strict=True):
        assert sorted([*train_rows, *validation_rows]) == [*range(80)]
    assert not np.array_equal(*result.validation_rows)
    table = (moons.X[:80], moons.y[:80])
    apart = sweep(table, {"hidden": [2]}, training=QUICK, seeds=2, X_test=moons.X[80:], y_test=moons.y[80:])
    assert apart.winner.scores["log_loss"].n_rows == 20
    named = sweep(moons, {"hidden": [2]}, training=QUICK, split=(range(60), range(60, 80), range(80, 100)))
    assert [rows.tolist() for rows in named.validation_rows] == [[*range(60, 80)]] * 3


def test_configurations_within_noise_are_told_from_those_that_lose_and_the_smallest_is_named():
    data = datasets.moons(n_samples=200, noise=0.3)
    over = {"hidden": [(1,), (16,), (32,)], "lr": [0.02]}
    found = sweep(data, over=over, seeds=4, training=Training(epochs=60, batch_size=None))
    near = {each.number for each in found.near_best}
    assert found.winner.configuration.number in near
    assert 1 not in near
    for lead in found.winner.leads:
        column = f"validation_{found.metric}"
        mean = found.table.filter(configuration=lead.runner_up)[column][0]
        inside = found.table[f"{column}_low"][0] <= mean <= found.table[f"{column}_high"][0]
        assert (lead.runner_up in near) == (not lead.is_clear and inside)
    sizes = {each.number: found.n_parameters(each) for each in found.configurations}
    assert sizes[2] == 2 * 16 + 16 + 16 + 1
    smallest = min(near, key=sizes.__getitem__)
    if smallest == found.winner.configuration.number:
        assert found.smallest_near_best is None
    else:
        assert found.smallest_near_best.number == smallest
        assert f"The smallest network within noise of it is configuration {smallest}" in found.verdict()


def test_one_seed_shows_nothing_within_noise():
    found = sweep(datasets.moons(n_samples=60), over={"hidden": [(2,), (4,)]}, seeds=1, training=Training(epochs=2))
    assert found.near_best == (found.winner.configuration,)
    assert found.smallest_near_best is None
