import inspect
import json
import re

import numpy as np
import polars as pl
import pytest

from demarcate import Network, Training, datasets, load, sweep
from demarcate.cli.option_groups import settings_of
from demarcate.cli.options import GridOptions
from demarcate.experiments.sweep import Between
from demarcate.trainingset.held_out_rows import DEFAULT_TEST_SIZE

TINY = ("--epochs", "3", "--seeds", "2")
TWO = ("--hidden", "none", "--hidden", "4,4", "--lr", "0.01,0.1")


@pytest.fixture
def run(demarcate):
    def run(*arguments, stdin=None):
        return demarcate("sweep", *arguments, *TINY, stdin=stdin)

    return run


@pytest.fixture(scope="module")
def report(demarcate, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    files = ("--out", folder / "table.csv", "--save", folder / "winner.safetensors")
    outcome = demarcate("sweep", "moons", *TWO, *TINY, "--json", *files)
    assert outcome.code == 0, outcome.err
    return {**json.loads(outcome.out), "folder": folder, "err": outcome.err}


@pytest.fixture(scope="module")
def expected():
    """The same sweep in Python."""
    over = {"hidden": [(), (4, 4)], "lr": [0.01, 0.1], "epochs": [3]}
    return sweep(datasets.moons(), over, seeds=2, training=Training(epochs=3))


class TestReport:
    def test_json_is_what_the_same_sweep_gives_in_python(self, report, expected):
        assert report["configurations"] == expected.table.to_dicts()
        assert report["winner"]["configuration"] == expected.winner.configuration.number
        assert report["winner"]["scores"] == {name: value.to_json() for name, value in expected.winner.scores.items()}
        assert report["lead"]["value"] == expected.winner.lead.mean.value
        assert report["lead"]["is_clear"] is expected.winner.lead.is_clear
        assert report["halving"] is None
        assert (report["n_samples"], report["n_train"], report["n_validation"], report["n_test"]) == (300, 192, 48, 60)
        assert (report["target"], report["classes"], report["metric"]) == ("label", [0, 1], "log_loss")
        assert report["sweep_seconds"] > 0

    def test_everything_else_is_on_standard_error(self, report):
        assert report["err"].splitlines() == [
            "4 configurations x 2 seeds = 8 networks in 2 populations.",
            f"Table saved to {report['folder'] / 'table.csv'}",
            f"Saved to {report['folder'] / 'winner.safetensors'}, SHA-256 {report['sha256']}",
        ]

    def test_the_table_is_written_as_csv(self, report, expected):
        table = pl.read_csv(report["folder"] / "table.csv", schema=expected.table.schema)
        assert table.equals(expected.table)

    def test_the_saved_winner_predicts_the_same_and_says_where_it_is_from(self, report, expected):
        model = load(report["folder"] / "winner.safetensors")
        X = datasets.moons().X
        assert np.array_equal(model.predict_proba(X), expected.winner.predictor.predict_proba(X))
        assert model.target == "label"
        assert model.record["scores"] == report["winner"]["scores"]
        assert model.record["sweep"]["seeds"] == 2

    def test_the_saved_winner_is_inspected_and_evaluated_like_any_model(self, report, demarcate):
        path = report["folder"] / "winner.safetensors"
        assert "trained on             240 rows" in demarcate("inspect", path).out
        outcome = demarcate("evaluate", path, "moons")
        assert outcome.code == 0
        assert "the very rows the model was trained on" in outcome.err

    @pytest.mark.parametrize("name", ["t.parquet", "t.tsv", "t.jsonl"])
    def test_the_table_is_written_in_other_formats(self, run, expected, tmp_path, name):
        assert run("moons", *TWO, "--quiet", "--out", tmp_path / name).code == 0
        readers = {
            "t.parquet": pl.read_parquet,
            "t.tsv": lambda path: pl.read_csv(path, separator="\t", schema=expected.table.schema),
            "t.jsonl": lambda path: pl.read_ndjson(path, schema=expected.table.schema),
        }
        assert readers[name](tmp_path / name).equals(expected.table)


class TestShown:
    def test_table_winner_and_scores_are_shown(self, run, expected):
        outcome = run("moons", *TWO)
        assert outcome.code == 0
        assert outcome.err == "4 configurations x 2 seeds = 8 networks in 2 populations.\n"
        assert "moons: 300 rows, 2 columns and the target 'label'" in outcome.out
        assert expected.ranking() in outcome.out
        assert expected.verdict() in outcome.out
        assert "Scores on 60 test rows, with 95% intervals" in outcome.out
        assert "logistic regression" in outcome.out

    def test_quiet_says_nothing(self, run, tmp_path):
        outcome = run("moons", *TWO, "--quiet", "--save", tmp_path / "m.safetensors")
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert (tmp_path / "m.safetensors").exists()

    def test_networks_that_diverge_are_warned_of(self, run):
        outcome = run("moons", "--optimizer", "sgd", "--hidden", "8,8", "--lr", "0.1,1e37", "--json")
        assert outcome.code == 0
        assert outcome.err.splitlines()[1].startswith("Warning: The loss of 2 of 4 networks stopped being finite")
        assert sorted(row["diverged"] for row in json.loads(outcome.out)["configurations"]) == [0, 2]


class TestOptions:
    def test_every_setting_reaches_the_sweep(self, run):
        arguments = ("--activation", "relu,tanh", "--dropout", "0,0.2", "--weight-decay", "0.1", "--batch-size", "32,0")
        settings = ("--optimizer", "adamw", "--patience", "2", "--metric", "accuracy", "--test-size", "50")
        rows = ("--validation-size", "0.4", "--seed", "3", "--sample", "5")
        outcome = run("moons", *arguments, *settings, *rows, "--json")
        report = json.loads(outcome.out)
        assert len(report["configurations"]) == 5
        assert (report["n_test"], report["n_validation"], report["n_train"]) == (50, 100, 150)
        assert report["metric"] == "accuracy"
        settings = report["winner"]["settings"]
        assert (settings["optimizer"], settings["patience"], settings["weight_decay"]) == ("adamw", 2, 0.1)
        assert {row["batch_size"] for row in report["configurations"]} <= {32, None}
        assert len(report["seeds"]) == 2

    def test_a_range_is_sampled(self, run):
        report = json.loads(run("moons", "--lr", "1e-4..1e-1", "--hidden", "2", "--sample", "6", "--json").out)
        rates = [row["lr"] for row in report["configurations"]]
        assert len(set(rates)) == 6
        assert all(1e-4 <= rate <= 1e-1 for rate in rates)

    def test_columns_are_what_the_caller_says(self, run, heart_csv, tmp_path):
        lists = ("--categorical", "cp, sex", "--categorical", "ca", "--numerical", "fbs", "--drop", "thal,chol")
        save = ("--save", tmp_path / "m.safetensors")
        assert run(heart_csv, "--target", "target", "--hidden", "none", *lists, *save, "--quiet").code == 0
        model = load(tmp_path / "m.safetensors")
        columns = {column.name: column for column in model.schema.columns}
        assert {name for name in columns if columns[name].dropped} == {"thal", "chol"}
        assert {columns[name].kind for name in ("cp", "sex", "ca")} == {"categorical"}
        assert columns["fbs"].kind == "numerical"
        assert model.target == "target"

    @pytest.mark.parametrize(
        ("options", "over"),
        [
            ({"hidden": ["2", "16,16", "none"]}, {"hidden": [(2,), (16, 16), ()]}),
            ({"batch_size": "32,0,all"}, {"batch_size": [32, None, None]}),
            ({"lr": " 0.1 , 1e-2"}, {"lr": [0.1, 0.01]}),
            ({"epochs": "5..50"}, {"epochs": Between(5, 50, log=True)}),
            ({"dropout": "0..0.5"}, {"dropout": Between(0.0, 0.5)}),
            ({"lr": "0.1..1,2"}, {"lr": ["0.1..1", 2.0]}),
            ({"activation": "relu, tanh", "optimizer": None}, {"activation": ["relu", "tanh"]}),
        ],
    )
    def test_lists_and_ranges_are_read(self, options, over):
        assert settings_of(GridOptions(**options)) == over

    def test_halving_is_asked_for_by_a_flag(self, demarcate, monkeypatch):
        asked = {}

        def stand_in(*_, **settings):
            asked.update(settings)
            raise KeyboardInterrupt

        monkeypatch.setattr("demarcate.experiments.sweep.sweep", stand_in)
        assert demarcate("sweep", "moons", "--hidden", "2", "--halving").code == 130
        assert asked["halving"] is True


class TestRefusals:
    def test_all_wrong_values_are_told_at_once(self, demarcate):
        wrong = ("--hidden", "2,x", "--lr", "0.1,fast", "--activation", "relu,tanx", "--epochs", "1.5", "--seeds", "0")
        outcome = demarcate("sweep", "moons", *wrong, "--metric", "loss", "--json")
        assert (outcome.code, outcome.out) == (2, "")
        for found in ("'2,x'", "'fast'", "'tanx'", "'1.5'", "seeds is 0", "metric is 'loss'"):
            assert found in outcome.err

    def test_nothing_to_try_is_wrong_usage(self, demarcate):
        outcome = demarcate("sweep", "moons", "--json")
        assert outcome.code == 2
        assert "There is nothing to try. Name values" in outcome.err

    def test_a_range_without_a_sample_is_wrong_usage(self, run):
        outcome = run("moons", "--lr", "1e-4..1e-1", "--json")
        assert outcome.code == 2
        assert "a range, and there is no sample" in outcome.err

    @pytest.fixture
    def never_train(self, monkeypatch):
        def stand_in(*_, **__):
            raise AssertionError("it trained")

        monkeypatch.setattr("demarcate.experiments.sweep.sweep", stand_in)

    @pytest.mark.usefixtures("never_train")
    @pytest.mark.parametrize(
        ("files", "code", "told"),
        [
            (("--out", "t.txt"), 2, "Give the table a name that ends in one of .csv"),
            (("--out", "nosuch/t.csv"), 1, "is not a folder"),
            (("--save", "nosuch/m.safetensors"), 1, "is not a folder"),
            (("--out", "in.csv"), 2, "--out in.csv is a file that this command reads"),
            (("--save", "in.csv"), 2, "--save in.csv is a file that this command reads"),
            (("--out", "x.csv", "--save", "x.csv"), 2, "--out and --save both name"),
        ],
    )
    def test_outputs_that_cannot_be_are_refused_before_training(self, run, tmp_path, monkeypatch, files, code, told):
        monkeypatch.chdir(tmp_path)
        datasets.moons(n_samples=20).frame.write_csv("in.csv")
        outcome = run("in.csv", "--target", "label", "--hidden", "2", *files)
        assert (outcome.code, outcome.out) == (code, "")
        assert told in outcome.err

    def test_an_unknown_target_is_refused_with_a_close_name(self, run, heart_csv):
        outcome = run(heart_csv, "--target", "targt", "--hidden", "2")
        assert outcome.code == 1
        assert "Did you mean 'target'" in outcome.err


def test_the_defaults_the_help_states_are_those_of_python(demarcate):
    told = " ".join(demarcate("sweep", "--help").out.split())
    stated = dict(re.findall(r"--([\w-]+) (?:<[a-z\[\]]+>|[A-Z]+) (?:(?! -)[^\[])*\[default: ([^\]]*)\]", told))
    parameters = inspect.signature(sweep).parameters
    settings = {
        **{name: parameter.default for name, parameter in parameters.items()},
        **vars(Network()),
        **vars(Training()),
    }
    named = "hidden lr epochs seeds metric test-size validation-size device seed"
    assert set(stated) >= set(named.split())
    assert (stated.pop("sample"), settings["sample"]) == ("all", None)
    assert (stated.pop("patience"), settings["patience"]) == ("0", None)
    assert (stated.pop("test-size"), settings["test_size"]) == (str(DEFAULT_TEST_SIZE), None)
    stated.pop("positive")  # said by the labels, not by a value
    for option, default in stated.items():
        value = settings[option.replace("-", "_")]
        assert default == (",".join(map(str, value)) if isinstance(value, tuple) else str(value))


def test_one_file_under_two_names_is_refused(demarcate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = demarcate("sweep", "moons", "--epochs", "2", "--seeds", "1", "--out", "./y.csv", "--save", "y.csv")
    assert outcome.code == 2
    assert "--out and --save both name" in outcome.err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--lr", "--epochs", "--activation"])
def test_an_option_without_a_value_is_refused(demarcate, option):
    outcome = demarcate("sweep", "moons", option, "")
    assert outcome.code == 2
    assert "Value 1 of" in outcome.err


def test_groups_stay_together_and_the_saved_winner_keeps_them(demarcate, tmp_path):
    generator = np.random.default_rng(0)
    person = np.repeat(np.arange(20), 6)
    frame = pl.DataFrame(
        {
            "person": [f"P-{number:03}" for number in person],
            "a": generator.normal(size=120),
            "ill": generator.integers(2, size=20)[person],
        }
    )
    frame.write_csv(tmp_path / "visits.csv")
    model = tmp_path / "winner.safetensors"
    options = ("--hidden", "2", "--hidden", "4", "--epochs", "4", "--group", "person", "--save", model, "--json")
    outcome = demarcate("sweep", tmp_path / "visits.csv", "--target", "ill", *options)
    assert outcome.code == 0, outcome.err
    scores = json.loads(outcome.out)["winner"]["scores"]
    assert scores["accuracy"]["n_clusters"] == 4
    trained_on = load(model).trained_on
    assert (trained_on.group_columns, len(trained_on.groups)) == (("person",), 16)
