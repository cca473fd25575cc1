"""Tables with a single problem."""

import numpy as np
import pytest

from demarcate.checks import check_table
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 400


@pytest.fixture(scope="session")
def generator():
    return np.random.default_rng(11)


@pytest.fixture(scope="session")
def noise(generator):
    """Three columns unrelated to the target."""
    return {f"noise {index}": generator.normal(size=N_ROWS) for index in range(3)}


@pytest.fixture(scope="session")
def codes(generator):
    """Two classes of equal size."""
    return generator.permutation(np.arange(N_ROWS) % 2)


@pytest.fixture(scope="session")
def three(generator):
    """Three classes of about equal size."""
    return generator.permutation(np.arange(N_ROWS) % 3)


@pytest.fixture
def check(noise, codes):
    """Run all checks on columns beside noise."""

    def run(columns, labels=None, beside=None, classes=None, **column_settings):
        labels = codes if labels is None else labels
        frame = as_frame({**columns, **(noise if beside is None else beside)})
        schema = infer_schema(frame, ColumnOptions.of(**column_settings))
        return check_table(
            schema, schema.parse(frame), labels, np.arange(labels.max() + 1) if classes is None else classes
        )

    return run
