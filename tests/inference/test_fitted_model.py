from pathlib import Path

import polars as pl
import pytest

from demarcate import load
from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.tabular.column_options import CellOptions

GOLDEN = Path(__file__).parents[1] / "bundle" / "golden"
BACKENDS = pytest.mark.parametrize("backend", ["numpy", "torch"])
ROW = {"dose": 1.5, "ward": "a"}


@pytest.fixture
def model_of():
    return lambda backend: load(GOLDEN / "format_6.safetensors", backend=backend)


def row_of(model, **cells):
    """A row whose numbers are 1 and whose words are the first category of their column."""
    row = {
        column.name: column.categories[0]
        if column.categories
        else "2020-03-01"
        if column.kind == "date"
        else 1.0
        if column.kind == "numerical"
        else "some words"
        for column in model.schema.used
    }
    return {**row, **cells}


@BACKENDS
@pytest.mark.filterwarnings("ignore:the row holds values outside")
def test_a_row_is_predicted_as_a_table_of_one_row(model_of, backend):
    model = model_of(backend)
    row = row_of(model)
    table = pl.DataFrame({name: [cell] for name, cell in row.items()})
    prediction = model.predict_row(row, coverage=0.8, spread=True) if model.conformal else model.predict_row(row)
    assert list(prediction.probabilities) == model.classes.tolist()
    assert [*prediction.probabilities.values()] == pytest.approx(model.predict_proba(table)[0].tolist(), abs=1e-7)
    assert prediction.label == model.predict(table).tolist()[0]
    if model.conformal:
        assert prediction.labels_in_set == model.classes[model.predict_set(table, 0.8)[0]].tolist()
        assert [*prediction.spread.values()] == pytest.approx(model.spread(table)[0].tolist(), abs=1e-7)


@BACKENDS
def test_a_row_without_a_column_names_it(model_of, backend):
    model = model_of(backend)
    row = row_of(model)
    name = next(iter(row))
    with pytest.raises(InputError, match=f"Missing column: '{name}'"):
        model.predict_row({other: cell for other, cell in row.items() if other != name})


def test_a_row_outside_the_training_rows_is_warned_of(model_of):
    model = model_of("numpy")
    name = next(column.name for column in model.schema.used if column.categories)
    with pytest.warns(InputWarning, match=f"the row holds values outside .*'{name}' .*new: 'never seen'"):
        assert model.parse_row(row_of(model, **{name: "never seen"})).is_outside


def test_cells_are_read_as_the_caller_says(model_of):
    from dataclasses import replace

    model = model_of("numpy")
    name = next(column.name for column in model.schema.used if column.kind == "numerical")
    read = replace(model, cells=CellOptions(decimal=","))
    assert read.parse_row(row_of(model, **{name: "1,5"})).columns[name].tolist() == [1.5]


def test_a_set_without_out_of_fold_rows_is_refused():
    model = load(GOLDEN / "format_1.safetensors", backend="numpy")
    with pytest.raises(SettingError, match="prediction sets go by out-of-fold rows"):
        model.predict_row(row_of(model), coverage=0.9)
