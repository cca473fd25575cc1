"""The same table gets the expected verdict in every form."""

import warnings
import zlib

import numpy as np
import pytest
from cases import Accepted
from corpus import CASES
from forms import FORMS, InexpressibleError, row_arguments
from services import bodies_of, numpy_model, service_probabilities
from verdicts import AcceptedTable, faults, plain, read_case

from demarcate import DemarcateClassifier
from demarcate.cli.commands.predict import row_cells
from demarcate.tabular import as_frame

_ROWS_ONE_BY_ONE = 6
_MAX_CELLS = 10_000
"""Larger tables are only read: their fits would take longer than all the others together."""


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request):
    return request.param


def test_there_are_enough_cases_with_different_names():
    assert len({case.name for case in CASES}) == len(CASES) >= 90


def test_every_form_gives_the_expected_verdict(case, tmp_path, ask, serve_models):
    results = {form.name: read_case(case, form, tmp_path) for form in FORMS}
    entered = {name: result for name, result in results.items() if result is not None}
    assert entered
    wrong = {name: differences for name, result in entered.items() if (differences := faults(case, result))}
    assert not wrong
    if isinstance(case.verdict, Accepted):
        _are_read_the_same(entered)
        frame = next(iter(entered.values())).frame
        if frame.height * frame.width <= _MAX_CELLS:
            fitted, expected = _are_predicted_the_same(case, entered)
            bodies = [] if "service" in case.apart else list(bodies_of(entered, tmp_path))
            if bodies:
                # One kind of body for each case: all are read by the readers that gave the frames above.
                kind, body = bodies[zlib.crc32(case.name.encode()) % len(bodies)]
                served = serve_models(m=numpy_model(fitted.predictor_))
                np.testing.assert_allclose(service_probabilities(ask, served, kind, body), expected, rtol=0, atol=1e-6)


def _are_read_the_same(entered: dict[str, AcceptedTable]) -> None:
    first = next(iter(entered.values()))
    for found in entered.values():
        assert found.training_set.schema == first.training_set.schema
        assert found.training_set.codes.tolist() == first.training_set.codes.tolist()
        assert {name: plain(column) for name, column in found.training_set.parsed.items()} == {
            name: plain(column) for name, column in first.training_set.parsed.items()
        }


def _are_predicted_the_same(case, entered: dict[str, AcceptedTable]):
    first = next(iter(entered.values()))
    labels = first.training_set.classes[first.training_set.codes]
    with warnings.catch_warnings():
        # The reader above checks the warnings of the table; findings of its audit do not matter here.
        warnings.simplefilter("ignore")
        fitted = DemarcateClassifier(hidden=(), epochs=2, n_folds=2).fit(first.frame, labels)
        expected = fitted.predictor_.predict_proba(first.frame)
        for found in entered.values():
            np.testing.assert_array_equal(fitted.predictor_.predict_proba(found.frame), expected)
        for row in range(min(_ROWS_ONE_BY_ONE, len(expected)) if "--row" not in case.apart else 0):
            try:
                cells = row_cells(row_arguments(case, row), first.frame.columns)
            except InexpressibleError:
                break
            alone = fitted.predictor_.predict_proba(as_frame({name: [cell] for name, cell in cells.items()}))
            np.testing.assert_allclose(alone, expected[row : row + 1], rtol=0, atol=1e-6)
    return fitted, expected
