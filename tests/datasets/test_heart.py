from importlib import resources

import numpy as np
import polars as pl
import pytest

from demarcate.datasets import heart, read_table
from demarcate.trainingset.read_data import read_training_set

CODES = {
    "sex": {0: 97, 1: 206},
    "cp": {1: 23, 2: 50, 3: 86, 4: 144},
    "fbs": {0: 258, 1: 45},
    "restecg": {0: 151, 1: 4, 2: 148},
    "exang": {0: 204, 1: 99},
    "slope": {1: 142, 2: 140, 3: 21},
    "ca": {None: 4, 0: 176, 1: 65, 2: 38, 3: 20},
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
    assert data.frame.row(0) == (63, 1, 1, 145, 233, 1, 2, 150, 0, 2.3, 3, 0, "fixed", 0)


def test_columns_have_the_types_of_what_they_hold(data):
    assert data.X.schema == dict.fromkeys(data.X.columns, pl.Int64) | {"oldpeak": pl.Float64, "thal": pl.String}
    assert data.X["age"].mean() == pytest.approx(54.439, abs=1e-3)


def test_typed_cells_are_read_like_those_of_the_file(data):
    with resources.as_file(resources.files("demarcate.datasets") / "heart.csv") as path:
        text = read_table(path)
    assert set(text.dtypes) == {pl.String}
    tables = [read_training_set((frame.drop("target"), data.y), []) for frame in (data.frame, text)]
    assert tables[0].schema == tables[1].schema
    assert tables[0].fingerprint() == tables[1].fingerprint()


def test_categories_written_as_numbers_are_named(data):
    assert data.categorical == ("sex", "cp", "fbs", "restecg", "exang", "ca", "thal")


def test_attribution_and_licence_travel_with_the_data(data):
    assert "CC BY 4.0" in data.source
    licence = resources.files("demarcate.datasets").joinpath("heart.LICENSE.md").read_text(encoding="utf-8")
    assert "10.24432/C52P4X" in licence
    assert "CC BY 4.0" in licence
