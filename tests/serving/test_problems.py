import json

import pytest

from demarcate.errors import CellProblem, ColumnProblem, InputError, Problem, SettingError
from demarcate.serving.problems import MAX_PROBLEMS_LISTED, RequestProblem, RequestRefusedError, problem_document


def test_a_problem_of_several_cells_is_listed_by_cell_and_counted_whole():
    cells = tuple(CellProblem(f"row {row} is bad", "Correct it", "age", row, "old") for row in range(1, 151))
    document = problem_document(422, [ColumnProblem("many are bad", "Correct them", cells, 400), Problem("x", "Why?")])
    assert (len(document["problems"]), document["n_problems"]) == (MAX_PROBLEMS_LISTED, 401)
    assert document["problems"][0] == {
        "row": 1,
        "column": "age",
        "value": "old",
        "fact": "row 1 is bad",
        "remedy": "Correct it.",
    }
    assert document["detail"] == "401 problems, the first: many are bad. Correct them."


def test_a_problem_of_a_key_names_it_and_a_question_keeps_its_mark():
    document = problem_document(422, [RequestProblem("'sett' is unknown", "Did you mean 'set'?", "sett")])
    assert document["problems"] == [{"key": "sett", "fact": "'sett' is unknown", "remedy": "Did you mean 'set'?"}]


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        (InputError([Problem("a is bad", "Mend it"), Problem("b is bad", "Mend it")]), ["a is bad", "b is bad"]),
        (SettingError("lr must be above 0, got -1. Try 0.001."), ["lr must be above 0, got -1"]),
        (SettingError("no remedy"), ["no remedy"]),
        (SettingError.of([Problem("c is bad", "Mend it")]), ["c is bad"]),
    ],
)
def test_errors_are_refusals_with_all_their_problems(error, facts):
    refusal = RequestRefusedError.of_error(error)
    document = json.loads(refusal.body())
    assert (refusal.status, [each["fact"] for each in document["problems"]]) == (422, facts)
    assert all(each["remedy"].endswith(".") for each in document["problems"])


def test_every_status_has_a_title():
    assert problem_document(418, [Problem("a", "b")])["title"] == "I'm a Teapot"
    assert problem_document(503, [Problem("a", "b")])["title"] == "The service has too much to do"
