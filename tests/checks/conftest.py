"""Tables in which one thing is wrong."""

import numpy as np
import pytest

from demarcate.checks import audit_columns
from demarcate.tabular import as_frame, infer_schema

N_ROWS = 400


@pytest.fixture(scope="session")
def generator():
    return np.random.default_rng(11)


@pytest.fixture(scope="session")
def noise(generator):
    """Three columns that tell nothing."""
    return {f"noise {index}": generator.normal(size=N_ROWS) for index in range(3)}


@pytest.fixture(scope="session")
def codes(generator):
    """Two classes of as many rows."""
    return generator.permutation(np.arange(N_ROWS) % 2)


@pytest.fixture(scope="session")
def three(generator):
    """Three classes of about as many rows."""
    return generator.permutation(np.arange(N_ROWS) % 3)


@pytest.fixture
def audit(noise, codes):
    """What is found in columns that stand beside noise."""

    def found(columns, labels=None, beside=None, classes=None, **asked):
        labels = codes if labels is None else labels
        frame = as_frame({**columns, **(noise if beside is None else beside)})
        schema = infer_schema(frame, **asked)
        return audit_columns(
            schema, schema.parse(frame), labels, np.arange(labels.max() + 1) if classes is None else classes
        )

    return found
