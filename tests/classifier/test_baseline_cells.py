import numpy as np
import polars as pl
import pytest

from demarcate.classifier.baseline_cells import CellsWithoutSentinels
from demarcate.classifier.baseline_scores import baseline_probabilities
from demarcate.tabular.splits import Split
from demarcate.trainingset import open_table

RANDOM = np.random.default_rng(0)
AGES, LABELS = RANDOM.uniform(20, 80, 400).round(), np.repeat([0, 1], 200)
AGES[200:] += 15


def logistic_loss(ages):
    training_set = open_table(pl.DataFrame({"age": ages}), LABELS)
    halves = [np.arange(half, 400, 2) for half in range(2)]
    splits = [Split(halves[1 - half], halves[half], halves[half]) for half in range(2)]
    probabilities = baseline_probabilities(training_set, splits)["logistic_regression"]
    return float(-np.log(probabilities[np.arange(400), LABELS]).mean())


@pytest.mark.parametrize("number", [-999.0, 9999.0])
def test_logistic_regression_learns_as_much_beside_numbers_that_stand_for_none(number):
    is_one = RANDOM.random(400) < 0.2
    planted, unknown = np.where(is_one, number, AGES), np.where(is_one, np.nan, AGES)
    assert logistic_loss(planted) == logistic_loss(unknown)


def test_columns_without_such_numbers_are_those_of_the_table():
    parsed = {"age": AGES, "word": pl.Series(["a", "b"])}
    cells = CellsWithoutSentinels(parsed, {})
    assert cells["age"] is AGES
    assert dict(cells).keys() == parsed.keys()
    assert len(cells) == 2


def test_they_are_found_among_the_training_rows():
    cells = np.append(AGES, [-999.0, -999.0])
    schema = open_table(pl.DataFrame({"age": AGES}), LABELS).schema
    assert CellsWithoutSentinels.values_of(schema, {"age": cells}, np.arange(402)) == {"age": [-999.0]}
    assert CellsWithoutSentinels.values_of(schema, {"age": cells}, np.arange(400)) == {}
