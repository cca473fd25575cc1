"""The application of the service: its addresses, and what is answered there.

It is an ASGI application of its own: an address is looked up in a dictionary, and the way of a request of rows to its
answer has nothing that it does not need.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import orjson
from starlette.types import Receive, Scope, Send

from demarcate.errors import InputError, Problem, SettingError
from demarcate.formatting import listed, quoted
from demarcate.serving.answers import WRITERS, PredictedRows, answer_kind, headers_of
from demarcate.serving.bodies import JSON, BodyKind, BodyRows, Coder, NotPlainError, PlainCoder, kind_of
from demarcate.serving.deciding import Deciders, RequestDecider
from demarcate.serving.exchange import Answer, ClientLeftError, HttpRequest, json_answer, send_answer
from demarcate.serving.form_page import form_facts, page_answer
from demarcate.serving.inference_protocol import (
    ProtocolRefusedError,
    infer_answer,
    model_metadata,
    read_tensors,
    server_metadata,
)
from demarcate.serving.json_schema import body_schema
from demarcate.serving.openapi import openapi_document
from demarcate.serving.problems import RequestRefusedError, problems_of
from demarcate.serving.readers import Readers
from demarcate.serving.request_options import joined_options, options_of_json, options_of_query
from demarcate.serving.routes import Endpoint, Route, RouteTable
from demarcate.serving.served_model import ComputeRows, ServedModel, ServedModels
from demarcate.serving.service_metrics import METRICS_TYPE, ServiceMetrics
from demarcate.serving.service_settings import ServiceSettings

TENSORS = BodyKind(JSON, read_tensors)
"""The kind of body that the Open Inference Protocol has."""
PROTOCOL_ROOT = "/v2"
_IN_THREAD_BYTES = 1 << 18
"""Bodies from this size on, tables and odd cells are read beside the event loop, which other requests need."""
_IN_THREAD_ROWS = 1024
"""Answers from so many rows on, and tables, are written there too."""


class Readiness(Protocol):
    """Whether the process takes requests."""

    @property
    def is_draining(self) -> bool:
        """Whether it is about to end."""


@dataclass
class AlwaysReady:
    """A process that goes on."""

    is_draining: bool = False


class ServiceApp:
    """The service, whatever runs it.

    Parameters
    ----------
    models
        The models that it serves.
    settings
        Its limits.
    status
        Whether the process takes requests.
    compute
        Computes accepted rows.
    metrics
        Counts what is predicted; None for counts of its own.
    """

    def __init__(
        self,
        models: ServedModels,
        settings: ServiceSettings,
        *,
        status: Readiness | None = None,
        compute: ComputeRows,
        metrics: ServiceMetrics | None = None,
    ) -> None:
        self.models, self._settings = models, settings
        self._status, self._compute = status or AlwaysReady(), compute
        self.metrics = metrics or ServiceMetrics()
        self._documents: WeakKeyDictionary[ServedModel, dict[str, bytes]] = WeakKeyDictionary()
        self._deciders = Deciders()
        self.readers = Readers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises
        ------
        RequestRefusedError
            If it is refused; what runs the service answers that.
        """
        if scope["type"] != "http":
            return
        method: str = scope["method"]
        route, parameters = ROUTES.find(scope["path"])
        scope.setdefault("state", {})["route"] = route.pattern
        endpoint = route.endpoint(method)
        try:
            answer = await endpoint(self, HttpRequest(scope, receive, parameters))
        except ClientLeftError:
            return
        except (InputError, SettingError) as error:
            raise _refusal(route, RequestRefusedError.of_error(error)) from None
        except RequestRefusedError as error:
            raise _refusal(route, error) from None
        await send_answer(answer, send, with_body=method != "HEAD")

    def served(self, request: HttpRequest) -> ServedModel:
        """Return the model that an address names.

        Raises
        ------
        RequestRefusedError
            With status 404 if there is none.
        """
        name, version = request.parameters.get("name"), request.parameters.get("version")
        served = self.models.find(name, version)
        if served is None:
            known: Sequence[str] = [each.name for each in self.models.all()]
            fact = f"There is no model {quoted(name)}"
            if name in known:
                fact = f"There is no version {quoted(version)} of {quoted(name)}"
                known = self.models.versions(name or "")
            raise RequestRefusedError.of(404, fact, f"Name one of: {listed(known)}")
        request.scope["state"].update(model=served.name, version=served.version)
        return served

    async def predict(self, request: HttpRequest) -> Answer:
        """Answer rows with predictions."""
        served = self.served(request)
        kind, parameters = kind_of(request.header("content-type"))
        answers_as = answer_kind(request.header("accept"), kind.media_type)
        _, predicted = await self._predict(request, served, kind, parameters)
        write = WRITERS[answers_as]
        if answers_as == JSON and len(predicted.coded) < _IN_THREAD_ROWS:
            written = write(predicted)
        else:
            written = await self.readers.run(write, predicted)
        return Answer(written, headers_of(answers_as, predicted))

    async def infer(self, request: HttpRequest) -> Answer:
        """Answer tensors with tensors, by the Open Inference Protocol."""
        served = self.served(request)
        if request.header("inference-header-content-length"):
            raise RequestRefusedError.of(400, "The request has binary data", "Send the cells in JSON")
        rows, predicted = await self._predict(request, served, TENSORS, {})
        return json_answer(infer_answer(predicted, rows.identifier, rows.wanted))

    async def _predict(
        self, request: HttpRequest, served: ServedModel, kind: BodyKind, parameters: Mapping[str, str]
    ) -> tuple[BodyRows, PredictedRows]:
        """Read a request of rows, and predict them."""
        query = request.query()
        body = await request.body(self._settings.max_body)
        reading = _Reading(served, kind, parameters, query, self._settings.max_rows, self._deciders)
        rows, decider = await self._read(reading, body)
        request.scope["state"]["rows"] = len(rows.coded)
        predicted = await decider.predict(served, rows.coded, rows.notes, self._compute)
        self.metrics.predicted(predicted)
        return rows, predicted

    async def _read(self, reading: "_Reading", body: bytes) -> tuple[BodyRows, RequestDecider]:
        """Read a body: here what takes no time, and beside the event loop what others would have to wait for."""
        coder = reading.served.coder
        if reading.kind.media_type == JSON and len(body) < _IN_THREAD_BYTES:
            with suppress(NotPlainError):
                return reading.read(body, PlainCoder(coder))
        return await self.readers.run(reading.read, body, coder)

    async def schema(self, request: HttpRequest) -> Answer:
        """Answer what a body may be."""
        served = self.served(request)
        return self._document(served, "schema", lambda: body_schema(served), "application/schema+json")

    async def openapi(self, _: HttpRequest) -> Answer:
        """Answer the OpenAPI document."""
        models = self.models.all()
        needs_token = self._settings.token_file is not None
        return self._document(models[0], "openapi", lambda: openapi_document(models, needs_token=needs_token), JSON)

    def _document(self, served: ServedModel, what: str, make: Callable[[], Any], media_type: str) -> Answer:
        """Return a document about a model, which is made once."""
        kept = self._documents.setdefault(served, {})
        if what not in kept:
            kept[what] = orjson.dumps(make())
        return Answer(kept[what], {"content-type": media_type, "cache-control": "no-cache"})

    async def form(self, request: HttpRequest) -> Answer:
        """Answer the page with the form for one row."""
        return page_answer(request, "form.html")

    async def docs(self, request: HttpRequest) -> Answer:
        """Answer the page of what programs may ask."""
        return page_answer(request, "docs.html")

    async def page_file(self, request: HttpRequest) -> Answer:
        """Answer a file of the pages."""
        return page_answer(request, request.parameters["file"])

    async def form_facts(self, request: HttpRequest) -> Answer:
        """Answer what the form has to know of a model."""
        served = self.served(request)
        return self._document(served, "form", lambda: form_facts(served), JSON)

    async def metrics_text(self, _: HttpRequest) -> Answer:
        """Answer what all processes have counted."""
        return Answer(self.metrics.text(self.models.all()), {"content-type": METRICS_TYPE, "cache-control": "no-store"})

    async def server(self, _: HttpRequest) -> Answer:
        """Answer what the server is, by the Open Inference Protocol."""
        return json_answer(server_metadata())

    async def model(self, request: HttpRequest) -> Answer:
        """Answer what a model is, by the Open Inference Protocol."""
        served = self.served(request)
        return json_answer(model_metadata(served, self.models.versions(served.name)))

    async def model_ready(self, request: HttpRequest) -> Answer:
        """Answer whether a model is ready, by the Open Inference Protocol."""
        served = self.served(request)
        self._check_ready()
        return json_answer({"name": served.name, "ready": True})

    async def server_live(self, _: HttpRequest) -> Answer:
        """Answer that the process answers, by the Open Inference Protocol."""
        return json_answer({"live": True})

    async def server_ready(self, _: HttpRequest) -> Answer:
        """Answer whether the process takes requests, by the Open Inference Protocol."""
        self._check_ready()
        return json_answer({"ready": True})

    async def live(self, _: HttpRequest) -> Answer:
        """Answer that the process answers."""
        return json_answer({"status": "live"})

    async def ready(self, _: HttpRequest) -> Answer:
        """Answer whether the process takes requests: its models are loaded, and it is not about to end."""
        self._check_ready()
        return json_answer({"status": "ready"})

    def _check_ready(self) -> None:
        if self._status.is_draining:
            raise RequestRefusedError.of(503, "The service is about to end", "Ask another one", {"retry-after": "1"})

    async def list_models(self, _: HttpRequest) -> Answer:
        """Answer which models there are."""
        models = [
            {"name": served.name, "version": served.version, "versions": list(self.models.versions(served.name))}
            for served in self.models.all()
        ]
        return json_answer({"models": models})


def _refusal(route: Route, error: RequestRefusedError) -> RequestRefusedError:
    """Return a refusal as clients of the address know it."""
    is_protocol = route.pattern.startswith(PROTOCOL_ROOT)
    return ProtocolRefusedError(error.status, error.problems, error.headers) if is_protocol else error


@dataclass(frozen=True, eq=False)
class _Reading:
    """A request of rows, to be read with all its problems together."""

    served: ServedModel
    kind: BodyKind
    parameters: Mapping[str, str]
    query: list[tuple[str, str]]
    max_rows: int
    deciders: Deciders

    def read(self, body: bytes, coder: Coder) -> tuple[BodyRows, RequestDecider]:
        """Return the rows, and what decides them."""
        problems: list[Problem] = []
        others: dict[str, Any] = {}
        rows, decider = None, None
        try:
            rows = self.kind.read(body, coder, self.parameters, self.max_rows, others)
        except (InputError, SettingError) as error:
            problems += problems_of(error)
        of_query = options_of_query(self.query, problems) if self.query else {}
        of_json = options_of_json(others, problems) if others else {}
        options = joined_options(of_query, of_json, problems)
        decider = self.deciders.get(self.served, options, problems)
        if problems:
            raise RequestRefusedError(422, problems)
        assert rows is not None, "what is refused has problems"
        assert decider is not None, "what is refused has problems"
        return rows, decider


def _of_model(what: str, methods: Mapping[str, Endpoint], root: str = "") -> list[Route]:
    """Return the addresses of a model, and of one version of it."""
    return [Route(f"{root}/models/{{name}}{own}{what}", methods) for own in ("", "/versions/{version}")]


ROUTES = RouteTable(
    [
        Route("/predict", {"POST": ServiceApp.predict}),
        *_of_model("/predict", {"POST": ServiceApp.predict}),
        Route("/models", {"GET": ServiceApp.list_models}),
        Route("/schema", {"GET": ServiceApp.schema}),
        *_of_model("/schema", {"GET": ServiceApp.schema}),
        Route("/", {"GET": ServiceApp.form}),
        Route("/docs", {"GET": ServiceApp.docs}),
        Route("/web/{file}", {"GET": ServiceApp.page_file}),
        *_of_model("/form", {"GET": ServiceApp.form_facts}),
        Route("/openapi.json", {"GET": ServiceApp.openapi}),
        Route("/metrics", {"GET": ServiceApp.metrics_text}),
        Route("/health/live", {"GET": ServiceApp.live}),
        Route("/health/ready", {"GET": ServiceApp.ready}),
        Route(PROTOCOL_ROOT, {"GET": ServiceApp.server}),
        Route(f"{PROTOCOL_ROOT}/health/live", {"GET": ServiceApp.server_live}),
        Route(f"{PROTOCOL_ROOT}/health/ready", {"GET": ServiceApp.server_ready}),
        *_of_model("", {"GET": ServiceApp.model}, PROTOCOL_ROOT),
        *_of_model("/ready", {"GET": ServiceApp.model_ready}, PROTOCOL_ROOT),
        *_of_model("/infer", {"POST": ServiceApp.infer}, PROTOCOL_ROOT),
    ]
)
"""Every address of the service."""
