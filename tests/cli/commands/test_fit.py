import hashlib
import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, load
from demarcate.classifier.presets import AUTO, PRESETS, preset_settings
from demarcate.errors import OutputError
from demarcate.evaluation import METRICS

FIELD = Path(__file__).parent.parent.parent / "data" / "field"
VISITS, PAST = FIELD / "groups" / "mild_visits.csv", FIELD / "time-order" / "past.csv"
TINY = ("--epochs", "3", "--folds", "2", "--hidden", "8")


@pytest.fixture
def fit(demarcate):
    def run(*arguments, stdin=None):
        return demarcate("fit", *arguments, *TINY, stdin=stdin)

    return run


@pytest.fixture
def small(tmp_path):
    """A table of 40 rows; ``write`` puts other columns in their place."""

    def write(name="small.csv", **columns):
        rows = np.arange(40)
        table = {"size": (rows * 7) % 11 / 4, "kind": [f"k{row % 3}" for row in rows], "label": rows % 2, **columns}
        pl.DataFrame({name: values for name, values in table.items() if values is not None}).write_csv(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture(scope="module")
def report(demarcate, tmp_path_factory):
    out = tmp_path_factory.mktemp("fit") / "heart.safetensors"
    outcome = demarcate("fit", "heart", *TINY, "--json", "--out", out)
    assert outcome.code == 0
    return {**json.loads(outcome.out), "saved": out, "err": outcome.err}


class TestReport:
    def test_json_says_what_was_fitted_and_where_it_is(self, report):
        assert report["model"] == str(report["saved"])
        assert report["saved"].exists()
        assert report["sha256"] == hashlib.sha256(report["saved"].read_bytes()).hexdigest()
        assert report["err"] == f"Saved to {report['saved']}, SHA-256 {report['sha256']}\n"
        assert (report["n_samples"], report["n_features"]) == (303, 13)
        assert (report["target"], report["classes"]) == ("target", [0, 1])
        assert report["class_rows"] == {"0": 164, "1": 139}
        assert report["fit_seconds"] > 0
        assert [column["kind"] for column in report["columns"] if column["name"] == "thal"] == ["categorical"]

    def test_every_score_has_an_interval_and_says_its_rows(self, report):
        every = [report["scores"], *report["baselines"].values()]
        assert set(report["baselines"]) == {"majority", "logistic_regression"}
        for scores in every:
            assert set(scores) == set(METRICS)
            for score in scores.values():
                assert score["low"] <= score["value"] <= score["high"]
                assert (score["rows"], score["n_rows"]) == ("out-of-fold", 303)

    def test_the_model_file_records_the_same(self, report):
        record = load(report["saved"]).record
        assert record["scores"] == report["scores"]
        assert record["baselines"] == report["baselines"]


class TestTables:
    def test_a_csv_is_fitted_like_the_built_in_data(self, fit, heart_csv):
        categorical = "sex,cp,fbs,restecg,exang,ca,thal"
        from_file = fit(heart_csv, "--target", "target", "--json", "--categorical", categorical)
        built_in = fit("heart", "--json")
        assert json.loads(from_file.out)["scores"] == json.loads(built_in.out)["scores"]

    @pytest.mark.parametrize("name", ["heart.tsv", "heart.parquet", "heart.jsonl"])
    def test_other_formats_give_the_same_scores(self, fit, heart_csv, heart_frame, tmp_path, name):
        writers = {
            "heart.tsv": lambda path: heart_frame.write_csv(path, separator="\t"),
            "heart.parquet": heart_frame.write_parquet,
            "heart.jsonl": heart_frame.write_ndjson,
        }
        writers[name](tmp_path / name)
        # Parquet files keep the type of categories, which text does not have.
        categorical = ("--categorical", "sex,cp,fbs,restecg,exang,ca,thal")
        outcome = fit(tmp_path / name, "--target", "target", "--json", *categorical)
        expected = fit(heart_csv, "--target", "target", "--json", *categorical)
        assert json.loads(outcome.out)["scores"] == json.loads(expected.out)["scores"]

    def test_a_table_comes_from_standard_input(self, start, heart_csv, fit):
        process = start("fit", "-", "--target", "target", "--json", *TINY)
        out, err = process.communicate(heart_csv.read_bytes(), timeout=300)
        assert process.returncode == 0, err
        report = json.loads(out)
        assert report["n_samples"] == 303
        assert report["scores"] == json.loads(fit(heart_csv, "--target", "target", "--json").out)["scores"]

    def test_columns_are_what_the_caller_says(self, fit, heart_csv):
        arguments = ("--categorical", "cp, sex", "--categorical", "ca", "--numerical", "fbs", "--drop", "thal,chol")
        report = json.loads(fit(heart_csv, "--target", "target", "--json", *arguments).out)
        columns = {column["name"]: column for column in report["columns"]}
        assert {name for name in columns if columns[name]["dropped"]} == {"thal", "chol"}
        assert {columns[name]["kind"] for name in ("cp", "sex", "ca")} == {"categorical"}
        assert columns["fbs"]["kind"] == "numerical"

    def test_what_the_caller_says_goes_before_what_a_built_in_table_says(self, fit):
        report = json.loads(fit("heart", "--json", "--numerical", "ca", "--drop", "thal").out)
        kinds = {column["name"]: (column["kind"], bool(column["dropped"])) for column in report["columns"]}
        assert kinds["ca"] == ("numerical", False)
        assert kinds["thal"] == ("categorical", True)

    def test_a_missing_file_is_refused(self, fit, tmp_path):
        outcome = fit(tmp_path / "nosuch.csv", "--target", "y")
        assert outcome.code == 1
        assert "nosuch.csv" in outcome.err
        assert outcome.out == ""

    def test_every_wrong_column_is_named_at_once(self, fit, heart_csv):
        outcome = fit(heart_csv, "--target", "target", "--categorical", "sexx", "--drop", "age,weight")
        assert outcome.code == 1
        assert "'sexx'" in outcome.err
        assert "'weight'" in outcome.err


class TestTarget:
    def test_a_table_without_a_target_is_wrong_usage_and_its_columns_are_named(self, fit, small):
        outcome = fit(small())
        assert outcome.code == 2
        assert "--target" in outcome.err
        assert "size, kind, label" in outcome.err

    def test_an_unknown_target_is_refused_with_a_close_name(self, fit, small):
        outcome = fit(small(), "--target", "lable")
        assert outcome.code == 1
        assert "There is no column 'lable' to predict. Did you mean 'label'?" in outcome.err

    def test_an_unknown_target_unlike_any_is_refused_with_the_columns(self, fit, small):
        outcome = fit(small(), "--target", "zzz")
        assert outcome.code == 1
        assert "The table has size, kind, label." in outcome.err

    def test_missing_labels_are_refused_unless_their_rows_may_go(self, fit, small):
        path = small(label=[None if row in (3, 8) else row % 2 for row in range(40)])
        refused = fit(path, "--target", "label", "--json")
        assert refused.code == 1
        assert refused.out == ""
        assert "missing in rows 4, 9" in refused.err
        assert "--drop-missing-target" in refused.err
        taken = fit(path, "--target", "label", "--json", "--drop-missing-target")
        assert taken.code == 0
        assert "2 rows without a target are left out." in taken.err
        assert json.loads(taken.out)["n_samples"] == 38

    def test_a_target_without_other_columns_is_refused(self, fit, small):
        outcome = fit(small(size=None, kind=None), "--target", "label")
        assert outcome.code == 1
        assert "'label' is the only column" in outcome.err

    def test_one_class_is_refused(self, fit, small):
        outcome = fit(small(label=["a"] * 40), "--target", "label")
        assert outcome.code == 1
        assert "Every label is 'a'" in outcome.err


class TestShown:
    def test_schema_balance_scores_and_training_are_shown(self, fit, tmp_path):
        outcome = fit("heart", "--out", tmp_path / "m.safetensors")
        assert outcome.code == 0
        assert "heart: 303 rows, 13 columns and the target 'target'" in outcome.out
        assert re.search(r"thal +categorical +2? +3: fixed, normal, reversible", outcome.out)
        assert re.search(r"age +numerical +29 to 77, median 56", outcome.out)
        assert re.search(r"0 +164 +54\.1%", outcome.out)
        assert "Scores on 303 out-of-fold rows, with 95% intervals" in outcome.out
        assert re.search(r"accuracy +0\.\d{3} \[0\.\d{3}, +0\.\d{3}\]", outcome.out)
        assert re.search("2 networks of 8 hidden units, trained in", outcome.out)
        path = re.escape(str(tmp_path / "m.safetensors"))
        saved, next_command = outcome.err.splitlines()
        assert re.fullmatch(rf"Saved to {path}, SHA-256 [0-9a-f]{{64}}", saved)
        assert re.fullmatch(rf"Next: demarcate predict {path} heart --out predictions\.csv", next_command)
        assert "than logistic regression: log loss" in outcome.out.rstrip().splitlines()[-1]

    def test_without_out_it_says_that_nothing_is_kept(self, fit):
        lines = ["Not saved: name a file with --out to keep this model.", "Next: demarcate diagnose moons"]
        assert fit("moons").err.splitlines() == lines

    def test_class_weights_are_shown_and_reported(self, fit):
        outcome = fit("heart", "--class-weight", "balanced")
        assert "Effective class weights  0: 0.924, 1: 1.09" in outcome.out
        report = json.loads(fit("heart", "--class-weight", "balanced", "--json").out)
        assert report["class_weight"] == pytest.approx({"0": 303 / 328, "1": 303 / 278})

    def test_quiet_says_nothing(self, fit, tmp_path):
        outcome = fit("heart", "--quiet", "--out", tmp_path / "m.safetensors")
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert (tmp_path / "m.safetensors").exists()

    def test_warnings_are_a_line_each_also_when_quiet(self, fit, small):
        path = small(unit=["mg"] * 40)
        outcome = fit(path, "--target", "label", "--quiet")
        assert outcome.code == 0
        assert outcome.out == ""
        assert outcome.err == "Warning: column 'unit': not used (constant: every cell is 'mg')\n"

    def test_markup_in_the_data_is_printed_as_it_is(self, fit, small):
        rows = range(40)
        path = small(
            **{
                "[red]x[/]": [f"[bold]{row % 3}[/bold]" for row in rows],
                "[/]": ["[blink]" if row % 2 else "[/nothing]" for row in rows],
                "label": ["[red]a[/]" if row % 4 < 2 else "\\[b]" for row in rows],
            }
        )
        outcome = fit(path, "--target", "label", "--class-weight", "balanced")
        assert outcome.code == 0, outcome.err
        for text in ("[red]x[/]", "[bold]0[/bold]", "[/]", "[blink]", "[/nothing]", "[red]a[/]: 1, \\[b]: 1"):
            assert text in outcome.out

    def test_control_characters_in_the_data_do_not_reach_the_terminal(self, fit, small):
        path = small(**{"\x1b[31mcolumn": [f"\x1b]0;{row % 3}\x07" for row in range(40)]})
        outcome = fit(path, "--target", "label")
        assert outcome.code == 0, outcome.err
        assert "\x1b" not in outcome.out
        assert r"\x1b[31mcolumn" in outcome.out

    def test_missing_cells_are_counted_as_the_model_reads_them(self, fit, small):
        rows = range(40)
        path = small(
            number=[["n/a", "1", "2.5", "7"][row % 4] for row in rows],
            flag=[["yes", "no", "?", "no"][row % 4] for row in rows],
            day=[["2020-01-01", "2021-05-06", "-", "2020-03-04"][row % 4] for row in rows],
        )
        out = fit(path, "--target", "label").out
        assert re.search(r"number +numerical +10 ", out)
        assert re.search(r"flag +boolean +10 ", out)
        assert re.search(r"day +date +10 ", out)


class TestSettings:
    def test_settings_reach_the_networks(self, demarcate, tmp_path):
        arguments = {
            "--hidden": "6,5", "--activation": "tanh", "--dropout": "0.25", "--head": "softmax", "--optimizer": "sgd",
            "--lr": "0.125", "--weight-decay": "0.5", "--schedule": "constant", "--epochs": "2", "--batch-size": "0",
            "--patience": "0", "--n-folds": "3", "--n-seeds": "2", "--class-weight": "balanced", "--device": "cpu",
            "--seed": "7",
        }  # fmt: skip
        flat = [part for pair in arguments.items() for part in pair]
        outcome = demarcate("fit", "heart", *flat, "--quiet", "--out", tmp_path / "m.safetensors")
        assert outcome.code == 0, outcome.err
        predictor = load(tmp_path / "m.safetensors")
        settings = predictor.record["settings"]
        expected = {
            "hidden": [6, 5], "activation": "tanh", "dropout": 0.25, "head": "softmax", "optimizer": "sgd", "lr": 0.125,
            "weight_decay": 0.5, "schedule": "constant", "epochs": 2, "batch_size": None, "patience": None,
            "n_folds": 3, "n_seeds": 2, "class_weight": "balanced", "device": "cpu",
        }  # fmt: skip
        assert {name: settings[name] for name in expected} == expected
        assert predictor.record["provenance"]["seed"] == 7
        assert predictor.n_members == 6
        assert predictor.networks[0].hidden == (6, 5)

    def test_a_time_limit_ends_training_and_says_so(self, demarcate, tmp_path):
        out = tmp_path / "model.safetensors"
        page = tmp_path / "model.html"
        limit = ("--epochs", "5000", "--folds", "2", "--time-limit", "0.001")
        outcome = demarcate("fit", "heart", *limit, "--out", out, "--report", page)
        assert outcome.code == 0
        assert "the time limit ended training after 1 epoch" in outcome.err
        assert "The time limit ended training" in outcome.out
        assert "To keep to --time-limit 0.001: " in outcome.out
        assert load(out).record["settings"]["time_limit"] == 0.001
        assert "ended by its time limit after 1 epoch" in demarcate("inspect", out).out
        text = page.read_text(encoding="utf-8")
        assert "The time limit ended training" in text
        assert "exactly the same model, unless the time limit ends training" in text

    def test_epochs_are_printed_while_training(self, fit):
        outcome = fit("heart", "--every", "2", "--json")
        lines = outcome.err.splitlines()
        assert [line.split()[1] for line in lines if line.startswith("epoch")] == ["1", "2", "3"]
        assert re.fullmatch(
            r"epoch    3  train loss 0\.\d+  train accuracy [01]\.\d+  validation loss 0\.\d+  "
            r"validation accuracy [01]\.\d+  mean of 2 networks",
            lines[2],
        )
        assert json.loads(outcome.out)["n_samples"] == 303
        outcome = fit("heart", "--every", "0")
        assert (outcome.code, "--every must be a whole number of epochs from 1 up, got 0" in outcome.err) == (2, True)

    def test_a_preset_decides_what_is_not_said(self, demarcate, tmp_path):
        out = tmp_path / "m.safetensors"
        outcome = demarcate(
            "fit", "heart", "--preset", "fast", "--hidden", "4", "--epochs", "2", "--quiet", "--out", out
        )
        assert outcome.code == 0, outcome.err
        predictor, fast = load(out), PRESETS["fast"]
        settings = predictor.record["settings"]
        assert predictor.n_members == fast.n_folds * fast.n_seeds
        assert predictor.networks[0].hidden == (4,)
        assert settings["preset"] == "fast"
        assert (settings["epochs"], settings["n_folds"], settings["patience"]) == (2, "auto", "auto")

    @pytest.mark.parametrize(
        ("arguments", "reason"),
        [
            (("--preset", "quick"), "preset must be one of fast, default, best, lesson, got 'quick'"),
            (("--hidden", "wide"), "--hidden is 'wide'. Give the widths"),
            (("--hidden", "-3"), "hidden widths must be whole numbers from 1 up, got -3"),
            (("--activation", "step"), "activation must be one of"),
            (("--dropout", "1"), "dropout must be at least 0 and below 1"),
            (("--lr", "nan"), "lr must be above 0 and finite"),
            (("--n-folds", "0"), "at least 1 fold"),
            (("--class-weight", "heavy"), "--class-weight must be balanced"),
            (("--seed", "-1"), "--seed must be a whole number from 0 up"),
            (("--device", "abacus"), "device must be auto, cpu"),
            (("--delimiter", "ab"), "delimiter must be one character"),
        ],
    )
    def test_a_setting_out_of_its_range_is_wrong_usage(self, demarcate, heart_csv, arguments, reason):
        outcome = demarcate("fit", heart_csv, "--target", "target", "--quiet", *arguments)
        assert outcome.code == 2
        assert reason in outcome.err
        assert "failed where it should not have" not in outcome.err

    def test_one_fold_is_one_network_on_one_split_and_says_so(self, demarcate, tmp_path):
        one = ("fit", "moons", "--n-folds", "1", "--hidden", "4", "--epochs", "3")
        outcome = demarcate(*one, "--test-size", "0.3", "--every", "1", "--out", tmp_path / "m.safetensors")
        words = " ".join(outcome.out.split())
        assert "Scores on 90 test rows" in words
        assert "1 network of 4 hidden units" in words
        said = (
            "One split: 184 rows were trained on, 26 decided when to stop, and 90 test rows decided nothing. No network"
        )
        assert said in words
        assert "validation loss" in outcome.err
        assert said in " ".join(demarcate("inspect", tmp_path / "m.safetensors").out.split())
        lesson = demarcate(*one, "--patience", "0", "--every", "1")
        assert "240 rows were trained on, none decided when to stop, and 60 test rows" in " ".join(lesson.out.split())
        assert "test loss" in lesson.err
        wrong = demarcate("fit", "moons", "--test-size", "0.2")
        assert wrong.code == 2
        assert "--test-size must be left out, because 8 folds score every row, got 0.2. For one split" in wrong.err

    def test_the_same_seed_gives_the_same_file(self, fit, tmp_path):
        for name in ("a", "b"):
            assert fit("moons", "--seed", "5", "--quiet", "--out", tmp_path / name).code == 0
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


class TestOut:
    @pytest.fixture
    def never_train(self, monkeypatch):
        def fit_ensemble(*_, **__):
            raise AssertionError("it trained")

        monkeypatch.setattr("demarcate.classifier.classifier.fit_ensemble", fit_ensemble)

    @pytest.mark.usefixtures("never_train")
    @pytest.mark.parametrize("out", [".", "nosuch/model.safetensors", "file/model.safetensors"])
    def test_a_place_that_cannot_be_written_is_refused_before_training(self, fit, tmp_path, out):
        (tmp_path / "file").write_text("not a folder")
        outcome = fit("heart", "--out", tmp_path / out)
        assert outcome.code == 1
        assert "Choose another folder or name" in outcome.err
        assert outcome.out == ""

    @pytest.mark.usefixtures("never_train")
    def test_a_read_only_folder_is_refused_before_training(self, fit, tmp_path, monkeypatch):
        monkeypatch.setattr("os.access", lambda *_: False)
        outcome = fit("heart", "--out", tmp_path / "m.safetensors")
        assert outcome.code == 1
        assert "is read-only" in outcome.err

    def test_an_older_model_is_replaced(self, fit, tmp_path):
        (tmp_path / "m.safetensors").write_bytes(b"older")
        assert fit("moons", "--quiet", "--out", tmp_path / "m.safetensors").code == 0
        assert load(tmp_path / "m.safetensors").target == "label"
        assert [path.name for path in tmp_path.iterdir()] == ["m.safetensors"]

    def test_an_interrupt_after_it_was_saved_says_so(self, fit, tmp_path, monkeypatch):
        def interrupted(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr("demarcate.report.Report.of", interrupted)
        out = tmp_path / "m.safetensors"
        outcome = fit("moons", "--quiet", "--out", out, "--report", tmp_path / "m.html")
        assert outcome.code == 130
        assert outcome.err == f"Interrupted: {out} is written; what comes after is not.\n"
        assert load(out).target == "label"
        assert not (tmp_path / "m.html").exists()

    @pytest.mark.parametrize("error", [OutputError("No room. Make some."), ZeroDivisionError("odd")])
    def test_a_report_that_fails_says_that_the_model_is_saved(self, fit, tmp_path, monkeypatch, error):
        def failing(*_, **__):
            raise error

        monkeypatch.setattr("demarcate.report.Report.of", failing)
        out = tmp_path / "m.safetensors"
        outcome = fit("moons", "--quiet", "--out", out, "--report", tmp_path / "m.html")
        assert outcome.code == 1
        assert outcome.err.count("\n") == 1
        assert outcome.err.endswith(f". {out} is saved already.\n")
        assert load(out).target == "label"


def test_the_defaults_the_help_states_are_the_classifiers(demarcate):
    told = " ".join(demarcate("fit", "--help").out.split())
    stated = dict(re.findall(r"--([\w-]+) (?:<[a-z]+>|[A-Z]+) (?:(?! -)[^\[])*\[default: ([^\]]*)\]", told))
    settings = DemarcateClassifier().get_params()
    renamed = {"folds": "n_folds", "seeds": "n_seeds", "seed": "random_state"}
    by_preset = preset_settings(settings["preset"])
    for without_a_value in ("batch-size", "positive", "track-to"):
        stated.pop(without_a_value)
    assert len(stated) >= 14
    for option, default in stated.items():
        name = renamed.get(option, option.replace("-", "_"))
        is_left = settings[name] == AUTO and name in by_preset
        value = by_preset.pop(name) if is_left else settings[name]
        spelt = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        assert default == (f"by preset, {spelt}" if is_left else spelt)
    # These have no option, or one whose default is not a word of its own.
    assert set(by_preset) == {
        *("activation", "batch_size", "betas", "init", "tolerance", "averaging"),
        *("pieces", "calibrate", "standardise"),
    }


class TestRowsThatDepend:
    def test_rows_of_one_group_are_scored_as_new_groups(self, fit):
        outcome = fit(VISITS, "--target", "relapse", "--group", "patient_id")
        assert outcome.code == 0
        assert "60 groups by 'patient_id', of 8 rows each: scores are those of new groups." in outcome.out
        assert "not used: names" in outcome.out

    def test_json_says_how_rows_depend(self, fit):
        outcome = fit(VISITS, "--target", "relapse", "--group", "patient_id", "--json")
        assert outcome.code == 0
        document = json.loads(outcome.out)
        assert document["dependence"]["group_columns"] == ["patient_id"]
        assert document["dependence"]["n_groups"] == 60

    def test_later_rows_are_scored_forward(self, fit):
        outcome = fit(PAST, "--target", "up", "--time", "day", "--gap", "7d")
        assert outcome.code == 0
        text = " ".join(outcome.out.split())
        assert "Times of 'day' from 2020-01-01 to 2021-03-25, labels known 7 days after their row" in text
        assert "Scores on 225 later rows in 30 blocks" in text

    def test_rows_count_by_a_column_of_weights_and_none_of_weight_0_is_used(self, fit, small):
        table = small(w=[0.0, 0.0, *[1.0, 2.5] * 19])
        outcome = fit(table, "--target", "label", "--weights", "w", "--json")
        assert outcome.code == 0
        document = json.loads(outcome.out)
        assert document["n_samples"] == 38
        assert document["weights_column"] == "w"
        assert document["scores"]["accuracy"]["rows"] == "weighted out-of-fold"
        assert "2 rows of weight 0 are left out." in outcome.err

    def test_a_table_on_disk_gives_the_same_scores(self, fit, tmp_path):
        frame = pl.read_csv(VISITS).with_columns(w=pl.int_range(pl.len()) % 3)
        frame.write_parquet(tmp_path / "visits.parquet", row_group_size=100)
        options = ("--target", "relapse", "--group", "patient_id", "--time", "visit", "--weights", "w", "--json")
        whole = fit(tmp_path / "visits.parquet", *options)
        on_disk = fit(tmp_path / "visits.parquet", *options, "--memory", "60KB")
        assert (whole.code, on_disk.code) == (0, 0)
        one, other = json.loads(whole.out), json.loads(on_disk.out)
        assert other["memory"]["table"] > 60_000 / 4
        assert one["n_samples"] == other["n_samples"] == 320
        assert one["scores"] == other["scores"]
        assert one["dependence"] == other["dependence"]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--group", "patient"), "There is no column 'patient'. Did you mean 'patient_id'?"),
            (("--time", "relapse"), "'relapse' is the column to predict. Name another column"),
            (("--time", "visit", "--gap", "soon"), "gap must be a number from 0 up"),
            (("--gap", "7d"), "it needs time, got none"),
            (("--weights", "f1"), "Column 'f1' is to weigh the rows: row"),
        ],
    )
    def test_wrong_names_and_values_are_refused_in_a_sentence(self, fit, options, message):
        outcome = fit(VISITS, "--target", "relapse", *options)
        assert outcome.code in (1, 2)
        assert message in " ".join(outcome.err.split())
