import pytest

from demarcate.errors import BundleError, InputError, Problem, SettingError
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed


def test_the_message_of_a_problem_has_its_place_and_further_facts():
    problem = PlacedProblem.of("card", "lr is 0", "Give more", field="lr", card="a")
    facts = {"where": "card", "field": "lr", "card": "a", "fact": "lr is 0", "remedy": "Give more", "revision": 3}
    assert (problem.message(revision=3).kind, problem.message(revision=3).facts) == ("problem", facts)


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (InputError([Problem("a is gone", "Add it"), Problem("b is gone", "Add it")]), ["a is gone", "b is gone"]),
        (SettingError("lr must be above 0, got -1. Try 0.001"), ["lr must be above 0, got -1"]),
        (BundleError("the file is damaged."), ["the file is damaged"]),
    ],
)
def test_every_error_of_the_library_gets_a_place(error, facts):
    with pytest.raises(StudioError) as raised, placed("data", "table"):
        raise error
    assert [(each.where, each.field, each.problem.fact) for each in raised.value.problems] == [
        ("data", "table", fact) for fact in facts
    ]
    assert all(each.problem.remedy for each in raised.value.problems)


def test_a_problem_that_has_a_place_keeps_it():
    with pytest.raises(StudioError) as raised, placed("data"):
        raise StudioError([PlacedProblem.of("view", "x1 is no column", "Name one", field="columns")])
    assert raised.value.problems[0].where == "view"
