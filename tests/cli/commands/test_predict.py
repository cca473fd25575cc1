import csv
import io
import json
import subprocess
import sys
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from demarcate import load
from demarcate.cli.commands.predict import row_cells
from demarcate.cli.error_handling import UsageError
from demarcate.cli.prediction_stream import PartPredictor
from demarcate.errors import OutputError
from demarcate.nn.mlp_family import MLP

PATIENT = (
    *("age=80", "sex=0", "cp=1", "trestbps=124", "chol=300", "fbs=1", "restecg=2"),
    *("thalach=150", "exang=0", "oldpeak=2.3", "slope=3", "ca=0", "thal=fixed"),
)
PREDICT = PartPredictor.predict
COLUMNS = ["prediction", "probability_0", "probability_1"]


@pytest.fixture(scope="module")
def expected(model, heart_frame):
    predictor = load(model)
    features = heart_frame.drop("target")
    return predictor.predict(features), predictor.predict_proba(features)


def read(path):
    readers = {
        ".csv": pl.read_csv,
        ".tsv": lambda path: pl.read_csv(path, separator="\t"),
        ".parquet": pl.read_parquet,
        ".jsonl": pl.read_ndjson,
    }
    return readers[path.suffix.lower()](path)


class TestTable:
    @pytest.mark.parametrize("name", ["p.csv", "p.TSV", "p.parquet", "p.jsonl"])
    def test_predictions_go_to_a_file_of_the_format_its_name_asks_for(
        self, demarcate, model, heart_csv, tmp_path, expected, name
    ):
        outcome = demarcate("predict", model, heart_csv, "--out", tmp_path / name)
        assert (outcome.code, outcome.out) == (0, "")
        assert outcome.err == f"303 predictions saved to {tmp_path / name}\n"
        table = read(tmp_path / name)
        assert table.columns == COLUMNS
        assert table["prediction"].to_list() == expected[0].tolist()
        np.testing.assert_allclose(table[:, 1:].to_numpy(), expected[1], rtol=1e-12 if ".parquet" in name else 5e-6)
        assert table["probability_0"].to_list() == pytest.approx((1 - table["probability_1"]).to_list(), abs=1.01e-6)

    def test_predictions_go_to_standard_output_in_the_order_of_the_rows(self, demarcate, model, expected):
        outcome = demarcate("predict", model, "heart")
        assert (outcome.code, outcome.err) == (0, "")
        table = pl.read_csv(io.StringIO(outcome.out))
        assert table.columns == COLUMNS
        assert table["prediction"].to_list() == expected[0].tolist()
        np.testing.assert_allclose(table[:, 1:].to_numpy(), expected[1], rtol=5e-6)
        assert max(len(cell.partition(".")[2].lstrip("0")) for cell in outcome.out.split(",")[3:]) <= 12
        exact = pl.read_csv(io.StringIO(demarcate("predict", model, "heart", "--digits", 17).out))
        np.testing.assert_array_equal(exact[:, 1:].to_numpy(), expected[1])

    def test_json_holds_every_row(self, demarcate, model, heart_csv, expected, tmp_path):
        outcome = demarcate("predict", model, heart_csv, "--json", "--out", tmp_path / "p.csv")
        report = json.loads(outcome.out)
        assert report["target"] == "target"
        assert [row["prediction"] for row in report["predictions"]] == expected[0].tolist()
        found = [[row["probabilities"]["0"], row["probabilities"]["1"]] for row in report["predictions"]]
        np.testing.assert_allclose(found, expected[1], rtol=5e-6)
        assert len(read(tmp_path / "p.csv")) == 303

    def test_neither_the_order_of_columns_nor_the_answers_matter(self, demarcate, model, heart_frame, tmp_path):
        shuffled = heart_frame.select(reversed(heart_frame.columns))
        shuffled.write_csv(tmp_path / "a.csv")
        shuffled.drop("target").write_csv(tmp_path / "b.csv")
        outcomes = [demarcate("predict", model, tmp_path / name) for name in ("a.csv", "b.csv")]
        assert outcomes[0] == outcomes[1] == demarcate("predict", model, "heart")

    def test_every_missing_column_is_named(self, demarcate, model, heart_frame, tmp_path):
        heart_frame.drop("age", "thal", "ca").write_csv(tmp_path / "t.csv")
        outcome = demarcate("predict", model, tmp_path / "t.csv")
        assert (outcome.code, outcome.out) == (1, "")
        assert "Missing columns: 'age', 'ca', 'thal'" in outcome.err

    def test_every_malformed_cell_is_named_with_its_row(self, demarcate, model, heart_frame, tmp_path):
        age = [*map(str, heart_frame["age"])]
        age[1], age[4] = "old", "12o"
        chol = [*map(str, heart_frame["chol"])]
        chol[0] = "high"
        heart_frame.with_columns(age=pl.Series(age), chol=pl.Series(chol)).write_csv(tmp_path / "t.csv")
        outcome = demarcate("predict", model, tmp_path / "t.csv", "--out", tmp_path / "p.csv")
        assert (outcome.code, outcome.out) == (1, "")
        assert "Column 'age' needs numbers: row 2 holds 'old', row 5 holds '12o'" in outcome.err
        assert "Column 'chol' needs numbers: row 1 holds 'high'" in outcome.err
        assert not (tmp_path / "p.csv").exists()

    def test_columns_the_model_does_not_know_are_warned_of(self, demarcate, model, heart_frame, tmp_path, expected):
        heart_frame.with_columns(shoe=pl.lit(43)).write_csv(tmp_path / "t.csv")
        outcome = demarcate("predict", model, tmp_path / "t.csv", "--quiet")
        assert outcome.code == 0
        assert outcome.err == "Warning: unknown columns are not used: 'shoe'\n"
        assert len(outcome.out.splitlines()) == 304

    @pytest.mark.parametrize("name", ["p.xlsx", "p", "p.csv.gz"])
    def test_an_output_of_another_format_is_wrong_usage(self, demarcate, model, heart_csv, tmp_path, name):
        outcome = demarcate("predict", model, heart_csv, "--out", tmp_path / name)
        assert (outcome.code, outcome.out) == (2, "")
        assert ".csv, .tsv, .parquet, .jsonl" in outcome.err

    def test_an_output_that_cannot_be_written_is_refused_before_the_table_is_read(self, demarcate, model, tmp_path):
        outcome = demarcate("predict", model, "no-such-table.csv", "--out", tmp_path / "nosuch" / "p.csv")
        assert outcome.code == 1
        assert "is not a folder" in outcome.err

    def test_labels_with_markup_and_commas_come_through(self, demarcate, tmp_path):
        labels = ["[red]a[/], b", 'say "no"']
        rows = range(40)
        frame = pl.DataFrame({"x": [row % 7 for row in rows], "label": [labels[row % 2] for row in rows]})
        frame.write_csv(tmp_path / "t.csv")
        arguments = ("--epochs", "1", "--folds", "2", "--hidden", "none", "--quiet", "--out", tmp_path / "m")
        assert demarcate("fit", tmp_path / "t.csv", "-t", "label", *arguments).code == 0
        header, *rows = csv.reader(io.StringIO(demarcate("predict", tmp_path / "m", tmp_path / "t.csv").out))
        assert header == ["prediction", *(f"probability_{label}" for label in labels)]
        assert {row[0] for row in rows} <= set(labels)
        assert len(rows) == 40
        shown = demarcate("predict", tmp_path / "m", "--row", "x=3").out
        assert "P(label = [red]a[/], b) = 0." in shown


class TestRow:
    def test_one_row_is_answered_in_words(self, demarcate, model):
        outcome = demarcate("predict", model, "--row", *PATIENT)
        assert (outcome.code, outcome.err) == (0, "")
        first, second, prediction = outcome.out.splitlines()
        likelier, less_likely = float(first.split(" = ")[-1]), float(second.split(" = ")[-1])
        assert likelier >= less_likely
        assert likelier + less_likely == pytest.approx(1, abs=0.0011)
        label = prediction.removeprefix("prediction: ")
        assert first == f"P(target = {label}) = {likelier:.3f}"
        assert second == f"P(target = {1 - int(label)}) = {less_likely:.3f}"

    def test_one_row_is_answered_like_a_table_of_one_row(self, demarcate, model):
        row = json.loads(demarcate("predict", model, "--digits", 17, "--json", "--row", *PATIENT).out)
        predictor = load(model)
        expected = predictor.predict_proba({name: [value] for name, value in row_cells([*PATIENT]).items()})[0]
        assert [*row["predictions"][0]["probabilities"].values()] == pytest.approx(expected.tolist(), abs=1e-6)

    def test_an_unseen_category_is_predicted_and_warned_of(self, demarcate, model):
        outcome = demarcate("predict", model, "--row", *PATIENT[:-1], "thal=unheard-of")
        assert outcome.code == 0
        assert outcome.out.startswith("P(target = ")
        assert outcome.err.count("\n") == 1
        assert outcome.err.startswith("Warning: the row holds values outside what was trained on: 'thal' (new: ")
        assert "'unheard-of'" in outcome.err

    def test_an_empty_cell_is_a_missing_value(self, demarcate, model):
        outcome = demarcate("predict", model, "--row", "age=", *PATIENT[1:-1], "thal=")
        assert (outcome.code, outcome.err) == (0, "")

    def test_the_answer_may_be_among_the_cells(self, demarcate, model):
        assert demarcate("predict", model, "--row", *PATIENT, "target=1") == demarcate(
            "predict", model, "--row", *PATIENT
        )

    def test_every_missing_column_and_malformed_cell_is_named(self, demarcate, model):
        outcome = demarcate("predict", model, "--row", "age=old", *PATIENT[3:])
        assert outcome.code == 1
        assert "Missing columns: 'sex', 'cp'" in outcome.err
        assert "Column 'age' needs numbers: row 1 holds 'old'" in outcome.err


class TestKeep:
    """Columns of the input before the predictions."""

    @pytest.fixture
    def table(self, heart_frame, tmp_path):
        """A table as people keep it: ids with zeros, names with commas and spaces, and a column `prediction`."""
        rows = heart_frame.drop("target").head(3).cast(pl.String)
        rows = rows.with_columns(pl.Series("id", ["007", "1e3", "+5"]), pl.Series("name", ["Bond, J", " Moss ", None]))
        rows.with_columns(prediction=pl.lit("ill")).write_csv(tmp_path / "people.csv", quote_style="non_numeric")
        return tmp_path / "people.csv"

    def test_they_are_spelled_as_in_the_input(self, demarcate, model, table):
        outcome = demarcate("predict", model, table, "--keep", "id,name")
        header, *rows = csv.reader(io.StringIO(outcome.out))
        assert header == ["id", "name", *COLUMNS]
        assert [row[:2] for row in rows] == [["007", "Bond, J"], ["1e3", " Moss "], ["+5", ""]]
        assert outcome.err == "Warning: unknown columns are not used: 'prediction'\n"

    def test_all_keeps_every_column_in_order_and_none_under_the_name_of_a_prediction(self, demarcate, model, table):
        outcome = demarcate("predict", model, table, "--keep", "all")
        header = next(csv.reader(io.StringIO(outcome.out)))
        kept = table.read_text().splitlines()[0].replace('"', "").split(",")
        assert header == [*kept[:-1], "input_prediction", *COLUMNS]
        assert outcome.err == (
            "The column 'prediction' is kept as 'input_prediction': predictions have a column of its name.\n"
        )

    def test_they_stand_in_json(self, demarcate, model, table, tmp_path):
        outcome = demarcate("predict", model, table, "--keep", "id", "--keep", "name", "--json")
        rows = json.loads(outcome.out)["predictions"]
        assert [(row["id"], row["name"]) for row in rows] == [("007", "Bond, J"), ("1e3", " Moss "), ("+5", None)]
        demarcate("predict", model, table, "--keep", "id", "--out", tmp_path / "p.jsonl")
        assert [json.loads(line)["id"] for line in (tmp_path / "p.jsonl").read_text().splitlines()] == [
            "007",
            "1e3",
            "+5",
        ]

    def test_a_row_in_words_begins_with_them(self, demarcate, model):
        outcome = demarcate("predict", model, "--keep", "id", "--row", *PATIENT, "id=007")
        assert outcome.out.startswith("id: 007\nP(target = ")

    def test_types_of_parquet_stay(self, demarcate, model, heart_frame, tmp_path):
        kept = {
            "day": pl.Series([date(2024, 3, 5)] * 3),
            "price": pl.Series([Decimal("1.50")] * 3),
            "short": pl.Series([1, 2, None], dtype=pl.Int16),
            "share": pl.Series([0.1, float("nan"), float("inf")], dtype=pl.Float32),
        }
        heart_frame.head(3).with_columns(**kept).write_parquet(tmp_path / "t.parquet")
        arguments = ("predict", model, tmp_path / "t.parquet", "--keep", ",".join(kept))
        assert demarcate(*arguments, "--out", tmp_path / "p.parquet").code == 0
        found = pl.read_parquet(tmp_path / "p.parquet")
        assert found.select(*kept).equals(pl.DataFrame(kept))
        assert found.schema["short"] == pl.Int16
        rows = json.loads(demarcate(*arguments, "--json").out)["predictions"]
        assert (rows[0]["day"], rows[0]["price"], rows[2]["short"]) == ("2024-03-05", "1.50", None)
        assert (rows[1]["share"], rows[2]["share"]) == (None, None)

    @pytest.mark.parametrize(
        ("keep", "message"),
        [
            ("Id,nmae", "does not have: 'Id', 'nmae'. Did you mean 'id' for 'Id', 'name' for 'nmae'?"),
            ("qqq", "does not have: 'qqq'. The columns are 'age', 'sex'"),
            ("id,id", "--keep names 'id' more than once. Name it once."),
        ],
    )
    def test_columns_that_are_not_there_are_refused(self, demarcate, model, table, keep, message):
        outcome = demarcate("predict", model, table, "--keep", keep)
        assert (outcome.code, outcome.out) == (1, "")
        assert message in outcome.err


class TestUsage:
    @pytest.mark.parametrize("digits", [0, 18])
    def test_digits_are_those_of_a_number(self, demarcate, model, digits):
        outcome = demarcate("predict", model, "heart", "--digits", digits)
        assert outcome.code == 2
        assert f"--digits is {digits}. Give a number from 1 to 17." in outcome.err

    def test_an_empty_name_of_a_file_is_refused(self, demarcate, model):
        outcome = demarcate("predict", model, "heart", "--out", "")
        assert (outcome.code, outcome.out) == (2, "")
        assert "--out is empty. Name a file, or leave the option out." in outcome.err

    def test_cells_without_row_are_wrong_usage_with_the_remedy(self, demarcate, model):
        outcome = demarcate("predict", model, *PATIENT)
        assert (outcome.code, outcome.out) == (2, "")
        assert "--row" in outcome.err

    def test_nothing_to_predict_is_wrong_usage(self, demarcate, model):
        assert demarcate("predict", model).code == 2
        assert demarcate("predict", model, "--row").code == 2

    @pytest.mark.parametrize("cell", ["age", "=3", "  =3"])
    def test_a_cell_is_a_name_and_a_value(self, cell):
        with pytest.raises(UsageError, match="COLUMN=VALUE"):
            row_cells([cell])

    def test_a_value_may_hold_what_separates_it_from_its_name(self):
        assert row_cells(["formula=a=b", " age = 3"]) == {"formula": "a=b", "age": " 3"}

    def test_the_name_of_a_known_column_may_hold_what_separates_it_from_its_value(self):
        assert row_cells(["bmi>=30=yes"], columns=["bmi>=30", "bmi"]) == {"bmi>=30": "yes"}
        assert row_cells(["chest pain=typical", "thal="]) == {"chest pain": "typical", "thal": ""}

    def test_a_cell_given_twice_is_wrong_usage(self, demarcate, model):
        outcome = demarcate("predict", model, "--row", *PATIENT, "age=3")
        assert outcome.code == 2
        assert "'age' is given twice" in outcome.err


class TestModel:
    @pytest.mark.parametrize("command", ["predict", "evaluate", "inspect"])
    def test_a_model_that_is_not_there_is_refused(self, demarcate, tmp_path, command):
        table = [] if command == "inspect" else ["heart"]
        outcome = demarcate(command, tmp_path / "m.safetensors", *table)
        assert (outcome.code, outcome.out) == (1, "")
        assert "m.safetensors' could not be read" in outcome.err

    @pytest.mark.parametrize("command", ["predict", "evaluate", "inspect"])
    def test_a_damaged_model_is_refused(self, demarcate, model, tmp_path, command):
        data = bytearray(model.read_bytes())
        data[-10] ^= 1
        (tmp_path / "m.safetensors").write_bytes(data)
        outcome = demarcate(command, tmp_path / "m.safetensors", *([] if command == "inspect" else ["heart"]))
        assert (outcome.code, outcome.out) == (1, "")
        assert "SHA-256" in outcome.err

    def test_a_file_that_is_no_model_is_refused(self, demarcate, heart_csv):
        outcome = demarcate("predict", heart_csv, "heart")
        assert outcome.code == 1
        assert outcome.err.startswith(f"Error: '{heart_csv}' is not a model that demarcate can use.")


def test_a_row_with_a_long_cell_goes_to_a_file(demarcate, model, tmp_path):
    cells = [cell if not cell.startswith("thal=") else f"thal={'a' * 300}" for cell in reversed(PATIENT)]
    assert demarcate("predict", model, "--row", *cells, "--out", tmp_path / "p.csv", "-q").code == 0
    assert len(read(tmp_path / "p.csv")) == 1


class TestLongTable:
    """Tables of several parts."""

    @pytest.fixture(autouse=True)
    def _small_parts(self, monkeypatch):
        monkeypatch.setattr("demarcate.io.tables.stream._MAX_PART_ROWS", 50)
        monkeypatch.setattr("demarcate.io.tables.stream._MIN_PART_ROWS", 1)

    @pytest.fixture(params=["csv", "parquet"])
    def table(self, request, tmp_path, heart_frame):
        path = tmp_path / f"heart.{request.param}"
        getattr(heart_frame, f"write_{request.param}")(path)
        return path

    @pytest.fixture
    def interrupt(self, monkeypatch):
        """Interrupts a run when it has made so many parts."""

        def after(n, error=KeyboardInterrupt):
            made = []

            def predict(self, *rows, unchanged=PartPredictor.predict):
                made.append(1)
                if len(made) > n:
                    raise error
                return unchanged(self, *rows)

            monkeypatch.setattr(PartPredictor, "predict", predict)

        return after

    @pytest.mark.parametrize("name", ["p.csv", "p.parquet", "p.jsonl"])
    def test_predictions_are_those_of_the_whole(self, demarcate, model, table, tmp_path, expected, name):
        outcome = demarcate("predict", model, table, "--out", tmp_path / name)
        assert (outcome.code, outcome.err) == (0, f"303 predictions saved to {tmp_path / name}\n")
        found = read(tmp_path / name)
        assert found["prediction"].to_list() == expected[0].tolist()
        np.testing.assert_allclose(found[:, 1:].to_numpy(), expected[1], atol=1e-6)
        assert sorted(tmp_path.iterdir()) == sorted([table, tmp_path / name])

    def test_standard_output_is_the_same_as_the_file(self, demarcate, model, table, tmp_path):
        demarcate("predict", model, table, "--out", tmp_path / "p.csv")
        assert demarcate("predict", model, table).out == (tmp_path / "p.csv").read_text()

    def test_another_choice_of_columns_to_keep_is_not_gone_on_with(self, demarcate, model, table, tmp_path, interrupt):
        interrupt(3)
        demarcate("predict", model, table, "--out", tmp_path / "p.csv", "--keep", "age")
        outcome = demarcate("predict", model, table, "--out", tmp_path / "p.csv", "--keep", "sex", "--resume")
        assert outcome.code == 2
        assert "keep differ from those of the predictions in" in outcome.err

    @pytest.mark.parametrize("keep", [(), ("--keep", "thal,age")])
    @pytest.mark.parametrize("name", ["p.csv", "p.parquet"])
    def test_an_interrupted_run_is_gone_on_with(
        self, demarcate, model, table, tmp_path, name, interrupt, monkeypatch, keep
    ):
        command = ("predict", model, table, "--out", tmp_path / name, *keep)
        assert demarcate(*command).code == 0
        whole = read(tmp_path / name)
        (tmp_path / name).unlink()
        with monkeypatch.context():
            interrupt(4)
            outcome = demarcate(*command)
        assert outcome.code == 130
        assert "200 predictions are saved in" in outcome.err
        assert not (tmp_path / name).exists()
        monkeypatch.setattr(PartPredictor, "predict", PREDICT)
        interrupt(3)  # of seven parts, four are there
        assert demarcate(*command, "--resume").code == 0
        assert read(tmp_path / name).equals(whole)
        assert sorted(tmp_path.iterdir()) == sorted([table, tmp_path / name])

    def test_a_full_disk_says_how_to_go_on(self, demarcate, model, table, tmp_path, interrupt):
        interrupt(3, OutputError("The disk is full. Make room."))
        outcome = demarcate("predict", model, table, "--out", tmp_path / "p.csv")
        assert outcome.code == 1
        assert "150 predictions are saved in" in outcome.err

    def test_an_interrupted_pipe_leaves_nothing(self, demarcate, model, table, tmp_path, interrupt):
        interrupt(3)
        outcome = demarcate("predict", model, "-", "--out", tmp_path / "p.csv", stdin=table.read_bytes())
        assert (outcome.code, list(tmp_path.iterdir())) == (130, [table])
        assert outcome.err == "Interrupted: nothing was written.\n"

    def test_bad_cells_of_all_parts_are_told_together_and_nothing_is_written(
        self, demarcate, model, heart_frame, tmp_path
    ):
        bad = heart_frame.cast({"age": pl.String})
        for row in (120, 260):
            bad[row, "age"] = "old"
        bad.write_csv(tmp_path / "bad.csv")
        outcome = demarcate("predict", model, tmp_path / "bad.csv", "--out", tmp_path / "p.csv")
        assert outcome.code == 1
        assert "row 121 holds 'old', row 261 holds 'old'" in outcome.err
        assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]

    def test_a_table_that_changed_is_not_gone_on_with(self, demarcate, model, table, tmp_path, heart_frame, interrupt):
        interrupt(3)
        demarcate("predict", model, table, "--out", tmp_path / "p.csv")
        getattr(heart_frame.head(200), f"write_{table.suffix[1:]}")(table)
        outcome = demarcate("predict", model, table, "--out", tmp_path / "p.csv", "--resume")
        assert outcome.code == 2
        assert "size, time differ from those of the predictions in" in outcome.err

    @pytest.mark.parametrize("options", [(), ("--json", "--out", "p.csv")])
    def test_only_a_file_alone_can_be_gone_on_with(self, demarcate, model, table, options):
        outcome = demarcate("predict", model, table, "--resume", *options)
        assert outcome.code == 2
        assert "--resume is only for a table on the disk" in outcome.err


def test_one_row_needs_neither_torch_nor_polars(model):
    arguments = ["demarcate", "predict", str(model), "--json", "--set", "0.9", "--spread", "--row", *PATIENT]
    code = (
        f"import sys; sys.argv = {arguments!r}\nfrom demarcate.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('HEAVY', *({'torch', 'polars', 'narwhals', 'pydantic', 'scipy', 'sklearn'} & {*sys.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    printed, heavy = run.stdout.split("HEAVY")
    assert json.loads(printed)["predictions"][0]["prediction"] in (0, 1)
    assert not heavy.strip()


@pytest.mark.parametrize("cells", [PATIENT, [*PATIENT[:-1], "thal=unheard-of"]])
def test_a_model_that_numpy_does_not_compute_is_predicted_by_torch_without_a_word(demarcate, model, monkeypatch, cells):
    arguments = ["predict", model, "--json", "--digits", 5, "--spread", "--row", *cells]
    by_numpy = demarcate(*arguments)
    monkeypatch.setattr(type(MLP), "computes_arrays", False)
    assert demarcate(*arguments) == by_numpy
