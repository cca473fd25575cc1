import inspect

import pytest

from demarcate import datasets
from demarcate.studio.first_states import PRESETS, SOURCES, welcome
from demarcate.studio.state import State


@pytest.mark.parametrize("source", SOURCES)
def test_a_generator_begins_with_its_own_defaults(source):
    parameters = inspect.signature(getattr(datasets, source)).parameters
    assert SOURCES[source] == {name: parameters[name].default for name in SOURCES[source]}
    assert set(parameters) - set(SOURCES[source]) <= {"n_features"}


@pytest.mark.parametrize(("name", "title", "state"), PRESETS)
def test_every_example_is_a_state_that_sessions_take(name, title, state):
    assert State.of(state).cards
    assert title


def test_welcome_has_what_sources_begin_with():
    assert welcome("id", []).facts["sources"] == SOURCES
