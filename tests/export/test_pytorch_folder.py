import csv
import io
import json
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import safetensors.torch
from random_models import random_model

from demarcate.encoding.encoder_registry import ENCODERS
from demarcate.errors import ExportError, OutputError
from demarcate.export.pytorch_columns import PlainColumns
from demarcate.export.pytorch_files import PREDICT
from demarcate.export.pytorch_folder import TOLERANCE, compared, export_pytorch, load_folder

pytestmark = pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")  # of rows that are odd on purpose
SEEDS = range(12)


@pytest.fixture(scope="module", params=SEEDS)
def exported(request, tmp_path_factory):
    """A random model, rows for it, and its folder."""
    model, rows = random_model(request.param, n_rows=40)
    folder = tmp_path_factory.mktemp("export") / "model"
    check = export_pytorch(model, folder)
    assert check.n_rows > 0
    return model, rows, folder


def test_probabilities_and_labels_are_those_of_the_model(exported):
    model, rows, folder = exported
    probabilities = load_folder(folder).probabilities(rows)
    expected = model.predict_proba(rows)
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=TOLERANCE)


def test_some_of_these_models_have_every_encoder_and_trees():
    models = [random_model(seed, n_rows=1).model for seed in SEEDS]
    assert {kind for own in models for encoder in own.encoders for kind in encoder.kinds} == {e.kind for e in ENCODERS}
    assert any(encoder.leaves is not None for own in models for encoder in own.encoders)


def test_the_code_needs_no_demarcate(exported):
    _, _, folder = exported
    for name in ("model.py", "predict.py", "test_model.py"):
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.startswith(("import demarcate", "from demarcate"))]


def test_the_weights_are_a_safetensors_file(exported):
    model, _, folder = exported
    weights = safetensors.torch.load_file(folder / "weights.safetensors")
    tensors = PlainColumns.of(model).tensors
    assert {name for name in weights if not name.startswith("networks.")} == set(tensors)
    assert all(np.array_equal(weights[name].numpy(), tensors[name], equal_nan=True) for name in tensors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    model, rows = random_model(5, n_rows=40, kinds=("numerical", "categorical"), odd_names=False)
    path = tmp_path_factory.mktemp("export") / "model"
    export_pytorch(model, path, table=rows)
    return model, rows, path


def test_the_folder_passes_its_own_test_and_predicts_a_table(folder, tmp_path):
    model, rows, path = folder
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    script = "import runpy, sys; sys.modules['demarcate'] = None; sys.path.insert(0, '.')"
    script += "; runpy.run_path('test_model.py', run_name='__main__')"
    script += f"; sys.argv = ['predict.py', {str(tmp_path / 'rows.csv')!r}, '--out', {str(tmp_path / 'out.csv')!r}]"
    script += "; runpy.run_path('predict.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", script], cwd=path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the same probabilities and labels" in done.stdout
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        predicted = list(csv.DictReader(file))
    expected = pl.DataFrame(model.predict_frame(cells))
    assert list(predicted[0]) == expected.columns
    found = np.array([[float(cell) for cell in list(row.values())[1:]] for row in predicted])
    np.testing.assert_allclose(found, expected.drop("prediction").to_numpy(), atol=TOLERANCE)
    assert [row["prediction"] or None for row in predicted] == expected["prediction"].to_list()


def test_a_table_is_predicted_in_parts_of_many_rows(monkeypatch):
    """With a model that counts what it is given: neither a row at a time nor all of a large table at once."""
    parts = []

    class Counting:
        def probabilities(self, rows):
            parts.append(len(rows))
            return np.full((len(rows), 2), 0.5)

    stub = SimpleNamespace(CLASSES=["no", "yes"], load=Counting, decide=lambda each: ["no"] * len(each))
    monkeypatch.setitem(sys.modules, "model", stub)
    script = {"__name__": "predict"}
    exec(PREDICT, script)
    out = io.StringIO()
    script["predict"](io.StringIO("x\n" + 4500 * "1\n"), out)
    assert parts == [2000, 2000, 500]
    assert out.getvalue().splitlines() == ["prediction,probability_no,probability_yes", *4500 * ["no,0.5,0.5"]]


def test_a_cell_that_cannot_be_read_is_refused_with_its_row_and_column(folder):
    model, rows, path = folder
    names = [column.name for column in model.schema.used if column.kind == "numerical"]
    bad = [rows[0], {**rows[1], names[0]: "many"}, {name: cell for name, cell in rows[2].items() if name != names[0]}]
    with pytest.raises(ValueError, match="is no number") as error:
        load_folder(path).probabilities(bad)
    lines = str(error.value).splitlines()
    assert lines == [f"row 2, column {names[0]!r}: 'many' is no number", f"row 3 has no column {names[0]!r}"]


def test_expected_rows_are_in_the_folder(folder):
    _, _, path = folder
    expected = json.loads((path / "expected.json").read_text(encoding="utf-8"))
    assert len(expected["rows"]) == len(expected["probabilities"]) == len(expected["labels"]) > 0


def test_nothing_is_written_where_files_are(folder, tmp_path):
    model, _, _ = folder
    (tmp_path / "kept").write_text("")
    with pytest.raises(OutputError, match="is a folder with files: kept"):
        export_pytorch(model, tmp_path)


def test_nothing_is_written_if_the_code_computes_other_probabilities(folder, tmp_path, monkeypatch):
    model, _, _ = folder
    from demarcate.export import pytorch_folder

    tensors = pytorch_folder.network_tensors
    monkeypatch.setattr(
        pytorch_folder, "network_tensors", lambda own: {name: 2 * tensor for name, tensor in tensors(own).items()}
    )
    with pytest.raises(ExportError, match="differ by"):
        export_pytorch(model, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_probability_that_is_no_number_is_a_difference():
    with pytest.raises(ExportError, match="row 2"):
        compared(np.array([[0.5, 0.5], [np.nan, 0.5]]), np.full((2, 2), 0.5))


def test_a_date_format_that_is_not_read_is_refused_by_name(tmp_path):
    model, _ = random_model(1, n_rows=1, kinds=("date",), odd_names=False)
    columns = tuple(replace(column, date_format="%Y-%j") for column in model.schema.columns)
    other = replace(model, schema=replace(model.schema, columns=columns))
    with pytest.raises(ExportError, match=r"Column 'x1' has dates written %Y-%j, which plain PyTorch does not read"):
        export_pytorch(other, tmp_path / "new")
