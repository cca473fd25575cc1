"""Refusals of the service: each is a status, and every problem of the request with its row, its column and a remedy.

They are answered as ``application/problem+json`` (RFC 9457). A problem may quote a cell, as a message at the command
line does: it goes to whoever sent the cell, and to no log.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from demarcate.errors import CellProblem, ColumnProblem, DemarcateError, InputError, Problem, SettingError
from demarcate.serving.request_advice import for_request

PROBLEM_TYPE = "application/problem+json"
MAX_PROBLEMS_LISTED = 100
"""Problems that an answer lists; the others are counted."""
TITLES: Mapping[int, str] = {
    400: "The body cannot be read",
    401: "A token is needed",
    403: "This request comes from another page",
    404: "There is nothing at this address",
    405: "The method is not allowed here",
    406: "There is no answer of this kind",
    408: "The request did not arrive in time",
    411: "The length of the body is not given",
    413: "The request is too large",
    414: "The address is too long",
    415: "Bodies of this kind are not read",
    421: "This server has another name",
    422: "The request is refused",
    431: "The headers are too large",
    500: "The service failed",
    503: "The service has too much to do",
    504: "The answer took too long",
}
"""What each status means here, in a few words."""


@dataclass(frozen=True)
class RequestProblem(Problem):
    """A problem with a part of a request that is no cell: a key of the address or of a JSON body, or a header.

    Attributes
    ----------
    key
        Its name.
    """

    key: str


class RequestRefusedError(DemarcateError):
    """A request is answered with a status other than 200.

    Parameters
    ----------
    status
        The HTTP status.
    problems
        All that is wrong with the request; at least one.
    headers
        Headers of the answer, such as ``Retry-After``.

    Examples
    --------
    >>> raise RequestRefusedError(404, [Problem("There is no model 'hart'", "Name one of: heart")])
    Traceback (most recent call last):
    demarcate.serving.problems.RequestRefusedError: There is no model 'hart'. Name one of: heart.
    """

    def __init__(self, status: int, problems: Sequence[Problem], headers: Mapping[str, str] | None = None) -> None:
        self.problems = tuple(map(for_request, problems))
        super().__init__(" ".join(map(str, self.problems)))
        self.status, self.headers = status, dict(headers or {})

    @classmethod
    def of(cls, status: int, fact: str, remedy: str, headers: Mapping[str, str] | None = None) -> "RequestRefusedError":
        """Return a refusal for one problem."""
        return cls(status, [Problem(fact, remedy)], headers)

    @classmethod
    def of_error(cls, error: InputError | SettingError) -> "RequestRefusedError":
        """Return the refusal of what the command line refuses too."""
        return cls(HTTPStatus.UNPROCESSABLE_ENTITY, problems_of(error))

    def body(self) -> bytes:
        """Return the answer's body."""
        import orjson

        return orjson.dumps(problem_document(self.status, self.problems))

    def answer_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the answer's headers as ASGI has them."""
        headers = {"content-type": PROBLEM_TYPE, "cache-control": "no-store", **self.headers}
        return [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]


def problems_of(error: InputError | SettingError) -> tuple[Problem, ...]:
    """Return the problems of an error; a setting's error may be one sentence with its remedy."""
    if error.problems:
        return error.problems
    fact, _, remedy = str(error).removesuffix(".").partition(". ")
    return (Problem(fact, remedy or "Correct it"),)


def problem_document(status: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return what an answer says of a refusal: a problem for each place, the first ones of many.

    Examples
    --------
    >>> document = problem_document(413, [Problem("The body has 20 MB", "Send at most 16 MB")])
    >>> document["title"], document["problems"]
    ('The request is too large', [{'fact': 'The body has 20 MB', 'remedy': 'Send at most 16 MB.'}])
    """
    n_problems = sum(problem.n_parts if isinstance(problem, ColumnProblem) else 1 for problem in problems)
    places = [place for _, place in zip(range(MAX_PROBLEMS_LISTED), _by_place(problems), strict=False)]
    detail = str(problems[0]) if len(problems) == 1 else f"{n_problems:,} problems, the first: {problems[0]}"
    return {
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "problems": list(map(_as_json, places)),
        "n_problems": n_problems,
    }


def _by_place(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Yield the problems, those of several places one by one."""
    for problem in problems:
        if isinstance(problem, ColumnProblem):
            yield from problem.parts
        else:
            yield problem


def _as_json(problem: Problem) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if isinstance(problem, CellProblem):
        place = {"row": problem.row, "column": problem.column, "value": problem.value}
    elif isinstance(problem, RequestProblem):
        place = {"key": problem.key}
    facts = {"fact": problem.fact, "remedy": f"{problem.remedy}{'' if problem.remedy.endswith('?') else '.'}"}
    return {name: value for name, value in place.items() if value is not None} | facts
