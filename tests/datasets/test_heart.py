from importlib import resources

import numpy as np
import polars as pl
import pytest

from demarcate.datasets import heart, read_table
from demarcate.tabular.column_options import ColumnOptions
from demarcate.trainingset.read_data import read_training_set

CODES = {
    "sex": {"0": 97, "1": 206},
    "cp": {"1": 23, "2": 50, "3": 86, "4": 144},
    "fbs": {"0": 258, "1": 45},
    "restecg": {"0": 151, "1": 4, "2": 148},
    "exang": {"0": 204, "1": 99},
    "slope": {1: 142, 2: 140, 3: 21},
    "ca": {None: 4, "0": 176, "1": 65, "2": 38, "3": 20},
    "thal": {None: 2, "fixed": 18, "normal": 166, "reversible": 117},
}


@pytest.fixture(scope="module")
def data():
    return heart()


def test_columns_stand_in_the_order_of_the_original(data):
    assert ",".join(data.frame.columns) == (
        "age,sex,cp,trestbps,chol,fbs,restecg,thalach,exang,oldpeak,slope,ca,thal,target"
    )


def test_shape_and_balance(data):
    assert data.shape == (303, 13)
    assert data.class_balance == {0: 164, 1: 139}


def test_labels_are_whole_numbers(data):
    assert data.y.dtype == np.int64


@pytest.mark.parametrize("column", CODES)
def test_codes_and_how_often_they_stand(data, column):
    counts = data.X[column].value_counts(name="n").sort(column, nulls_last=False)
    assert dict(counts.iter_rows()) == CODES[column]


def test_first_patient(data):
    assert data.frame.row(0) == (63, "1", "1", 145, 233, "1", "2", 150, "0", 2.3, 3, "0", "fixed", 0)


def test_columns_have_the_types_of_what_they_hold(data):
    types = {name: data.X[name].dtype for name in data.X.columns}
    assert [name for name in types if types[name] == pl.Enum] == list(data.categorical)
    whole = ("age", "trestbps", "chol", "thalach", "slope")
    assert {name: types[name] for name in types if types[name] != pl.Enum} == dict.fromkeys(whole, pl.Int64) | {
        "oldpeak": pl.Float64
    }
    assert data.X["cp"].dtype.categories.to_list() == ["1", "2", "3", "4"]
    assert data.X["age"].mean() == pytest.approx(54.439, abs=1e-3)


def test_typed_cells_are_read_like_those_of_the_file_whose_categories_are_named(data):
    with resources.as_file(resources.files("demarcate.datasets") / "heart.csv") as path:
        text = read_table(path)
    assert set(text.dtypes) == {pl.String}
    named = ColumnOptions(categorical=data.categorical)
    typed = read_training_set((data.X, data.y), [])
    read = read_training_set((text.drop("target"), data.y), [], options=named)
    assert typed.schema == read.schema
    assert typed.fingerprint() == read.fingerprint()


@pytest.mark.parametrize("library", ["polars", "pandas", "pyarrow"])
def test_a_classifier_reads_the_categories_without_being_told(data, library):
    X = {"polars": data.X, "pandas": data.X.to_pandas(), "pyarrow": data.X.to_arrow()}[library]
    schema = read_training_set((X, data.y), []).schema
    assert [column.name for column in schema.columns if column.kind != "numerical"] == list(data.categorical)


def test_the_copy_with_165_and_138_has_one_patient_twice_and_lacks_another(data):
    twice, lacking = data.frame.row(302), data.frame.row(184)
    assert (twice[0], twice[-1]) == (38, 0)
    assert (lacking[0], lacking[-1]) == (60, 1)
    balance = data.class_balance
    assert (balance[0] + (twice[-1] == 0), balance[1] - (lacking[-1] == 1)) == (165, 138)


def test_categories_written_as_numbers_are_named(data):
    assert data.categorical == ("sex", "cp", "fbs", "restecg", "exang", "ca", "thal")


def test_attribution_and_licence_travel_with_the_data(data):
    assert "CC BY 4.0" in data.source
    licence = resources.files("demarcate.datasets").joinpath("heart.LICENSE.md").read_text(encoding="utf-8")
    assert "10.24432/C52P4X" in licence
    assert "CC BY 4.0" in licence
