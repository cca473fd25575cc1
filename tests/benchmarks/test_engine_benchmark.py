"""The benchmarks run and say what they measured; how fast anything is, no test asks."""

import itertools
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from benchmarks.engine.families import FIGURES
from benchmarks.engine.families.busy import a_busy_core
from benchmarks.engine.families.moons import DROPOUT, SMALL, full_batch
from benchmarks.engine.families.products import Products
from benchmarks.engine.families.scaling import slope
from benchmarks.engine.figures import Contender, Figure, NotApplicableError, Reading, Scale, quotient
from benchmarks.engine.isolated import in_own_process
from benchmarks.engine.opponents import data_loader_loop, full_batch_loop, sequential
from benchmarks.engine.report import DOCUMENT, entry, merge, read, table, with_table, write
from benchmarks.engine.rows import heart_folds, moon_rows
from benchmarks.engine.runner import measure

from demarcate.engine import Training

ROOT = Path(__file__).parents[2]
QUICK = Scale(quick=True)


def made_up(contenders, bound="at least"):
    return Figure("made_up", "one beside two", 2, bound, quotient("two", "one"), contenders)


def counting(log, name, values):
    given = itertools.chain([math.nan], values)

    def run():
        log.append(name)
        return Reading(next(given), {name: "noted"})

    return Contender(name, run)


def made_up_result():
    log = []
    pair = [counting(log, "one", [1.0, 2.0, 3.0]), counting(log, "two", [4.0, 2.0, 9.0])]
    return measure(made_up(lambda _: pair), QUICK, repeats=3), log


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_runs_and_gives_a_finite_ratio(name):
    found = entry(measure(FIGURES[name], QUICK, repeats=1))
    if "not_applicable" not in found:
        assert all(math.isfinite(found[key]) for key in ("ratio", "lowest", "highest"))
        assert all(len(values) == 1 for values in found["values"].values())
    assert name in table({name: found})


def test_contenders_are_warmed_then_run_in_turn():
    _, log = made_up_result()
    assert log == ["one", "two"] * 4


def test_the_ratio_is_that_of_the_medians_and_the_spread_that_of_the_rounds():
    result, _ = made_up_result()
    found = entry(result)
    assert (found["ratio"], found["lowest"], found["highest"], found["met"]) == (2.0, 1.0, 4.0, True)
    assert found["values"] == {"one": [1.0, 2.0, 3.0], "two": [4.0, 2.0, 9.0]}
    assert found["notes"] == {"one": "noted", "two": "noted"}


def test_a_goal_is_reached_from_its_own_side():
    assert made_up(list).met_by(2.0)
    assert not made_up(list).met_by(1.9)
    assert made_up(list, "at most").met_by(1.9)
    assert not made_up(list, "at most").met_by(2.1)


def test_what_cannot_be_measured_says_why():
    def refuse(_):
        raise NotApplicableError("no such thing here")

    found = entry(measure(made_up(refuse), QUICK))
    assert found["not_applicable"] == "no such thing here"
    assert "not applicable: no such thing here" in table({"made_up": found})


def test_later_results_replace_earlier_ones_and_keep_the_order_of_figures(tmp_path):
    old, new = entry(made_up_result()[0]), entry(made_up_result()[0]) | {"date": "later"}
    merged = merge({"b": old, "gone": old, "a": old}, {"b": new}, ["a", "b", "c"])
    assert list(merged.items()) == [("a", old), ("b", new)]
    write(merged, tmp_path / "results" / "engine.json")
    assert read(tmp_path / "results" / "engine.json") == merged
    assert read(tmp_path / "nothing.json") == {}


def test_the_table_in_the_documentation_is_what_the_results_give():
    document = DOCUMENT.read_text(encoding="utf-8")
    assert with_table(document, read()) == document


def test_results_are_of_figures_that_there_are():
    assert set(read()) <= set(FIGURES)


def test_a_new_table_leaves_the_rest_of_the_document():
    document = DOCUMENT.read_text(encoding="utf-8")
    changed = with_table(document, {"made_up": entry(made_up_result()[0])})
    assert "| `made_up` | one beside two | two / one | at least 2 | 2 (1 to 4) | yes |" in changed
    assert with_table(changed, read()) == document


def test_the_plain_loops_learn_and_keep_a_number_an_epoch():
    moons = full_batch_loop(SMALL, full_batch(60), moon_rows())
    heart = data_loader_loop(SMALL, Training(lr=0.01, epochs=5, batch_size=32), heart_folds(8)[0])
    for history, epochs in ((moons, 60), (heart, 5)):
        assert {name: len(values) for name, values in history.items()} == dict.fromkeys(
            ("train_loss", "train_accuracy", "test_loss", "test_accuracy"), epochs
        )
        assert history["train_loss"][-1] < history["train_loss"][0]
        assert history["test_accuracy"][-1] > 0.7


def test_a_plain_loop_does_the_engines_work():
    rows, training = moon_rows(), full_batch(20)
    ours = rows.fit([rows.member(SMALL, training, 0)])[0].history
    theirs = full_batch_loop(SMALL, training, rows)
    pairs = {
        "train_loss": ours.train_loss,
        "train_accuracy": ours.train_accuracy,
        "test_loss": ours.validation_loss,
        "test_accuracy": ours.validation_accuracy,
    }
    for name, values in pairs.items():
        assert theirs[name] == pytest.approx(values.tolist(), abs=1e-3), name


def test_dropout_of_a_plain_loop_follows_each_activation():
    names = [type(layer).__name__ for layer in sequential(DROPOUT, 2)]
    assert names == ["Linear", "ReLU", "Dropout"] * 2 + ["Linear"]


def test_the_folds_of_the_heart_patients_hold_every_patient_once():
    folds = heart_folds(8)
    assert torch.cat([fold.test for fold in folds]).sort().values.tolist() == list(range(303))
    assert all(len(fold.train) + len(fold.test) == 303 for fold in folds)


def test_the_products_are_three_forward_three_of_weights_and_two_of_inputs(monkeypatch):
    seen = []
    monkeypatch.setattr(torch, "bmm", lambda a, b, out: seen.append((a.shape[1:], b.shape[1:], out.shape[1:])))
    Products(torch.float32).step()
    forward, gradients = seen[:3], seen[3:]
    assert forward == [((256, 50), (50, 256), (256, 256)), ((256, 256),) * 3, ((256, 256), (256, 1), (256, 1))]
    assert gradients == [
        ((256, 256), (256, 1), (256, 1)),
        ((256, 1), (1, 256), (256, 256)),
        ((256, 256),) * 3,
        ((256, 256),) * 3,
        ((50, 256), (256, 256), (50, 256)),
    ]


def test_time_that_grows_with_the_rows_has_slope_one():
    assert slope({"10 rows": 0.5, "100 rows": 5.0, "1000 rows": 50.0}) == pytest.approx(1)


def test_a_function_runs_in_another_process_without_what_is_to_be_hidden(monkeypatch):
    monkeypatch.setenv("SLOW", "1")
    assert in_own_process(os.getenv, "SLOW") == "1"
    assert in_own_process(os.getenv, "SLOW", without=["SLOW"]) is None
    assert in_own_process(os.getpid) != os.getpid()


def test_the_busy_process_ends_also_when_the_fit_fails(monkeypatch):
    started, begin = [], subprocess.Popen

    def remembered(*arguments, **settings):
        started.append(begin(*arguments, **settings))
        return started[-1]

    def fail():
        with a_busy_core():
            assert started[0].poll() is None
            _ = 1 / 0

    monkeypatch.setattr(subprocess, "Popen", remembered)
    with pytest.raises(ZeroDivisionError):
        fail()
    assert started[0].poll() is not None


def test_an_unknown_figure_is_refused_by_name():
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "engine", "--only", "moons_two"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "got moons_two" in done.stderr
