"""The same table gets the same verdict at every door, and it is the one that was written down."""

import warnings

import numpy as np
import pytest
from cases import Taken
from corpus import CASES
from doors import DOORS, CannotSayError, row_arguments
from verdicts import Found, at_door, faults, plain

from demarcate import DemarcateClassifier
from demarcate.cli.commands.predict import row_cells
from demarcate.tabular import as_frame

_ROWS_ONE_BY_ONE = 6
_MOST_CELLS = 10_000
"""Of larger tables it is enough that they are read alike: a fit would take longer than all the others together."""


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param


def test_there_are_as_many_cases_as_are_promised_and_each_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 90


def test_every_door_gives_the_verdict_that_was_written_down(case, tmp_path):
    found = {door.name: at_door(case, door, tmp_path) for door in DOORS}
    entered = {name: what for name, what in found.items() if what is not None}
    assert entered
    wrong = {name: told for name, what in entered.items() if (told := faults(case, what))}
    assert not wrong
    if isinstance(case.verdict, Taken):
        _say_the_same(entered)
        frame = next(iter(entered.values())).frame
        if frame.height * frame.width <= _MOST_CELLS:
            _predict_the_same(case, entered)


def _say_the_same(entered: dict[str, Found]) -> None:
    first = next(iter(entered.values()))
    for found in entered.values():
        assert found.training_set.schema == first.training_set.schema
        assert found.training_set.codes.tolist() == first.training_set.codes.tolist()
        assert {name: plain(column) for name, column in found.training_set.parsed.items()} == {
            name: plain(column) for name, column in first.training_set.parsed.items()
        }


def _predict_the_same(case, entered: dict[str, Found]) -> None:
    first = next(iter(entered.values()))
    labels = first.training_set.classes[first.training_set.codes]
    with warnings.catch_warnings():
        # What is odd about a table is warned of, by the reader above; what its audit finds is beside the point.
        warnings.simplefilter("ignore")
        fitted = DemarcateClassifier(hidden=(), epochs=2, n_folds=2).fit(first.frame, labels)
        expected = fitted.predictor_.predict_proba(first.frame)
        for found in entered.values():
            np.testing.assert_array_equal(fitted.predictor_.predict_proba(found.frame), expected)
        for row in range(min(_ROWS_ONE_BY_ONE, len(expected)) if "--row" not in case.apart else 0):
            try:
                given = row_cells(row_arguments(case, row), first.frame.columns)
            except CannotSayError:
                break
            alone = fitted.predictor_.predict_proba(as_frame({name: [cell] for name, cell in given.items()}))
            np.testing.assert_allclose(alone, expected[row : row + 1], rtol=0, atol=1e-6)
