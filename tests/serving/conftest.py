"""What the tests of the service share: small models, a worker in a thread, and clients that speak HTTP by hand."""

import contextlib
import json
import socket
import threading
import warnings
from dataclasses import replace

import polars as pl
import pytest

from demarcate import DemarcateClassifier, datasets, load
from demarcate.serving import http_protocol, worker
from demarcate.serving.gate import Gate, ServiceStatus
from demarcate.serving.host_names import open_listener
from demarcate.serving.request_log import ServiceLog
from demarcate.serving.service_settings import ServiceSettings
from demarcate.serving.worker import Worker, run_until_drained


@pytest.fixture(scope="session")
def model_files(tmp_path_factory):
    """Two models of the same table, ``(n_files,)``."""
    folder = tmp_path_factory.mktemp("models")
    X, y = datasets.moons(n_samples=60)
    for number in (1, 2):
        classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2, random_state=number)
        classifier.fit(X, y).save(folder / f"moons{number}.safetensors")
    return [folder / f"moons{number}.safetensors" for number in (1, 2)]


@pytest.fixture(scope="session")
def date_file(tmp_path_factory):
    """A model file of a number and a date in text; a column that it drops is a date in text too."""
    days = [f"{1 + number % 28:02d}.03.2024" for number in range(60)]
    frame = pl.DataFrame({"age": [20 + number % 30 for number in range(60)], "seen": days, "sent": days[::-1]})
    labels = [("low", "high")[age % 2] for age in frame["age"]]
    path = tmp_path_factory.mktemp("dates") / "dates.safetensors"
    DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2, drop=["sent"]).fit(frame, labels).save(path)
    return path


class Client:
    """A connection on which bytes are sent and answers are read, one by one."""

    def __init__(self, port, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._rest = b""

    def send(self, data):
        self.socket.sendall(data)
        return self

    def ask(self, method="GET", path="/", body=b"", **headers):
        """The answer to a request."""
        self.send(request_bytes(method, path, body, **headers))
        return self.answer()

    def answer(self):
        """Status, headers and body of the next answer; None where the connection ended before one."""
        while b"\r\n\r\n" not in self._rest:
            try:
                data = self.socket.recv(65_536)
            except ConnectionError:
                data = b""
            if not data:
                return None
            self._rest += data
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"])
        while len(self._rest) < length:
            data = self.socket.recv(65_536)
            if not data:
                return None
            self._rest += data
        body, self._rest = self._rest[:length], self._rest[length:]
        return int(first.split()[1]), headers, body

    def is_closed(self):
        """Whether the other side ends the connection, with nothing more to say."""
        with contextlib.suppress(ConnectionError):
            return self.socket.recv(1) == b""
        return True

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def request_bytes(method="GET", path="/", body=b"", **headers):
    lines = {"host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if body:
        lines.setdefault("content-length", str(len(body)))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


class ListLog(ServiceLog):
    """A log whose lines the test reads."""

    def __init__(self):
        super().__init__(descriptor=-1)
        self.lines = []

    def _write(self, facts, words):
        self.lines.append(facts)


class RunningWorker:
    """A worker in a thread of the tests' own process."""

    def __init__(self, app, tokens=None, **settings):
        self.settings = replace(ServiceSettings(port=0, timeout=30.0), **settings)
        self.log, self.status = ListLog(), ServiceStatus()
        self.gate = Gate(app, self.settings, tokens, self.log)
        listener = open_listener("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self._clients, is_serving = [], threading.Event()

        def make():
            self.worker = Worker(self.gate, listener, self.settings, self.status, self.log, beat=is_serving.set)
            return self.worker

        self._thread = threading.Thread(target=lambda: run_until_drained(make, signals=()), daemon=True)
        self._thread.start()
        assert is_serving.wait(30)

    def client(self):
        self._clients.append(Client(self.port))
        return self._clients[-1]

    def ask(self, *request, **headers):
        with self.client() as client:
            return client.ask(*request, **headers)

    def drain(self):
        self.worker.drain()

    def join(self):
        self._thread.join(30)
        assert not self._thread.is_alive()

    def close(self):
        for client in self._clients:
            client.close()
        self.drain()
        self.join()


@pytest.fixture
def run_worker(monkeypatch):
    """Runs workers, which end with the test; what they wait for is short."""
    monkeypatch.setattr(worker, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(http_protocol, "GRACE_SECONDS", 0.1)
    with contextlib.ExitStack() as stack:

        def run(app, tokens=None, **settings):
            running = RunningWorker(app, tokens, **settings)
            stack.callback(running.close)
            return running

        yield run


async def echo(scope, receive, send):
    """An application that answers what it reads."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await answer(send, 200, json.dumps({"path": scope["path"], "body": body.decode("latin-1")}).encode())


async def answer(send, status, body=b"{}"):
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="session")
def echo_app():
    return echo


@pytest.fixture(scope="session")
def send_answer():
    return answer


@pytest.fixture(scope="session")
def as_bytes():
    return request_bytes


@pytest.fixture(scope="session")
def connect():
    return Client


@pytest.fixture(scope="session")
def mixed_model(tmp_path_factory):
    """A model of columns of every kind, with three classes, and the rows that it was trained on."""
    rows = [
        {
            "age": 20 + number % 50,
            "grade": "abc"[number % 3],
            "smokes": ("no", "yes")[number % 2],
            "seen": f"{1 + number % 28:02d}.03.2024",
            "remark": ("slow and steady work", "fast engine, good", "needs more rest now")[number % 3] + f" {number}",
        }
        for number in range(90)
    ]
    labels = [("low", "mid", "high")[row["age"] % 3] for row in rows]
    frame = pl.DataFrame(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2, text=["remark"]).fit(frame, labels)
    path = tmp_path_factory.mktemp("mixed") / "mixed.safetensors"
    classifier.save(path)
    return load(path, backend="numpy"), rows


@pytest.fixture(scope="session")
def mixed_app(mixed_model, serve_models):
    return serve_models(mixed=mixed_model[0])


@pytest.fixture(scope="session")
def predict(ask, mixed_app):
    """Asks for predictions of rows: status and document."""

    def predicted(rows, query="", **others):
        status, _, body = ask(mixed_app, "POST", f"/predict{query}", json.dumps({"rows": rows, **others}).encode())
        return status, json.loads(body)

    return predicted
