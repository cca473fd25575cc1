import re
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional

from demarcate import datasets
from demarcate.engine import Member, Progress, Training
from demarcate.errors import CheckpointError, SettingError
from demarcate.experiments import train
from demarcate.experiments.epoch_lines import epoch_line, epoch_reporter
from demarcate.nn import Network

MOONS = datasets.moons(n_samples=80, noise=0.2)
TRAINING = Training(lr=0.02, epochs=25, batch_size=None)
NETWORKS = {"small": Network((4,)), "deep": Network((6, 6), dropout=0.3), "wide": Network((9,), activation="tanh")}


def test_a_line_has_epoch_losses_and_accuracies_and_a_dash_for_what_was_not_evaluated():
    values = {"epoch": 10, "train_loss": 0.5, "train_accuracy": 0.75, "test_loss": None, "test_accuracy": None}
    assert (
        epoch_line(values)
        == "epoch   10  train loss 0.5000  train accuracy 0.7500  test loss      -  test accuracy      -"
    )


def test_what_is_printed_while_training_is_what_the_log_says_afterwards(capsys):
    runs = train(MOONS, NETWORKS, TRAINING, every=10)
    printed = capsys.readouterr().out.splitlines()
    for name, run in runs.items():
        own = [line.removeprefix(f"{name:5}  ") for line in printed if line.startswith(f"{name:5}  ")]
        assert own == run.log(every=10).splitlines()
        assert [int(line.split()[1]) for line in own] == [1, 10, 20, 25]
    assert len(printed) == 12


def test_a_single_network_has_the_lessons_line(capsys):
    train(MOONS, Network((4,)), TRAINING, every=25)
    line = r"epoch +\d+  train loss \d\.\d{4}  train accuracy \d\.\d{4}  test loss \d\.\d{4}  test accuracy \d\.\d{4}"
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all(re.fullmatch(line, each) for each in lines)


def test_with_dropout_the_accuracy_in_eval_mode_stands_beside_that_of_the_steps(capsys):
    run = train(MOONS, NETWORKS["deep"], TRAINING, every=25)["network"]
    last = run.history.row(-1, named=True)
    assert last["eval_train_accuracy"] == pytest.approx(run.train_accuracy)
    assert last["eval_train_loss"] == pytest.approx(run.train_loss, rel=1e-5)
    assert last["eval_train_loss"] != pytest.approx(last["train_loss"], rel=1e-3)
    assert f"({run.train_accuracy:.4f} in eval mode)" in capsys.readouterr().out.splitlines()[-1]


def test_early_stopping_watches_validation_rows_which_are_named_so_and_its_last_epoch_has_a_line(capsys):
    reports = []
    training = replace(TRAINING, epochs=400, lr=0.2, patience=3)
    run = train(MOONS, Network((16,)), training, every=1000, on_epoch=reports.append)["network"]
    first, last = capsys.readouterr().out.splitlines()
    assert len(run.history) < 400
    assert int(last.split()[1]) == len(run.history) == reports[-1].epoch
    assert "validation loss" in first
    assert "test" not in first
    assert (reports[0].test_loss, reports[0].validation_accuracy) == (None, run.history["validation_accuracy"][0])


def test_without_early_stopping_the_callback_gets_test_rows_by_their_name(capsys):
    reports = []
    run = train(MOONS, Network((4,)), TRAINING, on_epoch=reports.append)["network"]
    assert [report.test_loss for report in reports] == run.history["test_loss"].to_list()
    assert [report.test_accuracy for report in reports] == run.history["test_accuracy"].to_list()
    assert [report.train_accuracy for report in reports] == run.history["train_accuracy"].to_list()
    assert reports[0].validation_loss is None
    assert capsys.readouterr().out == ""


def test_of_several_seeds_the_first_has_lines_and_is_named(capsys):
    runs = train(MOONS, NETWORKS, replace(TRAINING, epochs=2), seeds=3, seed=5, every=1)
    printed = sorted(capsys.readouterr().out.splitlines())
    expected = [(name, line) for name, run in runs.items() for line in run.log(every=1).splitlines()]
    assert printed == sorted(f"{f'{name}, seed 5':13}  {line}" for name, line in expected)


def test_seeds_in_several_stacks_have_lines_of_each(capsys):
    """Stacks may train one after the other: none keeps its reader waiting."""
    rows, names = torch.arange(4), ("a", "b")
    members = [Member(Network((4,)), TRAINING, seed, rows, rows) for seed in range(3) for _ in names]
    titles = [f"{name}, seed {seed}" for seed in range(3) for name in names]
    report = epoch_reporter(None, 1, members, titles, n_networks=2, on_test_rows=False)
    for population, epoch, active in ((1, 1, (0, 3, 1)), (2, 1, (2, 4, 5)), (1, 2, (3, 1)), (2, 2, (4, 5))):
        values = {"train_loss": torch.ones(len(active))}
        report(Progress(population, 2, epoch, 2, 3, active, (), values))
    assert [line[:21] for line in capsys.readouterr().out.splitlines()] == [
        "a, seed 0  epoch    1",
        "b, seed 0  epoch    1",
        "a, seed 1  epoch    1",
        "b, seed 2  epoch    1",
        "b, seed 0  epoch    2",
        "b, seed 2  epoch    2",
    ]


def test_training_resumed_from_a_checkpoint_goes_on_printing_and_has_the_whole_history(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("demarcate.engine.checkpoint.PopulationCheckpoint.is_due", lambda self: True)

    def cut(progress):
        if progress.epoch == 300:
            raise KeyboardInterrupt

    settings = {"networks": NETWORKS["deep"], "training": replace(TRAINING, epochs=400), "every": 100}
    whole = train(MOONS, **settings)["network"]
    expected = capsys.readouterr().out.splitlines()
    with pytest.raises(KeyboardInterrupt):
        train(MOONS, **settings, on_epoch=cut, checkpoint=tmp_path)
    capsys.readouterr()
    resumed = train(MOONS, **settings, checkpoint=tmp_path)["network"]
    assert resumed.history.equals(whole.history)
    assert capsys.readouterr().out.splitlines() == expected[3:]
    with pytest.raises(CheckpointError, match="epochs between evaluations of the training rows: 100 then, 50 now"):
        train(MOONS, **{**settings, "every": 50}, checkpoint=tmp_path)


def test_every_is_a_whole_number_of_epochs():
    with pytest.raises(SettingError, match=r"^every must be a whole number of epochs from 1 up, got 0$"):
        train(MOONS, Network((4,)), TRAINING, every=0)


def test_a_module_of_ones_own_is_evaluated_in_its_eval_mode(capsys):
    """Batch norm takes the batch's own mean in training, and the running mean after it."""
    module = nn.Sequential(nn.Linear(2, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
    run = train(MOONS, module, TRAINING, every=25)["network"]
    first, last = run.history.row(0, named=True), run.history.row(-1, named=True)
    assert first["eval_train_loss"] != pytest.approx(first["train_loss"], rel=1e-3)
    assert last["eval_train_loss"] == pytest.approx(run.train_loss, rel=1e-5)
    assert f"({run.train_accuracy:.4f} in eval mode)" in capsys.readouterr().out.splitlines()[-1]


def test_the_values_are_those_of_a_plain_loop():
    """Before each update those of the training rows; after it, in eval mode, those of training and test rows."""
    training = Training(optimizer="sgd", lr=0.3, epochs=12, batch_size=None)
    run = train(MOONS, Network((6,), "tanh"), training, standardise=False, seed=3, every=1)["network"]
    x, y = torch.tensor(MOONS.X.to_numpy()).float(), torch.tensor(MOONS.y).float().unsqueeze(1)
    torch.manual_seed(3)
    plain = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 1))
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.3)

    def measured(rows):
        logits = plain(x[rows])
        loss = functional.binary_cross_entropy_with_logits(logits, y[rows])
        return loss, ((logits > 0) == y[rows]).double().mean().item()

    for row in run.history.iter_rows(named=True):
        loss, accuracy = measured(run.train_rows)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected = {"train": (loss, accuracy), "eval_train": measured(run.train_rows), "test": measured(run.test_rows)}
        for rows, (loss, accuracy) in expected.items():
            assert row[f"{rows}_loss"] == pytest.approx(loss.item(), rel=1e-6, abs=1e-6)
            assert row[f"{rows}_accuracy"] == pytest.approx(accuracy)
