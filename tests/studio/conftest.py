import pytest

from demarcate.studio.card import Card
from demarcate.studio.state import CardState, DataState, SplitState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables


@pytest.fixture(scope="session")
def moons():
    """Sixty moons: 36 training, 12 validation and 12 test rows."""
    return StudioData.of(DataState(n_samples=60), SplitState(), Tables())


@pytest.fixture(scope="session")
def blobs():
    """Sixty blobs of three classes, with test rows alone."""
    return StudioData.of(DataState(source="blobs", n_samples=60, centers=3), SplitState(0.0, 0.3), Tables())


@pytest.fixture
def card(moons):
    """A function that makes a small card, on moons unless it is given other rows."""

    def made(data=moons, **settings):
        return Card(CardState(**{"id": "a", "hidden": (5, 4), "batch_size": 16, "epochs": 6, **settings}), data)

    return made
