"""What a refusal or a warning advises, for whoever sent the request.

The reader of tables advises those at a terminal and in Python, who hold a file and train models: options of commands
and arguments, which a request does not have. What a request can do instead is said in its own words.
"""

import re
from dataclasses import replace
from typing import TypeVar

from demarcate.errors import ColumnProblem, Problem

BODY_NAME = "body"
"""What a body is called while it is read as a file is, with an ending that says how."""
_NAMED = re.compile(rf"'{BODY_NAME}\.[a-z]+'")
_OF_DOORS = re.compile(r"(?<![^\s(])--[a-z][a-z-]+|\bin Python\b|\(?\b[a-z_]+=\)?$")
"""An option of a command, or an argument of Python."""
_CLAUSE = re.compile(r", or |; |\. ")
_ASIDE = re.compile(r" \([^()]*(?:--[a-z][a-z-]+|\bin Python\b)[^()]*\)")
_IN_REQUEST = {
    "--encoding": "name its encoding in the header: Content-Type: text/csv; charset=ENCODING",
    "--no-header": "say in the header that it has no names: Content-Type: text/csv; header=absent",
}
"""Options of commands that a request has in another way."""
AnyProblem = TypeVar("AnyProblem", bound=Problem)
_WORDS = (
    (re.compile(r"\bGive a file\b"), "Send a body"),
    (re.compile(r"\bthe whole file\b"), "the whole body"),
    (re.compile(r"\bpos_label\b"), "positive"),
)


def for_request(problem: AnyProblem) -> AnyProblem:
    """Return a problem as it is told to the sender of a request.

    Examples
    --------
    >>> print(for_request(Problem("'body.csv' is blank", "Give a file with rows, or name the lines: --skip-rows N")))
    The body is blank. Send a body with rows.
    """
    told = replace(problem, fact=_of_body(problem.fact), remedy=_remedy(problem.remedy))
    return replace(told, parts=tuple(map(for_request, told.parts))) if isinstance(told, ColumnProblem) else told


def note_for_request(note: str) -> str:
    """Return a warning without the sentences and asides that advise options of commands.

    Examples
    --------
    >>> note_for_request("column 'seen': 3 dates are doubtful. --dates 'seen=%d' (dates in Python) confirms it.")
    "column 'seen': 3 dates are doubtful."
    """
    said = _ASIDE.sub("", _of_body(note)) if _OF_DOORS.search(note) else _of_body(note)
    kept = [sentence for sentence in said.split(". ") if not _OF_DOORS.search(sentence)]
    if not kept or len(kept) == said.count(". ") + 1:
        return said
    return ". ".join(kept).removesuffix(".") + ("." if said.endswith(".") else "")


def _of_body(text: str) -> str:
    text = _NAMED.sub("the body", text)
    return text[:1].upper() + text[1:] if text.startswith("the body") else text


def _remedy(remedy: str) -> str:
    for pattern, words in _WORDS:
        remedy = pattern.sub(words, remedy)
    if not _OF_DOORS.search(remedy):
        return _of_body(remedy)
    clauses = [_IN_REQUEST.get(_option_in(clause), clause) for clause in _CLAUSE.split(remedy)]
    kept = [clause for clause in clauses if not _OF_DOORS.search(clause)]
    told = _of_body(", or ".join(kept)) or "Correct the request"
    return told[0].upper() + told[1:]


def _option_in(clause: str) -> str:
    option = _OF_DOORS.search(clause)
    return option[0] if option else ""
