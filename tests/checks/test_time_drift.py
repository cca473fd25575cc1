from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate.checks.table_view import TableView
from demarcate.checks.time_drift import class_drift, loss_drift
from demarcate.tabular import Column, Schema, as_frame, encode_labels, infer_schema
from demarcate.tabular.dependence import Dependence

FIELD = Path(__file__).parents[1] / "data/field/time-order"
N_ROWS = 1000


def days(n_rows, generator):
    return np.datetime64("2020-01-01") + generator.integers(0, 900, n_rows)


def view(columns, labels, dependence=None):
    classes, codes = encode_labels(labels)
    frame = as_frame(columns)
    schema = infer_schema(frame)
    return TableView(schema, schema.parse(frame), codes, classes, dependence=dependence)


@pytest.fixture
def generator():
    return np.random.default_rng(7)


def test_a_date_along_which_the_classes_change_is_noted():
    frame = pl.read_csv(FIELD / "past.csv", infer_schema=False)
    (finding,) = class_drift(view(frame.drop("up"), frame["up"]))
    assert (finding.rule, finding.severity, finding.columns) == ("time", "note", ("day",))
    assert "fit with --time day" in finding.text


def test_shares_that_rise_from_30_to_70_percent_are_noted(generator):
    when = days(N_ROWS, generator)
    chance = 0.3 + 0.4 * (when - when.min()).astype(float) / 900
    assert list(class_drift(view({"when": when}, (generator.random(N_ROWS) < chance).astype(int))))


@pytest.mark.parametrize("n_rows", [120, 1000, 100_000])
@pytest.mark.parametrize("n_classes", [2, 5])
def test_classes_that_have_nothing_to_do_with_dates_are_not_noted(n_rows, n_classes, generator):
    assert not list(class_drift(view({"when": days(n_rows, generator)}, generator.integers(n_classes, size=n_rows))))


def test_small_changes_in_many_rows_are_not_noted(generator):
    when = days(100_000, generator)
    chance = 0.47 + 0.06 * (when - when.min()).astype(float) / 900
    assert not list(class_drift(view({"when": when}, (generator.random(100_000) < chance).astype(int))))


def test_nothing_is_noted_once_the_time_is_named():
    frame = pl.read_csv(FIELD / "past.csv", infer_schema=False)
    dependence = Dependence(times=np.arange(float(len(frame))))
    assert not list(class_drift(view(frame.drop("up"), frame["up"], dependence)))


def losses_along_dates(trend, generator):
    table = view({"when": days(N_ROWS, generator), "x": generator.normal(size=N_ROWS)}, np.arange(N_ROWS) % 2)
    when = table.parsed["when"]
    losses = generator.exponential(size=N_ROWS) * (1 + trend * (when - when.min()) / np.ptp(when))
    return list(loss_drift(table.schema, table.parsed, np.arange(N_ROWS), losses))


def test_losses_that_rise_along_a_date_are_noted(generator):
    (finding,) = losses_along_dates(2.0, generator)
    assert (finding.rule, finding.columns) == ("time", ("when",))
    low, *_, high = finding.numbers["log_loss_of_fifths"]
    assert low < high


def test_losses_that_are_the_same_at_all_times_are_not_noted(generator):
    assert not losses_along_dates(0.0, generator)


def test_losses_change_along_fewer_blocks_of_dates_than_five():
    days = np.sort(np.random.default_rng(0).integers(0, 120, 120)).astype(np.float64) * 86_400
    schema = Schema((Column("day", "date"),))
    losses = np.where(np.arange(120) < 60, 0.1, 2.0) + np.random.default_rng(1).normal(0, 0.01, 120)
    (finding,) = loss_drift(schema, {"day": days}, np.arange(120), losses)
    assert "parts of the rows" in finding.text
