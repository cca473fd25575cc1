"""Rows are split as two lines of scikit-learn do it, or the split is refused in words."""

import polars as pl
import pytest
from sklearn.model_selection import train_test_split

from demarcate import datasets
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData

VIEW = ViewState()


def test_the_split_is_two_lines_of_scikit_learn(tables):
    own = StudioData.of(DataState(n_samples=100), SplitState(validation=0.25, test=0.1, seed=7), tables)
    y = datasets.moons(100).y
    rest, test = train_test_split(range(100), test_size=10, random_state=7, stratify=y)
    rows, validation = train_test_split(rest, test_size=25, random_state=7, stratify=y[rest])
    assert (own.train_rows.tolist(), own.validation_rows.tolist(), own.test_rows.tolist()) == (rows, validation, test)
    assert {own.codes[part].mean() for part in (own.test_rows,)} == {0.5}


@pytest.mark.parametrize(("split", "field"), [(SplitState(0, 0), "validation"), (SplitState(0.5, 0.5), "validation")])
def test_a_split_that_cannot_be_is_refused(tables, split, field, problems_of):
    assert problems_of(lambda: StudioData.of(DataState(n_samples=30), split, tables)) == [("data", field)]


def test_training_rows_without_a_class_are_refused(tables):
    table = tables.add(pl.DataFrame({"a": range(20), "b": range(20, 0, -1), "y": ["u", "v"] * 9 + ["w", "u"]}), "t")
    data = DataState(source="table", table=table.id, target="y")
    results = {seed: _data_or_error(data, SplitState(0.4, 0.3, seed), tables) for seed in range(10)}
    refused = [str(result) for result in results.values() if isinstance(result, StudioError)]
    drawn = [result for result in results.values() if isinstance(result, StudioData)]
    assert refused
    assert all("No training row is of class 'w' (1 row)" in error for error in refused)
    assert drawn
    assert all("whatever their class" in own.message(VIEW, 0).facts["notices"][-1] for own in drawn)


def _data_or_error(data, split, tables):
    try:
        return StudioData.of(data, split, tables)
    except StudioError as error:
        return error
