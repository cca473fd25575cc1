import pytest

from demarcate.errors import CellProblem, ColumnProblem, Problem
from demarcate.serving.request_advice import for_request, note_for_request


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        ("Add it (cells may be empty), or train without it: --drop (drop in Python)", "Add it (cells may be empty)"),
        (
            "Correct the cell or leave it empty, or say how it is written: --decimal , (decimal in Python)",
            "Correct the cell or leave it empty",
        ),
        (
            "Save it as UTF-8, or give the encoding of the whole file (--encoding, encoding in Python)",
            "Save it as UTF-8, or name its encoding in the header: Content-Type: text/csv; charset=ENCODING",
        ),
        ("Set this cost in Python, where a pair of labels names a mistake", "Correct the request"),
        ("Name it: pos_label 'ill' or 'well'", "Name it: positive 'ill' or 'well'"),
        ("Did you mean '--drop'? Rename it as in training", "Did you mean '--drop'? Rename it as in training"),
    ],
)
def test_a_remedy_is_what_a_request_can_do(remedy, told):
    assert for_request(Problem("It is so", remedy)).remedy == told


def test_each_place_of_a_problem_is_told_so():
    part = CellProblem("'body.csv' lacks 'age'", "Add it, or train without it: --drop (drop in Python)", "age")
    told = for_request(ColumnProblem("'body.csv' lacks 2", "Add them", (part,), 2))
    assert told.fact == "The body lacks 2"
    assert told.parts == (CellProblem("The body lacks 'age'", "Add it", "age"),)


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ("unknown columns are not used: 'a --drop'", "unknown columns are not used: 'a --drop'"),
        (
            "'body.csv': the header is line 3 (otherwise: --skip-rows N, skip_rows in Python)",
            "The body: the header is line 3",
        ),
        ("all is well. So it is.", "all is well. So it is."),
    ],
)
def test_a_warning_keeps_its_fact(note, told):
    assert note_for_request(note) == told
