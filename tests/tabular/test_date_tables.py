"""Tables of dates as people keep them: a target that only the day of the week decides."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier
from demarcate.errors import InputWarning
from demarcate.tabular import infer_schema
from demarcate.tabular.timestamps import format_timestamp

FIELD = Path(__file__).parents[1] / "data" / "field"
EVENTS = pl.read_csv(FIELD / "dates" / "events.csv", infer_schema=False)
NOTED = {"epoch": "seconds since 1970", "epoch_ms": "milliseconds since 1970", "excel_serial": "days of Excel"}


@pytest.mark.parametrize("name", EVENTS.columns[:-1])
@pytest.mark.parametrize("is_typed", [False, True])
def test_every_spelling_of_a_moment_is_read_as_a_date(name, is_typed):
    frame = EVENTS.select(name)
    if is_typed:
        frame = pl.read_csv(FIELD / "dates" / "events.csv").select(name)
    schema = infer_schema(frame)
    (column,) = schema.columns
    assert column.kind == "date"
    assert NOTED.get(name, "") in column.note
    assert bool(column.note) == (name in NOTED)
    days = [format_timestamp(each)[:10] for each in schema.parse(frame)[name]]
    assert days == [f"{day[:4]}-{day[4:6]}-{day[6:]}" for day in EVENTS["yyyymmdd"]]


@pytest.mark.parametrize("name", ["epoch_ms", "excel_serial", "yyyymmdd", "eu_dt", "us_ampm", "monat"])
def test_the_weekend_is_learned_from_any_spelling(name):
    classifier = DemarcateClassifier(preset="fast", n_folds=2, random_state=0)
    if name in NOTED:
        with pytest.warns(InputWarning, match=NOTED[name]):
            classifier.fit(EVENTS.select(name), EVENTS["weekend"].to_list())
    else:
        classifier.fit(EVENTS.select(name), EVENTS["weekend"].to_list())
    assert classifier.scores_["roc_auc"].value > 0.95


def test_one_odd_cell_leaves_dates_dates():
    stray, clean = (pl.read_csv(FIELD / "stray-cell" / f"{name}.csv") for name in ("dates", "dates_clean"))
    schema = infer_schema(stray)
    column = schema.columns[0]
    assert (column.kind, column.missing) == ("date", ("soon",))
    assert column.note.startswith(
        "row 6 holds 'soon' among dates: read as missing. --missing 'soon' (missing in Python) confirms it"
    )
    dates, clean_dates = schema.parse(stray)["d"], infer_schema(clean).parse(clean)["d"]
    assert np.flatnonzero(dates != clean_dates).tolist() == [5]


@pytest.mark.parametrize("table", ["eu_dates", "future"])
def test_dates_of_a_later_table_are_read_in_another_spelling_and_far_ahead(table):
    folder = FIELD / "predict-drift"
    schema = infer_schema(pl.read_csv(folder / "train.csv"))
    later = pl.read_csv(folder / f"{table}.csv")
    read = schema.parse(later)["joined"]
    assert format_timestamp(read[0]) == ("2024-02-18" if table == "eu_dates" else "2031-05-01")
