"""Attack a service: ``python -m benchmarks.serving.attack MODEL [--share 1] [--schemathesis PROGRAM]``.

The MODEL is one of the built-in table ``heart``. An honest client asks for the same rows all the time, and has to get
the same bytes. Meanwhile come 10,000 odd bodies, 4,000 odd requests, clients that never finish, and, with the
program of an environment where ``schemathesis`` is installed, 50,000 cases that follow or break the service's own
description. Printed is for each kind what was answered, and the memory and the open files of the service after it.
It ends with an AssertionError if there is an answer of 500, none at all, or one that says nothing of its problem.
"""

import argparse
import contextlib
import http.client
import json
import random
import re
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.serving.loops import shown
from benchmarks.serving.odd_bodies import SMALL, bombs
from benchmarks.serving.odd_connections import exchange, odd_request, pipelined, slow_clients
from benchmarks.serving.service import SECONDS, Service, heart_rows, json_body

N_BODIES, N_BOMBS, N_REQUESTS, N_PIPELINES, N_SLOW, N_CASES = 10_000, 20, 4000, 50, 40, 50_000
ALLOWED = {100, 200, 400, 401, 404, 405, 406, 408, 411, 413, 414, 415, 417, 421, 422, 426, 429, 431, 501, 503, 504, 505}
"""Of requests that are none; of bodies it is `ALLOWED_OF_BODIES`. 501 and 505 are answers to the protocol alone."""
ALLOWED_OF_BODIES = {200, 400, 406, 413, 415, 422, 503, 504}
N_OPERATIONS = 15
"""About how many operations the description has; each gets as many cases."""
PROBLEM = "application/problem+json"


def odd_bodies(service: Service, count: int, dice: random.Random) -> Counter[int]:
    """Bodies that are not quite requests, from a few connections that are kept."""
    return _asked(service, count, dice, lambda number: SMALL[number % len(SMALL)](ROWS, dice))


def small_bodies_of_much(service: Service, count: int, dice: random.Random) -> Counter[int]:
    """Bodies that unfold to more than the service takes."""
    return _asked(service, count, dice, lambda _: bombs(ROWS, dice))


def odd_requests(service: Service, count: int, dice: random.Random) -> Counter[int]:
    """Bytes that are no requests, with and without an end of the connection."""
    statuses: Counter[int] = Counter()
    for number in range(count):
        data = odd_request(dice)
        came = exchange(service.port, data, ends=number % 10 > 0)
        found = came.statuses()
        # Where this side has ended, or sent what cannot become a request, silence would be a hang.
        if number % 10 and not came.is_ended:
            raise AssertionError(f"the connection was left open after {data[:200]!r}")
        if not set(found) <= ALLOWED:
            raise AssertionError(f"{found} to {data[:300]!r}")
        statuses.update(found or [0])
    return statuses


def pipelines(service: Service, count: int, _dice: random.Random) -> Counter[int]:
    """Requests that do not wait for answers: all are answered, in order."""
    statuses: Counter[int] = Counter()
    bodies = [json_body([row]) for row in ROWS[:2]]
    expected = [service.predict([row]) for row in ROWS[:2]]
    for _ in range(count):
        data = b"".join(pipelined(1, bodies[number % 2]) for number in range(20))
        came = exchange(service.port, data, ends=False, seconds=SECONDS)
        statuses.update(came.statuses())
        places = [came.answer.find(answer) for answer in expected]
        if came.statuses() != [200] * 20 or not 0 <= places[0] < places[1]:
            raise AssertionError(f"20 requests at once were answered with {came.statuses()}")
    return statuses


def slow_senders(service: Service, count: int, _dice: random.Random) -> Counter[int]:
    """Clients that never finish a request: the service ends their connections by itself."""
    ended = slow_clients(service.port, count, 3 * SECONDS)
    if ended < count:
        raise AssertionError(f"{count - ended} of {count} connections that never finish a request were left open")
    return Counter({0: ended})


ATTACKS: dict[Callable[[Service, int, random.Random], Counter[int]], int] = {
    odd_bodies: N_BODIES,
    odd_requests: N_REQUESTS,
    pipelines: N_PIPELINES,
    small_bodies_of_much: N_BOMBS,
    slow_senders: N_SLOW,
}
ROWS = heart_rows()


def schemathesis(service: Service, count: int, program: Path, folder: Path) -> int:
    """Run cases made from the service's description, which may get no 5xx; return how many there were."""
    examples = max(1, count // N_OPERATIONS)
    words = ["run", f"http://127.0.0.1:{service.port}/openapi.json", "--checks", "not_a_server_error", "--no-color"]
    words += ["--max-examples", str(examples), "--phases", "examples,fuzzing", "--seed", "0"]
    words += ["--request-timeout", str(SECONDS), "--continue-on-failure", "--workers", "2"]
    ran = subprocess.run([program, *words], capture_output=True, text=True, cwd=folder, check=False)
    if ran.returncode:
        raise AssertionError(ran.stdout[-6000:] + ran.stderr[-2000:])
    return sum(int(number.replace(",", "")) for number in re.findall(r"([\d,]+) generated", ran.stdout))


@contextlib.contextmanager
def honest_client(service: Service) -> Iterator[Counter[str]]:
    """Ask for the same rows all the time; raise AssertionError in the end if an answer was another one."""
    expected, found, is_over = service.predict(ROWS[:3]), Counter[str](), threading.Event()

    def ask() -> None:
        while not is_over.wait(0.02):
            try:
                status, _, answer = service.ask(
                    "POST", "/predict", json_body(ROWS[:3]), content_type="application/json"
                )
            except (OSError, http.client.HTTPException) as error:
                found[f"{type(error).__name__}: {error}"] += 1
            else:
                # Where all connections are taken by others, it is told to come back.
                found["right" if answer == expected else "busy" if status == 503 else f"{status} {answer!r}"] += 1

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    yield found
    is_over.set()
    thread.join(SECONDS)
    if wrong := {what: number for what, number in found.items() if what not in ("right", "busy")}:
        raise AssertionError(f"the honest client got {wrong}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table of all attacks; raise AssertionError if the service did not bear one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--share", type=float, default=1.0, help="of the usual numbers")
    parser.add_argument("--schemathesis", type=Path)
    parser.add_argument("--only", nargs="*", choices=[attack.__name__ for attack in ATTACKS])
    parser.add_argument("--options", default="", help="of demarcate serve, in one word")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Service.started([options.model], folder, *options.options.split()) as service:
            with honest_client(service) as honest:
                _attack_all(service, options, folder, honest)
            if service.process.poll() is not None:
                raise AssertionError("the service did not survive")
            print(f"The honest client got {honest['right']:,} right answers and {honest['busy']:,} times 503.")
            look_through_log(service.log)


def _attack_all(service: Service, options: argparse.Namespace, folder: Path, honest: Counter[str]) -> None:
    print(f"{'attack':22}{'count':>8}{'seconds':>9}{'MB':>7}{'files':>7}{'honest':>8}  answers")

    def line(name: str, count: int, began: float, before: int, answers: str) -> None:
        seconds = time.perf_counter() - began
        facts = f"{count:8,}{seconds:9.1f}{service.megabytes():7.0f}{service.n_open_files():7}"
        print(f"{name:22}{facts}{honest['right'] - before:8}  {answers}", flush=True)

    line("none yet", 0, time.perf_counter(), 0, "")
    for attack, usual in ATTACKS.items():
        if options.only is None or attack.__name__ in options.only:
            count, before, began = max(2, round(options.share * usual)), honest["right"], time.perf_counter()
            statuses = attack(service, count, random.Random(attack.__name__))
            line(attack.__name__.replace("_", " "), count, began, before, shown(statuses))
    if options.schemathesis:
        before, began = honest["right"], time.perf_counter()
        count = schemathesis(service, round(options.share * N_CASES), options.schemathesis, folder)
        line("schemathesis", count, began, before, "no 5xx")


def _asked(service: Service, count: int, dice: random.Random, make: Callable[[int], tuple[str, bytes]]) -> Counter[int]:
    """Send bodies on one connection at a time, and check what is said about those that are refused."""
    statuses: Counter[int] = Counter()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=2 * SECONDS)
    for number in range(count):
        kind, body = make(number)
        accepts = {"accept": dice.choice(["*/*", "application/json", "text/html", "x", "text/csv;q=x"])}
        words = (accepts if number % 20 == 0 else {}) | ({"content-type": kind} if kind else {})
        try:
            connection.request("POST", "/predict", body, words)
            answer = connection.getresponse()
            status, told, said = answer.status, answer.getheader("content-type", ""), answer.read()
        except (ConnectionError, http.client.HTTPException):
            # A body that is too large may be refused while it is sent.
            connection.close()
            if len(body) < 1_000_000:
                raise
            statuses[0] += 1
            continue
        statuses[status] += 1
        if status not in ALLOWED_OF_BODIES:
            raise AssertionError(f"{status} {said[:1000]!r} to {kind!r} {body[:500]!r}")
        if status != 200 and (told != PROBLEM or not json.loads(said)["problems"]):
            raise AssertionError(f"{status} {told!r} {said[:1000]!r} to {kind!r} {body[:500]!r}")
        if status == 200 and b"NaN" in said:
            raise AssertionError(f"NaN in the answer to {body[:500]!r}")
    connection.close()
    return statuses


def look_through_log(log: Path) -> None:
    """Raise AssertionError if the log has a traceback."""
    text = log.read_text(errors="replace")
    if (place := text.find("Traceback")) >= 0:
        raise AssertionError(f"in the log: {text[place : place + 3000]}")


if __name__ == "__main__":
    main()
