"""The estimator, after scikit-learn's own checks, gives the verdicts of the corpus too."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from cases import Accepted, Refused
from corpus import CASES
from forms import FORMS, InexpressibleError
from verdicts import read_case

from demarcate import DemarcateClassifier
from demarcate.errors import InputError

MADE = [form for form in FORMS if form.made]
OF_COLUMNS = [
    case
    for case in CASES
    if "estimator" not in case.apart and any(name.strip() == case.target for name, _ in case.columns)
]
MAX_COLUMNS, MAX_ROWS = 100, 1000
FITTED = ("pandas", "pyarrow")
"""Forms of the tables that are fitted: scikit-learn reads the column names of each kind differently."""


def parted(case, form):
    """Return the table without its target in a form, and the labels."""
    columns = [(name, cells) for name, cells in case.columns if name.strip() != case.target]
    labels = next(list(cells) for name, cells in case.columns if name.strip() == case.target)
    return form.made(replace(case, columns=tuple(columns))), labels


def of_verdict(kind):
    cases = [case for case in OF_COLUMNS if isinstance(case.verdict, kind)]
    small = [case for case in cases if len(case.columns) <= MAX_COLUMNS and len(case.columns[0][1]) <= MAX_ROWS]
    return pytest.mark.parametrize("case", small, ids=lambda case: case.name)


@of_verdict(Refused)
def test_refused_tables_are_refused_with_the_same_message(case):
    n_forms = 0
    for form in MADE:
        if form.name in case.apart:
            continue
        try:
            X, y = parted(case, form)
        except InexpressibleError:
            continue
        n_forms += 1
        with pytest.raises(InputError) as caught:
            DemarcateClassifier().fit(X, y)
        assert [word for word in case.verdict.words if word not in str(caught.value)] == []
    assert n_forms


@of_verdict(Accepted)
def test_accepted_tables_are_fitted_and_predicted_like_their_frames(case, tmp_path):
    fitted = {form.name: _fitted(case, form, tmp_path) for form in MADE if form.name in FITTED}
    assert any(fitted.values())


def _fitted(case, form, folder):
    """Return whether the form can express the case; check its fit."""
    found = read_case(case, form, folder)
    if found is None:
        return False
    X, y = parted(case, form)
    with warnings.catch_warnings():
        # Warnings of the table are checked by the corpus.
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(), epochs=1, n_folds=2).fit(X, y)
        assert classifier.schema_ == found.training_set.schema
        expected = classifier.predictor_.predict_proba(found.frame)
        np.testing.assert_array_equal(classifier.predict_proba(X), expected)
    return True
