"""The addresses of a service, and what answers there."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.serving.problems import RequestRefusedError

Endpoint = Callable[[Any, Any], Awaitable[Any]]
"""From the application and a request to an answer."""


@dataclass(frozen=True)
class Route:
    """An address, whose parts in braces are parameters, and what answers there by method."""

    pattern: str
    methods: Mapping[str, Endpoint]

    def endpoint(self, method: str) -> Endpoint:
        """Return what answers a method; that of ``HEAD`` is that of ``GET``.

        Raises
        ------
        RequestRefusedError
            With status 405 if nothing does.
        """
        endpoint = self.methods.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            allowed = ", ".join([*self.methods, *(["HEAD"] if "GET" in self.methods else [])])
            fact = f"There is no {method[:20]!r} at this address"
            raise RequestRefusedError.of(405, fact, f"Use {allowed}", {"allow": allowed})
        return endpoint


class RouteTable:
    """Finds the route of a path.

    Examples
    --------
    >>> table = RouteTable([Route("/models/{name}", {}), Route("/models", {})])
    >>> table.find("/models/heart")[1]
    {'name': 'heart'}
    """

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = tuple(routes)
        self._fixed = {route.pattern: route for route in routes if "{" not in route.pattern}
        self._with_parameters = [(route.pattern.split("/"), route) for route in routes if "{" in route.pattern]

    def find(self, path: str) -> tuple[Route, Mapping[str, str]]:
        """Return the route of a path, and its parameters.

        Raises
        ------
        RequestRefusedError
            With status 404 if there is none.
        """
        if (route := self._fixed.get(path)) is not None:
            return route, {}
        parts = path.split("/")
        for shape, route in self._with_parameters:
            if len(shape) == len(parts) and all(map(_fits, shape, parts)):
                return route, {own[1:-1]: part for own, part in zip(shape, parts, strict=True) if own.startswith("{")}
        remedy = "The addresses are listed at /docs and, for programs, at /openapi.json"
        raise RequestRefusedError.of(404, "There is nothing at this address", remedy)


def _fits(own: str, part: str) -> bool:
    return own == part or (own.startswith("{") and part != "")
