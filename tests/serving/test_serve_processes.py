"""The command as it runs in production: real processes, signals, and files that are replaced."""

import hashlib
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import pytest

MAIN = "from demarcate.cli import main; main()"
ROW = json.dumps({"rows": [{"x1": 0.123456789, "x2": -1}]})


class Service:
    """The command in a process of its own."""

    def __init__(self, *arguments, code=""):
        command = [sys.executable, "-c", f"{code}\n{MAIN}", "serve", *map(str, arguments), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        self.port = int(self.address.rpartition(":")[2]) if self.address else 0
        self.lines = []
        self._reader = threading.Thread(target=lambda: self.lines.extend(self.process.stderr), daemon=True)
        self._reader.start()

    def predict(self, **headers):
        """Status and document of an answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/predict", ROW, {"content-type": "application/json", **headers})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def workers(self):
        """The processes that answer."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return set(map(int, path.read_text("ascii").split()))

    def events(self, event):
        """The lines of the log about something."""
        return [facts for facts in map(json.loads, list(self.lines)) if facts["event"] == event]

    def wait_for(self, is_so):
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(60)
        return code


class Load:
    """Clients that ask again and again; each notes what became of its requests."""

    def __init__(self, service, n_clients=4):
        self._service, self._ends = service, threading.Event()
        self.statuses, self.versions, self.n_lost = [], [], 0
        self._threads = [threading.Thread(target=self._ask, daemon=True) for _ in range(n_clients)]
        for thread in self._threads:
            thread.start()

    def _ask(self):
        while not self._ends.is_set():
            connection = HTTPConnection("127.0.0.1", self._service.port, timeout=60)
            try:
                connection.connect()
            except ConnectionError:
                return  # nobody listens any more
            try:
                self._use(connection)
            except Exception:  # noqa: BLE001 - whatever it is, the request is lost
                self.n_lost += 1
            finally:
                connection.close()

    def _use(self, connection):
        """Ask on a connection until the service announces its end."""
        while not self._ends.is_set():
            connection.request("POST", "/predict", ROW, {"content-type": "application/json"})
            answer = connection.getresponse()
            document = json.loads(answer.read())
            self.statuses.append(answer.status)
            self.versions.append(document.get("model", {}).get("version"))
            if answer.headers.get("connection") == "close":
                return

    def end(self):
        self._ends.set()
        for thread in self._threads:
            thread.join(60)
        return self


@pytest.fixture
def serve():
    with ExitStack() as stack:

        def start(*arguments, **words):
            service = Service(*arguments, **words)
            stack.enter_context(service.process)
            stack.callback(service.process.kill)
            return service

        yield start


@pytest.fixture
def model(tmp_path, model_files):
    return shutil.copy(model_files[0], tmp_path / "moons.safetensors")


def test_a_dead_worker_is_replaced_new_files_are_served_and_the_end_loses_nothing(serve, model, model_files, tmp_path):
    service = serve(model, "--workers", "2")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", service.address)
    status, document = service.predict()
    assert (status, document["model"]["name"]) == (200, "moons")
    before = document["model"]["version"]

    victim = min(service.workers())
    os.kill(victim, signal.SIGKILL)
    service.wait_for(lambda: len(service.workers()) == 2 and victim not in service.workers())
    assert service.predict()[0] == 200

    load = Load(service)
    (tmp_path / "bad").write_bytes(b"no model")
    (tmp_path / "bad").replace(model)
    service.wait_for(lambda: service.events("refused"))
    assert service.predict()[1]["model"]["version"] == before
    shutil.copy(model_files[1], tmp_path / "new")
    (tmp_path / "new").replace(model)
    service.wait_for(lambda: load.versions and load.versions[-1] not in (before, None))
    after = load.versions[-1]
    service.wait_for(lambda: len(service.workers()) == 2)
    assert service.end() == 0
    load.end()
    assert load.n_lost == 0
    assert set(load.statuses) == {200}
    assert set(load.versions) == {before, after}
    n_logged = sum(facts["status"] == 200 for facts in service.events("request"))
    assert n_logged == len(load.statuses) + 3
    assert service.events("end")
    assert "123456789" not in "".join(service.lines)


def test_a_model_of_dates_is_served_as_json_and_as_csv(serve, date_file):
    service = serve(date_file, "--workers", "1")
    row = {"age": 33, "seen": "31.12.2023"}
    for kind, body in ("application/json", json.dumps({"rows": [row]})), ("text/csv", "age,seen\n33,31.12.2023\n"):
        connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
        connection.request("POST", "/predict", body, {"content-type": kind})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        connection.close()
    assert service.end() == 0


def test_where_a_thread_was_started_workers_are_no_copies(serve, date_file):
    code = "import threading, time; threading.Thread(target=time.sleep, args=(100,), daemon=True).start()"
    service = serve(date_file, "--workers", "2", code=code)
    service.wait_for(lambda: service.events("threads"))
    (warning,) = service.events("threads")
    assert (warning["level"], warning["threads"]) == ("warning", 2)
    assert all("fresh_process" in Path(f"/proc/{each}/cmdline").read_text() for each in service.workers())
    victim = min(service.workers())
    os.kill(victim, signal.SIGKILL)
    service.wait_for(lambda: len(service.workers()) == 2 and victim not in service.workers())
    for _ in range(2):
        connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
        connection.request("POST", "/predict", "age,seen\n33,31.12.2023\n", {"content-type": "text/csv"})
        assert connection.getresponse().status == 200
        connection.close()
    connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("GET", "/metrics")
    assert 'demarcate_requests_total{route="/predict",status="200"} 2' in connection.getresponse().read().decode()
    connection.close()
    assert service.end() == 0


def test_a_version_that_does_not_answer_is_refused_and_stuck_work_costs_a_process(serve, model, model_files, tmp_path):
    new = hashlib.sha256(model_files[1].read_bytes()).hexdigest()
    code = f"""
import os, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command does: numpy is imported here
from demarcate.serving import service_app
read = service_app._Reading.read
def hang(reading, body, coder):
    if reading.served.sha256 == "{new}":
        raise MemoryError
    if b"777" in body:
        time.sleep(1000)
    return read(reading, body, coder)
service_app._Reading.read = hang
"""
    service = serve(model, "--workers", "1", "--timeout", "2", code=code)
    before = service.predict()[1]["model"]["version"]
    workers = service.workers()
    shutil.copy(model_files[1], tmp_path / "new")
    (tmp_path / "new").replace(model)
    service.wait_for(lambda: service.events("refused"))
    assert [facts.get("error") for facts in service.events("unfit")] == ["MemoryError", None]
    assert service.predict()[1]["model"]["version"] == before

    connection = HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("POST", "/predict", "x1,x2\n777,1\n", {"content-type": "text/csv"})
    assert connection.getresponse().status == 504
    connection.close()
    service.wait_for(lambda: service.events("stuck") and service.workers().isdisjoint(workers) and service.workers())
    assert service.predict()[0] == 200
    assert service.end() == 0


def test_ctrl_c_ends_it(serve, model):
    service = serve(model, "--workers", "1", "--log-format", "text", "--no-log-requests")
    assert service.predict()[0] == 200
    (worker,) = service.workers()
    assert service.end(signal.SIGINT) == 0
    assert [line.partition(": ")[2] for line in service.lines] == [
        "The service has ended: every request that arrived was answered.\n"
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)


def test_workers_end_with_the_process_that_keeps_them(serve, model):
    service = serve(model, "--workers", "1")
    (worker,) = service.workers()
    service.process.kill()
    service.process.wait(60)

    def is_gone():
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return True
        return False

    service.wait_for(is_gone)


def test_where_a_process_cannot_be_copied_it_answers_itself(serve, model):
    code = "from demarcate.serving import supervisor; supervisor.can_copy_processes = lambda: False"
    service = serve(model, code=code)
    assert service.predict()[0] == 200
    assert not service.workers()
    assert service.end(signal.SIGINT) == 0
    assert service.process.stdout.read() == ""


def test_https_with_a_token(serve, model, tmp_path):
    certificate, key, token = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "token"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    token.write_text("a-token-of-enough-characters\n")
    service = serve(
        model,
        "--workers",
        "1",
        "--token-file",
        token,
        "--tls-cert",
        certificate,
        "--tls-key",
        key,
        "--host",
        "localhost",
    )
    assert service.address.startswith("https://localhost:")
    context = ssl.create_default_context(cafile=certificate)
    for headers, status in ({}, 401), ({"authorization": "Bearer a-token-of-enough-characters"}, 200):
        connection = HTTPSConnection("localhost", service.port, timeout=60, context=context)
        connection.request("POST", "/predict", ROW, {"content-type": "application/json", **headers})
        assert connection.getresponse().status == status
        connection.close()
    assert service.end() == 0
    assert "a-token" not in "".join(service.lines)
