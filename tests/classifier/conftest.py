"""Small tables, and the helpers of this folder as modules."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import make_classification

from demarcate import DemarcateClassifier

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def matrix():
    return make_classification(60, 4, random_state=0)


@pytest.fixture(scope="module")
def frame(matrix):
    return pd.DataFrame(matrix[0], columns=list("abcd"))


@pytest.fixture(scope="module")
def mixed():
    """Numbers, words, truth values and dates, with gaps."""
    generator = np.random.default_rng(0)
    n = 80
    numbers = generator.normal(size=n)
    numbers[::9] = np.nan
    words = generator.choice(["x", "y", "z"], n).astype(object)
    words[5] = None
    columns = {
        "number": numbers,
        "word": words,
        "flag": generator.random(n) < 0.5,
        "day": pd.to_datetime("2020-01-01") + pd.to_timedelta(generator.integers(0, 900, n), "D"),
    }
    return pd.DataFrame(columns), np.where(np.nan_to_num(numbers) + (words == "x") > 0.3, "yes", "no")


@pytest.fixture
def ensemble_arguments(monkeypatch):
    """The kinds of network and the rest that settings ask the ensemble for; nothing is trained."""

    class CapturedArgumentsError(Exception):
        pass

    def stop(training_set, kinds, **others):
        raise CapturedArgumentsError(kinds, others)

    def capture(matrix, **settings):
        monkeypatch.setattr("demarcate.classifier.classifier.fit_ensemble", stop)
        with pytest.raises(CapturedArgumentsError) as caught:
            DemarcateClassifier(**settings).fit(*matrix)
        return caught.value.args

    return capture
