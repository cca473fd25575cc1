"""Attack the studio's server: ``python benchmarks/studio_attack.py [SHARE]`` (1 by default, which takes minutes).

A server is started as a person starts it, and an honest page trains on it. Meanwhile it gets malformed requests, frames
and commands, bad tables, requests of other pages, clients that never read, and more pages than it serves. Printed are,
for each kind, how many there were, the largest memory of the server so far, and how many frames the honest page still
got; at the end, how long the server took to close. Needs Linux, where memory is read from /proc.
"""

import contextlib
import gzip
import http.client
import json
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from websockets.frames import Frame, Opcode
from websockets.sync.client import ClientConnection, connect

from demarcate.studio.messages import Message

N_REQUESTS, N_FRAMES, N_COMMANDS = 4000, 3000, 3000
N_TABLES, N_FOREIGN, N_SLOW, N_PAGES = 200, 500, 20, 50
SECONDS = 60.0


@dataclass
class Server:
    """A server in a process of its own, and an honest page on it."""

    process: subprocess.Popen[str]
    host: str
    token: str
    frames: int = 0
    state: dict = field(default_factory=dict)
    session: str = ""

    @classmethod
    @contextlib.contextmanager
    def started(cls) -> Iterator["Server"]:
        """A server that is ended with the block."""
        program = [sys.executable, "-m", "demarcate", "studio", "--no-browser", "--port", "0"]
        process = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            match = re.fullmatch(r"http://([^/]+)/\?token=(.+)\n", process.stdout.readline())
            yield cls(process, match[1], match[2])
        finally:
            process.kill()
            process.communicate()

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.host.rpartition(":")[2])

    def peak_megabytes(self) -> float:
        """The most memory that it had so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1000

    def page(self, **words) -> ClientConnection:
        """A page's socket, as a context."""
        protocols = ["demarcate", f"token.{self.token}"]
        return connect(f"ws://{self.host}/socket", subprotocols=protocols, compression=None, max_size=None, **words)

    def raw(self, data: bytes) -> bytes:
        """Send bytes; return what is answered, up to the end of the connection."""
        answer = b""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS)
        with client, contextlib.suppress(OSError):
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while part := client.recv(65_536):
                answer += part
        return answer

    def status(self, method: str, path: str, body: bytes | None = None, **headers: str) -> int:
        """The status of the answer to a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            return connection.getresponse().status

    def use_honestly(self, is_over: threading.Event, is_ready: threading.Event) -> None:
        """Train, read and acknowledge frames, and begin again where the training ends."""
        with self.page() as page:
            while not is_over.is_set():
                message = Message.from_bytes(page.recv(timeout=SECONDS))
                if message.kind == "welcome":
                    self.session = message.facts["session"]
                    self.state = {**message.facts["state"], "cards": message.facts["state"]["cards"][:1]}
                    self.state["cards"][0]["epochs"] = 100_000
                    page.send(json.dumps({"type": "state", "revision": 1, "state": self.state}))
                    page.send('{"type": "run"}')
                elif message.kind == "frame":
                    self.frames += 1
                    page.send(json.dumps({"type": "ack", "number": message.facts["number"]}))
                    if message.facts["cards"][0]["epoch"]:
                        is_ready.set()


def malformed_requests(server: Server, count: int, dice: random.Random) -> None:
    """Requests that are none, or not quite."""
    good = f"GET /web/x/main.js HTTP/1.1\r\nHost: {server.host}\r\nConnection: close\r\n\r\n".encode()
    for number in range(count):
        kind = number % 5
        if kind == 0:
            data = dice.randbytes(dice.randrange(1, 400))
        elif kind == 1:
            data = _mutated(good, dice)
        elif kind == 2:
            path = "".join(dice.choice(["../", "%2e%2e/", "..%5c", "//", "%00", "web/", "x", "\\"]) for _ in range(8))
            data = good.replace(b"/web/x/main.js", f"/{path}".encode())
        elif kind == 3:
            length = dice.choice(["-1", "1e9", "99999999999999999999", "0x10", "5, 6", ""])
            end = f"\r\nContent-Length: {length}\r\n\r\nabc".encode()
            data = good.replace(b"GET", b"POST").replace(b"\r\n\r\n", end)
        else:
            data = good[:-2] + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 900) for n in range(dice.randrange(200))) + b"\r\n"
        server.raw(data)


def malformed_frames(server: Server, count: int, dice: random.Random) -> None:
    """Sockets that are opened as they should be, and then are none."""
    for number in range(count):
        # Every tenth has the token, and becomes a session.
        token = server.token if number % 10 == 0 else "none"
        frame = bytes([dice.randrange(256), dice.choice([0xFF, 0xFE, 0x7F, 0x80 | dice.randrange(126)])])
        frame += dice.choice([b"", b"\xff" * 8, bytes(8)]) + dice.randbytes(dice.randrange(200))
        server.raw(_handshake(server, token) + frame)


def malformed_commands(server: Server, count: int, dice: random.Random) -> None:
    """Commands of a page that has the token: text that is no JSON, and states that are none."""
    good = json.dumps({"type": "state", "revision": 2, "state": server.state})
    odd = ["null", "[]", "1e999", '"' + "x" * 5000 + '"', "[" * 5000, '{"type":', "-1", "NaN", '{"type": "run"', "{}"]
    with server.page() as page:
        page.recv(timeout=SECONDS)
        for number in range(count):
            if number % 3 == 0:
                page.send(dice.choice([*odd, dice.randbytes(50), json.dumps({"type": dice.choice(odd)})]))
            elif number % 3 == 1:
                page.send(_mutated(good.encode(), dice).decode("latin-1"))
            else:
                state = json.loads(good)
                _damage(state, dice.choice([None, [], {}, -1, 1e308, "x", True, [[[[]]]]]), dice)
                page.send(json.dumps(state))
            with contextlib.suppress(TimeoutError):
                while True:
                    page.recv(timeout=0)
        page.send('{"type": "the last"}')
        while "the last" not in str(Message.from_bytes(page.recv(timeout=SECONDS)).facts):
            pass


def bad_tables(server: Server, count: int, dice: random.Random) -> None:
    """Files that are no tables, or odd ones."""
    good = b"a,b,y\n" + b"".join(b"%d,%d,%d\n" % (n, n * n % 7, n % 2) for n in range(50))
    for number in range(count):
        kind = number % 6
        body = (
            dice.randbytes(dice.randrange(3000)),
            _mutated(good, dice),
            good[: dice.randrange(len(good))] + b'"',
            b"PAR1" + dice.randbytes(200) + b"PAR1",
            gzip.compress(bytes(30_000_000), 1),
            b"x," * dice.randrange(1, 2000) + b"\n" + b"1," * dice.randrange(1, 2000),
        )[kind]
        ending = ("csv", "tsv", "csv", "parquet", "csv.gz", "jsonl")[kind]
        path = f"/tables?session={server.session}&name=bad{number}.{ending}"
        server.status("POST", path, body, Authorization=f"Bearer {server.token}")


def foreign_pages(server: Server, count: int, _dice: random.Random) -> None:
    """Requests with the token from pages of another site, or for a name that was pointed here."""
    headers = [{"Origin": "http://example.org"}, {"Host": "example.org"}, {"Origin": "null"}]
    paths = ["/", "/tables", f"/cards/{server.session}/a/model", "/socket"]
    for number in range(count):
        method = ("GET", "POST")[number % 2]
        words = {"Authorization": f"Bearer {server.token}", **headers[number % 3]}
        if (status := server.status(method, paths[number % 4], **words)) not in (403, 421):
            raise AssertionError(f"a foreign page was answered with {status}")


def slow_readers(server: Server, count: int, _dice: random.Random) -> None:
    """Pages that ask for much and read nothing, and clients that ask for nothing."""
    with contextlib.ExitStack() as clients:
        for number in range(count):
            client = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            client.sendall((b"", b"GET / HTTP/1.1\r\nHo", b"GET /web/x/strings.js HTTP/1.1\r\n")[number % 3])
        state = json.dumps({"type": "state", "revision": 3, "state": server.state}).encode()
        page = clients.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        page.sendall(_handshake(server, server.token))
        for _ in range(300):
            page.sendall(Frame(Opcode.TEXT, state).serialize(mask=True))
        time.sleep(1)


def many_pages(server: Server, count: int, _dice: random.Random) -> None:
    """More pages than there may be, all at once: those that are too many are refused in words."""
    with contextlib.ExitStack() as pages:
        kinds = []
        for _ in range(count):
            page = pages.enter_context(server.page())
            kinds.append(Message.from_bytes(page.recv(timeout=SECONDS)).kind)
        if count > 16 and {"welcome", "problem"} != set(kinds):
            raise AssertionError(f"{count} pages got {set(kinds)}")


ATTACKS: dict[Callable[[Server, int, random.Random], None], int] = {
    malformed_requests: N_REQUESTS,
    malformed_frames: N_FRAMES,
    malformed_commands: N_COMMANDS,
    bad_tables: N_TABLES,
    foreign_pages: N_FOREIGN,
    slow_readers: N_SLOW,
    many_pages: N_PAGES,
}


def main(share: float = 1.0) -> None:
    """Print a table of all attacks; raise AssertionError if the server did not bear one."""
    with Server.started() as server:
        is_over, is_ready = threading.Event(), threading.Event()
        honest = threading.Thread(target=server.use_honestly, args=(is_over, is_ready), daemon=True)
        honest.start()
        if not is_ready.wait(2 * SECONDS):
            raise AssertionError("the honest page got no frames")
        print(f"{'attack':20}{'count':>7}{'seconds':>9}{'peak MB':>9}{'frames of the honest page':>27}")
        print(f"{'none yet':20}{'':>7}{'':>9}{server.peak_megabytes():9.0f}{server.frames:27}")
        for attack, usual in ATTACKS.items():
            count, frames, begin = max(2, round(share * usual)), server.frames, time.perf_counter()
            attack(server, count, random.Random(attack.__name__))
            seconds = time.perf_counter() - begin
            _wait_for_frame(server, frames, honest)
            name, frames = attack.__name__.replace("_", " "), server.frames - frames
            print(f"{name:20}{count:7}{seconds:9.1f}{server.peak_megabytes():9.0f}{frames:27}")
        if server.process.poll() is not None or server.status("GET", "/") != 200:
            raise AssertionError("the server did not survive")
        is_over.set()
        honest.join(SECONDS)
        begin = time.perf_counter()
        server.process.send_signal(signal.SIGINT)
        code = server.process.wait(SECONDS)
        print(f"Closed in {time.perf_counter() - begin:.2f} seconds, with exit code {code}.")


def _wait_for_frame(server: Server, frames: int, honest: threading.Thread) -> None:
    """Wait until the honest page has a frame more."""
    ends = time.perf_counter() + SECONDS
    while server.frames == frames:
        if time.perf_counter() > ends or not honest.is_alive():
            raise AssertionError("the honest page gets no more frames")
        time.sleep(0.01)


def _handshake(server: Server, token: str) -> bytes:
    """Return the request that opens a page's socket."""
    head = f"GET /socket HTTP/1.1\r\nHost: {server.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
    return f"{head}Sec-WebSocket-Protocol: demarcate, token.{token}\r\n\r\n".encode()


def _mutated(data: bytes, dice: random.Random) -> bytes:
    """Return bytes of which some are others, doubled or gone."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(changed))
        changed[place : place + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
    return bytes(changed)


def _damage(value: dict | list, odd: object, dice: random.Random) -> None:
    """Put something odd at some place within a value of JSON."""
    places = list(value) if isinstance(value, dict) else range(len(value))
    if not places:
        return
    place = dice.choice(list(places))
    if isinstance(value[place], dict | list) and value[place] and dice.random() < 0.8:
        _damage(value[place], odd, dice)
    else:
        value[place] = odd


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
