import asyncio
import json

from demarcate.serving.tokens import Tokens

TOKEN = "a-token-of-enough-characters"


def problem(answer):
    """Status and facts of a refusal."""
    status, headers, body = answer
    assert headers["content-type"] == "application/problem+json"
    document = json.loads(body)
    assert document["status"] == status
    assert all(each["remedy"] for each in document["problems"])
    return status, [each["fact"] for each in document["problems"]]


def test_a_request_passes_and_is_logged_without_what_the_client_wrote(run_worker, echo_app):
    running = run_worker(echo_app)
    status, headers, body = running.ask("POST", "/secret-path?age=63", b"secret-cell", user_agent="secret-agent")
    assert (status, json.loads(body)["body"]) == (200, "secret-cell")
    (line,) = running.log.lines
    assert line["id"] == headers["x-request-id"]
    assert (line["method"], line["status"], line["bytes"]) == ("POST", 200, 11)
    assert "secret" not in str(line)
    assert "63" not in str({name: value for name, value in line.items() if name not in ("id", "ms")})


def test_a_request_keeps_its_identifier_if_it_is_one(run_worker, echo_app):
    running = run_worker(echo_app)
    assert running.ask(x_request_id="abc-1.2_3")[1]["x-request-id"] == "abc-1.2_3"
    for other in ("a b", "a" * 65, "ä"):
        assert running.ask(x_request_id=other)[1]["x-request-id"] != other


def test_on_loopback_only_names_of_the_machine_and_the_services_own_pages_are_answered(run_worker, echo_app):
    running = run_worker(echo_app)
    assert running.ask(host="localhost:8000")[0] == 200
    assert running.ask(host="[::1]")[0] == 200
    assert problem(running.ask(host="example.org"))[0] == 421
    assert running.ask(host="localhost:80", origin="http://localhost:80")[0] == 200
    assert problem(running.ask(origin="http://example.org"))[0] == 403
    assert problem(running.ask(origin="null"))[0] == 403


def test_a_request_without_a_host_or_with_two_is_malformed(run_worker, echo_app):
    running = run_worker(echo_app)
    for head in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost\r\n\r\n"):
        with running.client() as client:
            assert problem(client.send(head).answer())[0] == 400
    with running.client() as client:
        assert client.send(b"GET / HTTP/1.0\r\n\r\n").answer()[0] == 200


def test_beyond_loopback_any_name_is_answered_to_whoever_has_a_token(run_worker, echo_app):
    running = run_worker(echo_app, Tokens((TOKEN,)), host="0.0.0.0")
    admitted = {"host": "example.org", "origin": "https://example.org"}
    assert running.ask("POST", "/predict", b"{}", authorization=f"Bearer {TOKEN}", **admitted)[0] == 200
    assert running.ask(path="/schema", host="example.org", authorization=f"Bearer {TOKEN}")[0] == 200
    for wrong in ({}, {"authorization": f"Bearer {TOKEN}x"}, {"authorization": "Basic abc"}):
        answer = running.ask("POST", "/predict", b"{}", **wrong)
        assert problem(answer)[0] == 401
        assert answer[1]["www-authenticate"].startswith("Bearer")
    for path in ("/health/live", "/health/ready", "/", "/docs", "/web/form.js"):
        assert running.ask(path=path)[0] == 200
    for path in ("/schema", "/metrics", "/health/livex", "/../health/live"):
        assert running.ask(path=path)[0] == 401


def test_a_body_that_is_too_large_is_refused_before_it_is_sent_or_once_it_is(run_worker, echo_app, as_bytes):
    running = run_worker(echo_app, max_body=1000)
    assert running.ask("POST", "/", b"x" * 1000)[0] == 200
    with running.client() as client:
        client.send(as_bytes("POST", "/", content_length="1001", expect="100-continue"))
        assert problem(client.answer()) == (413, ["The body has more than 1.0 kB"])
    with running.client() as client:
        client.send(as_bytes("POST", "/", transfer_encoding="chunked") + (b"200\r\n" + b"x" * 512 + b"\r\n") * 2)
        assert problem(client.answer())[0] == 413


def test_the_sender_of_a_refused_body_may_go_on(run_worker, echo_app, as_bytes):
    running = run_worker(echo_app, max_body=1000)
    with running.client() as client:
        assert client.ask("POST", "/", b"x" * 300_000)[0] == 413
        assert client.ask("POST", "/", b"x")[0] == 200


def test_an_encoding_of_the_transfer_is_refused(run_worker, echo_app, as_bytes):
    running = run_worker(echo_app)
    with running.client() as client:
        client.send(as_bytes("POST", "/", transfer_encoding="gzip, chunked"))
        assert client.answer()[0] == 400


class Held:
    """An application that answers once it may."""

    def __init__(self, send_answer):
        self.may_answer, self.n_begun, self._answer = False, 0, send_answer

    async def __call__(self, scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        self.n_begun += 1
        while not self.may_answer:
            await asyncio.sleep(0.005)
        await self._answer(send, 200)


def test_more_requests_than_are_taken_at_once_are_asked_to_come_again(run_worker, send_answer, as_bytes):
    app = Held(send_answer)
    running = run_worker(app, max_concurrent=2)
    waiting = [running.client().send(as_bytes("POST", "/", b"{}")) for _ in range(2)]
    while app.n_begun < 2:
        pass
    answer = running.ask("POST", "/", b"{}")
    assert problem(answer)[0] == 503
    assert answer[1]["retry-after"] == "1"
    app.may_answer = True
    assert [client.answer()[0] for client in waiting] == [200, 200]
    assert running.ask("POST", "/", b"{}")[0] == 200
    assert (running.gate.n_in_work, running.gate.n_bytes) == (0, 0)


def test_bodies_that_are_together_too_large_are_asked_to_come_again(run_worker, echo_app, as_bytes, monkeypatch):
    monkeypatch.setattr("demarcate.serving.service_settings.BODIES_AT_ONCE", 2)
    running = run_worker(echo_app, max_body=1000)
    slow = [running.client().send(as_bytes("POST", "/", content_length="1000") + b"x" * 999) for _ in range(2)]
    while running.gate.n_bytes < 1998:
        pass
    assert problem(running.ask("POST", "/", b"x" * 3))[0] == 503
    assert [client.send(b"x").answer()[0] for client in slow] == [200, 200]


def test_a_request_that_takes_too_long_is_ended(run_worker, send_answer, as_bytes):
    app = Held(send_answer)
    running = run_worker(app, timeout=0.2)
    assert problem(running.ask("POST", "/", b"{}")) == (504, ["The answer took longer than 0.2 seconds"])
    with running.client() as client:
        client.send(as_bytes("POST", "/", content_length="10") + b"x")
        assert problem(client.answer())[0] == 408
    assert (running.gate.n_in_work, running.gate.n_bytes) == (0, 0)


def test_an_error_that_nothing_expects_is_answered_and_logged_without_its_message(run_worker, as_bytes):
    async def fail(scope, receive, send):
        raise KeyError("secret-cell")

    running = run_worker(fail)
    answer = running.ask("POST", "/", b"{}")
    status, (fact,) = problem(answer)
    assert status == 500
    assert answer[1]["x-request-id"] in fact
    failure, request = running.log.lines
    assert (failure["error"], failure["request"]) == ("KeyError", request["id"])
    assert failure["place"].startswith("test_gate.py:")
    assert "secret" not in str(running.log.lines) + fact


def test_a_refusal_in_the_middle_of_an_answer_ends_the_connection(run_worker, send_answer):
    async def fail(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        raise ValueError

    running = run_worker(fail)
    with running.client() as client:
        assert client.ask() is None
