"""Refusals of the service: each is a status, and every problem of the request with its row, its column and a remedy.

They are answered as ``application/problem+json`` (RFC 9457). A problem may quote a cell, as a message at the command
line does: it goes to whoever sent the cell, and to no log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from demarcate.errors import DemarcateError, InputError, Problem, SettingError

PROBLEM_TYPE = "application/problem+json"
MAX_PROBLEMS_LISTED = 100
"""Problems that an answer lists; the others are counted."""


@dataclass(frozen=True)
class RequestProblem(Problem):
    """A problem with a place in a request that is no cell: a query key, a header, a key of a JSON body.

    Attributes
    ----------
    key
        The key or header that it is about.
    """

    key: str = ""


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
        super().__init__(" ".join(map(str, problems)))
        self.status, self.problems, self.headers = status, tuple(problems), dict(headers or {})

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
        headers = {"content-type": PROBLEM_TYPE, **self.headers}
        return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def problems_of(error: InputError | SettingError) -> tuple[Problem, ...]:
    """Return the problems of an error; a setting's error may be one sentence with its remedy."""
    if error.problems:
        return error.problems
    fact, _, remedy = str(error).removesuffix(".").partition(". ")
    return (Problem(fact, remedy or "Correct it"),)


def problem_document(status: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """Return what an answer says of a refusal.

    Examples
    --------
    >>> problem_document(413, [Problem("The body has 20 MB", "Send at most 16 MB")])["title"]
    'Request Entity Too Large'
    """
    document: dict[str, Any] = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _detail(problems),
        "problems": [_as_json(problem) for problem in problems[:MAX_PROBLEMS_LISTED]],
    }
    if len(problems) > MAX_PROBLEMS_LISTED:
        document["n_problems"] = len(problems)
    return document


def _detail(problems: Sequence[Problem]) -> str:
    if len(problems) == 1:
        return str(problems[0])
    return f"{len(problems):,} problems. The first: {problems[0]}"


def _as_json(problem: Problem) -> dict[str, Any]:
    places = {name: getattr(problem, name, None) for name in ("row", "column", "key")}
    return {name: place for name, place in places.items() if place not in (None, "")} | {
        "fact": problem.fact,
        "remedy": f"{problem.remedy}{'' if problem.remedy.endswith('?') else '.'}",
    }
