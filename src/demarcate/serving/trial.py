"""A process is ready once it has predicted an example row of each model, by every way that a row may take.

Loading a model does not show that this process can compute it: its threads may wait for ever, or memory may be short.
"""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

import orjson

from demarcate.errors import InputError, Problem
from demarcate.inference.example_row import example_row
from demarcate.serving.bodies import JSON
from demarcate.serving.problems import RequestRefusedError
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.served_model import ServedModel, ServedModels

TRIAL_SECONDS = 30.0
"""Seconds that the example of one model may take, by one way."""
CSV = "text/csv"
_FIRST_FAILURE = 500

App = Callable[[Any, Any, Any], Awaitable[None]]


class UnfitError(InputError):
    """A process does not predict an example row of a model that it has loaded."""


async def try_models(app: App, models: ServedModels, service_log: ServiceLog) -> None:
    """Predict an example row of every version of every model, as JSON and as CSV; a refusal is an answer too.

    Raises
    ------
    UnfitError
        If there is no answer in time, or an error; the log has it as well.
    """
    for newest in models.all():
        for version in models.versions(newest.name):
            served = models.find(newest.name, version)
            assert served is not None, "versions are those that are there"
            for media_type, body in _bodies(served):
                await _try(app, served, media_type, body, service_log)


async def _try(app: App, served: ServedModel, media_type: str, body: bytes, service_log: ServiceLog) -> None:
    try:
        async with asyncio.timeout(TRIAL_SECONDS):
            status = await _status(app, f"/models/{served.name}/versions/{served.version}/predict", media_type, body)
    except RequestRefusedError as refusal:
        status = refusal.status
    except TimeoutError:
        status = 504
    except Exception as error:  # noqa: BLE001 - whatever it is, a request would meet it
        service_log.error("unfit", error, model=served.name, version=served.version)
        status = _FIRST_FAILURE
    if status >= _FIRST_FAILURE:
        fact = f"Version {served.version} of {served.name!r} does not answer an example row as {media_type}"
        service_log.event("unfit", f"{fact} (status {status}).", "error", model=served.name, version=served.version)
        raise UnfitError([Problem(fact, "Try 'demarcate predict MODEL --row', and report it with the service's log")])


def _bodies(served: ServedModel) -> Iterator[tuple[str, bytes]]:
    """Yield the example of a model with its kind: one is read by the event loop, the other by a thread."""
    row = example_row(served.model)
    yield JSON, orjson.dumps({"rows": [row]})
    text = io.StringIO()
    csv.writer(text).writerows([row.keys(), row.values()])
    yield CSV, text.getvalue().encode()


async def _status(app: App, path: str, media_type: str, body: bytes) -> int:
    """Return the status of the answer to a request that comes from nowhere."""
    statuses: list[int] = []
    headers = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": path, "query_string": b""}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await app({**scope, "headers": headers, "state": {}}, receive, send)
    return statuses[0] if statuses else _FIRST_FAILURE
