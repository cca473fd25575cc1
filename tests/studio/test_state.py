import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.studio.first_states import PRESETS
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import LIMITS, CardState, DataState, State
from demarcate.studio.value_rules import shown

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=6,
)


def problems_of(value):
    with pytest.raises(StudioError) as raised:
        State.of(value)
    return [(each.where, each.card, each.field) for each in raised.value.problems]


def with_card(**settings):
    return {"cards": [{"id": "a", **settings}]}


@pytest.mark.parametrize("name", [name for name, *_ in PRESETS])
def test_a_preset_is_a_whole_state_and_survives_json(name):
    (preset,) = [state for own, _, state in PRESETS if own == name]
    assert State.of(json.loads(json.dumps(preset))).cards


def test_what_is_missing_has_its_default_and_what_is_unknown_is_left_out():
    state = State.of({"cards": [{"id": "a", "colour": "red"}], "decision": {"threshold": 0.3}})
    assert state.cards == (CardState(id="a"),)
    assert state.data == DataState()


def test_all_problems_are_reported_at_once_each_with_its_card_and_field():
    value = {
        "data": {"noise": -1, "centers": 1.5},
        "split": {"validation": 0.8, "test": 0.7},
        "view": {"columns": ["a", "a"]},
        "cards": [{"id": "a", "lr": 0}, {"id": "b", "hidden": [0], "activation": "sine"}],
    }
    assert problems_of(value) == [
        ("data", None, "noise"),
        ("data", None, "centers"),
        ("data", None, "test"),
        ("view", None, "columns"),
        ("card", "a", "lr"),
        ("card", "b", "hidden"),
        ("card", "b", "activation"),
    ]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"hidden": [4] * 7}, "hidden"),
        ({"hidden": [257]}, "hidden"),
        ({"hidden": "4"}, "hidden"),
        ({"seeds": 6}, "seeds"),
        ({"epochs": 100_001}, "epochs"),
        ({"epochs": True}, "epochs"),
        ({"lr": float("nan")}, "lr"),
        ({"lr": 10**400}, "lr"),
        ({"lr": "0.1"}, "lr"),
        ({"dropout": 1}, "dropout"),
        ({"batch_size": 0}, "batch_size"),
        ({"optimizer": None}, "optimizer"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_setting_of_a_card_out_of_its_bounds_is_refused(settings, field):
    assert problems_of(with_card(**settings)) == [("card", "a", field)]


@pytest.mark.parametrize("cards", [[], None, "abcd", [{"id": letter} for letter in "abcde"]])
def test_a_page_has_one_to_four_cards(cards):
    assert problems_of({"cards": cards}) == [("card", None, None)]


def test_cards_with_one_id_are_refused():
    assert problems_of({"cards": [{"id": "a"}, {"id": "a"}]}) == [("card", "a", "id")]


def test_points_added_by_hand_are_read_up_to_their_bounds():
    points = [[0.5, -1, 2]] * LIMITS["added"]
    assert State.of({"data": {"added": points}, **with_card()}).data.added[0] == (0.5, -1.0, 2)
    for wrong in ([*points, points[0]], [[0, 1]], [[0, 1, 0.5]], [[0, float("inf"), 1]], [5]):
        assert problems_of({"data": {"added": wrong}, **with_card()}) == [("data", None, "added")]


def test_a_whole_number_may_be_written_with_a_point():
    assert State.of(with_card(epochs=5.0, batch_size=None)).cards[0].epochs == 5


@given(JSON_VALUES, JSON_VALUES, JSON_VALUES)
def test_whatever_json_says_is_a_state_or_problems_in_words(data, view, cards):
    try:
        State.of({"data": data, "view": view, "cards": cards})
    except StudioError as error:
        for each in error.problems:
            assert each.problem.fact
            assert each.problem.remedy
            assert str(each.problem).isprintable()


@given(JSON_VALUES)
def test_any_value_is_shown_on_one_short_line(value):
    assert shown(value).isprintable()
    assert 0 < len(shown(value)) < 500
