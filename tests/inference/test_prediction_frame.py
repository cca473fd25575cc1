from decimal import Decimal

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from demarcate.inference.prediction_frame import prediction_frame

CLASSES, PROBABILITIES = np.array(["no", "yes"]), np.array([[0.25, 0.75], [1.0, 0.0]])
LABELS = CLASSES[[1, 0]]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_comes_back_in_the_library_of_the_table(frame):
    table = frame({"x": [1, 2]})
    predicted = prediction_frame(table, LABELS, PROBABILITIES, CLASSES)
    assert type(predicted) is type(table)
    assert nw.from_native(predicted).to_dict(as_series=False) == {
        "prediction": ["yes", "no"],
        "probability_no": [0.25, 1.0],
        "probability_yes": [0.75, 0.0],
    }


def test_a_pandas_frame_keeps_its_index():
    index = pd.Index(["b", "a"], name="patient")
    predicted = prediction_frame(pd.DataFrame({"x": [1, 2]}, index=index), LABELS, PROBABILITIES, CLASSES)
    assert predicted.index.equals(index)
    assert predicted.loc["b", "probability_yes"] == 0.75


def test_an_array_gives_a_polars_frame():
    assert prediction_frame(np.ones((2, 1)), LABELS, PROBABILITIES, CLASSES).columns[0] == "prediction"


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (np.array([None, "no"], dtype=object), [None, "no"]),
        (np.array([2**70, None], dtype=object), [str(2**70), None]),
        (np.array([Decimal("1.5"), Decimal("2.5")], dtype=object), [Decimal("1.5"), Decimal("2.5")]),
        (np.array([True, False]), [True, False]),
    ],
)
def test_labels_of_every_type_and_rows_without_a_decision_are_kept(labels, shown):
    predicted = prediction_frame(pl.DataFrame({"x": [1, 2]}), labels, PROBABILITIES, CLASSES)
    assert predicted["prediction"].to_list() == shown
