"""A page is told every point, its class and its part."""

import numpy as np
import pytest

from demarcate import datasets
from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables

VIEW = ViewState()


@pytest.fixture
def tables():
    return Tables()


@pytest.mark.parametrize(
    ("validation", "test", "monitored"), [(0.2, 0.0, "validation"), (0.0, 0.2, "test"), (0.2, 0.2, "validation")]
)
def test_validation_rows_are_monitored_or_else_test_rows(tables, validation, test, monitored):
    own = StudioData.of(DataState(n_samples=50), SplitState(validation, test), tables)
    message = own.message(VIEW, 4)
    assert message.facts["monitored"] == monitored
    assert message.facts["n_rows"] == {"train": 50 - 10 * ((validation > 0) + (test > 0))} | {
        "validation": round(validation * 50),
        "test": round(test * 50),
    }
    expected = own.codes[getattr(own, f"{monitored}_rows")]
    np.testing.assert_array_equal(message.arrays["validation_codes"], expected)


def test_the_message_has_every_point_its_class_and_its_part(tables):
    own = StudioData.of(DataState(n_samples=40), SplitState(), tables)
    message = own.message(VIEW, 9)
    X, y = datasets.moons(40)
    np.testing.assert_allclose(message.arrays["points"], X.to_numpy(), rtol=1e-6)
    np.testing.assert_array_equal(message.arrays["codes"], y)
    assert np.flatnonzero(message.arrays["parts"] == 2).tolist() == sorted(own.test_rows.tolist())
    facts = message.facts
    assert (facts["revision"], facts["title"]) == (9, "moons: 40 rows, 2 columns, 2 classes")
    assert (facts["classes"], facts["balance"]["shares"]) == (["0", "1"], {"0": 0.5, "1": 0.5})
    assert (facts["axes"], facts["held"], facts["caption"]) == (["x1", "x2"], {}, "")
    message.to_bytes()


def test_rows_without_a_place_on_the_map_are_not_drawn(tables):
    table = tables.add(
        {"a": [*(n % 9 for n in range(39)), None], "b": [n % 7 for n in range(40)], "y": ["u", "v"] * 20}, "t"
    )
    own = StudioData.of(DataState(source="table", table=table.id, target="y"), SplitState(), tables)
    message = own.message(VIEW, 0)
    assert message.facts["n_shown"] == len(message.arrays["points"]) == 39
