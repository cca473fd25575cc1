"""The estimator, which scikit-learn's checks stand before, gives the verdicts of the corpus as well."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from cases import Refused, Taken
from corpus import CASES
from doors import DOORS, CannotSayError
from verdicts import at_door

from demarcate import DemarcateClassifier
from demarcate.errors import InputError

MADE = [door for door in DOORS if door.made]
OF_COLUMNS = [
    case
    for case in CASES
    if "estimator" not in case.apart and any(name.strip() == case.target for name, _ in case.columns)
]
MOST_COLUMNS, MOST_ROWS = 100, 1000
FITTED = ("pandas", "pyarrow")
"""Doors that the tables are fitted through: scikit-learn asks each kind for its names in a way of its own."""


def parted(case, door):
    """The table without its target as the door makes it, and the labels."""
    columns = [(name, cells) for name, cells in case.columns if name.strip() != case.target]
    labels = next(list(cells) for name, cells in case.columns if name.strip() == case.target)
    return door.made(replace(case, columns=tuple(columns))), labels


def of_verdict(kind):
    cases = [case for case in OF_COLUMNS if isinstance(case.verdict, kind)]
    small = [case for case in cases if len(case.columns) <= MOST_COLUMNS and len(case.columns[0][1]) <= MOST_ROWS]
    return pytest.mark.parametrize("case", small, ids=lambda case: case.name)


@of_verdict(Refused)
def test_what_is_refused_is_refused_in_the_same_words(case):
    n_doors = 0
    for door in MADE:
        if door.name in case.apart:
            continue
        try:
            X, y = parted(case, door)
        except CannotSayError:
            continue
        n_doors += 1
        with pytest.raises(InputError) as caught:
            DemarcateClassifier().fit(X, y)
        assert [word for word in case.verdict.words if word not in str(caught.value)] == []
    assert n_doors


@of_verdict(Taken)
def test_what_is_taken_is_fitted_and_predicted_as_its_frame_is(case, tmp_path):
    fitted = {door.name: _fitted(case, door, tmp_path) for door in MADE if door.name in FITTED}
    assert any(fitted.values())


def _fitted(case, door, folder):
    """Whether the case fits through the door, and then is fitted as it should be."""
    found = at_door(case, door, folder)
    if found is None:
        return False
    X, y = parted(case, door)
    with warnings.catch_warnings():
        # What is odd about the table is warned of; the corpus says of what.
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(), epochs=1, n_folds=2).fit(X, y)
        assert classifier.schema_ == found.training_set.schema
        expected = classifier.predictor_.predict_proba(found.frame)
        np.testing.assert_array_equal(classifier.predict_proba(X), expected)
    return True
