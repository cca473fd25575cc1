import asyncio
import threading
import time

from demarcate.serving import worker as worker_module
from demarcate.serving.connection_counts import ConnectionCounts


class Slow:
    """An application that takes its time."""

    def __init__(self, send_answer, seconds=0.3):
        self.n_begun, self._answer, self._seconds = 0, send_answer, seconds

    async def __call__(self, scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        self.n_begun += 1
        await asyncio.sleep(self._seconds)
        await self._answer(send, 200)


def test_what_has_arrived_is_answered_before_the_end_and_idle_connections_are_closed(run_worker, send_answer, as_bytes):
    app = Slow(send_answer)
    running = run_worker(app)
    idle = running.client()
    assert idle.ask()[0] == 200
    busy = [running.client().send(as_bytes("POST", "/", b"{}")) for _ in range(5)]
    while app.n_begun < 6:
        time.sleep(0.005)
    running.drain()
    answers = [client.answer() for client in busy]
    assert [status for status, _, _ in answers] == [200] * 5
    assert {headers["connection"] for _, headers, _ in answers} == {"close"}
    assert idle.is_closed()
    running.join()


def test_a_request_on_its_way_when_the_end_begins_is_answered(run_worker, echo_app, monkeypatch):
    monkeypatch.setattr("demarcate.serving.http_protocol.GRACE_SECONDS", 60.0)
    running = run_worker(echo_app)
    known, new = running.client(), running.client()
    assert known.ask()[0] == 200
    running.drain()
    while not running.status.is_draining:
        pass
    for client in (known, new):
        status, headers, _ = client.ask()
        assert (status, headers["connection"]) == (200, "close")
    running.join()


def test_requests_without_an_end_are_ended(run_worker, send_answer, as_bytes, monkeypatch):
    monkeypatch.setattr(worker_module, "DRAIN_SECONDS", -60.0)
    app = Slow(send_answer, 60)
    running = run_worker(app)
    client = running.client().send(as_bytes())
    while not app.n_begun:
        time.sleep(0.005)
    running.drain()
    assert client.answer() is None


def test_it_gives_signs_of_life(run_worker, echo_app, monkeypatch):
    monkeypatch.setattr(worker_module, "TICKS_PER_SECOND", 1)
    running, beats = run_worker(echo_app), threading.Semaphore(0)
    running.worker._beat = beats.release
    assert beats.acquire(timeout=30)
    assert beats.acquire(timeout=30)


def test_connections_wait_while_the_system_has_no_descriptors(run_worker, echo_app, monkeypatch):
    running = run_worker(echo_app)
    listener, refusals = running.worker._listener, iter([OSError(24, "Too many open files")] * 2)

    class Refusing:
        def __getattr__(self, name):
            return getattr(listener, name)

        def accept(self):
            if (error := next(refusals, None)) is not None:
                raise error
            return listener.accept()

    running.worker._listener = Refusing()
    assert running.ask()[0] == 200
    assert [line["event"] for line in running.log.lines].count("connections") == 2


def test_a_connection_is_left_to_a_process_with_fewer_for_a_moment(run_worker, echo_app):
    running = run_worker(echo_app)
    counts = running.worker._counts = ConnectionCounts(2)
    running.worker._place = 1
    counts.set(0, 0)
    paused = []
    pause = running.worker._pause_accepting
    running.worker._pause_accepting = lambda seconds: (paused.append(seconds), pause(seconds))
    with running.client() as first, running.client() as second:
        assert first.ask()[0] == second.ask()[0] == 200
    # The other process takes none, so this one does after a while.
    assert paused == [worker_module.YIELD_SECONDS] * worker_module.MOST_YIELDS
    running.drain()
    running.join()
    assert not counts.has_more(0)


def test_work_that_does_not_come_back_asks_for_another_process(run_worker, echo_app, monkeypatch):
    monkeypatch.setattr(worker_module, "TICKS_PER_SECOND", 1)
    running = run_worker(echo_app, timeout=1.0)
    signs, asked = [], threading.Event()
    running.worker._beat = lambda must_go=False: signs.append(must_go) or (must_go and asked.set())
    running.worker._seconds_at_work = lambda: 0.9
    assert running.ask()[0] == 200
    running.worker._seconds_at_work = lambda: 1.1
    assert asked.wait(30)
    (line,) = [line for line in running.log.lines if line["event"] == "stuck"]
    assert (line["level"], "has not come back for 1 seconds" in line["text"]) == ("error", True)
    while len(signs) < signs.index(True) + 5:
        time.sleep(0.01)
    assert sum(signs) == 1
    assert running.ask()[0] == 200


def test_nothing_is_ready_before_the_trial_is_over(run_worker, echo_app, monkeypatch):
    order = []
    serve = worker_module.Worker.serve

    async def trial():
        order.append("trial")

    async def tried(worker):
        beat = worker._beat
        worker._trial, worker._beat = trial, lambda *_: order.append("beat") or beat()
        await serve(worker)

    monkeypatch.setattr(worker_module.Worker, "serve", tried)
    assert run_worker(echo_app).ask()[0] == 200
    assert order[:2] == ["trial", "beat"]
