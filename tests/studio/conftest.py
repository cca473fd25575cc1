"""What the studio's tests share: small cards, and a server in a thread of the tests' own process."""

import asyncio
import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from demarcate import train
from demarcate.studio.access import Access
from demarcate.studio.card import Card
from demarcate.studio.launch import listening_socket, serve
from demarcate.studio.messages import Message
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.server import StudioServer
from demarcate.studio.server_loop import StudioLoop
from demarcate.studio.sessions import Sessions
from demarcate.studio.state import CardState, DataState, SplitState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables
from demarcate.studio.take_away import TakenFile
from demarcate.studio.trained_card import TrainedCard, network_of, training_of

TOKEN = "the-token"


class NotedSession:
    """A session that notes what happens to it, and sends each command back."""

    def __init__(self, session_id):
        self.id, self.tables, self.notes = session_id, Tables(), []
        self.send = None
        self.is_closed = threading.Event()

    def attach(self, send):
        self.notes.append("attached")
        self.send = send
        send(Message("welcome", {"session": self.id}))

    def detach(self):
        self.notes.append("detached")
        self.send = None

    def receive(self, command):
        self.notes.append(command)
        if self.send is not None:
            self.send(Message("notice", {"text": str(command)}))

    def take_away(self, card, what):
        if what in ("busy", "broken"):
            raise TimeoutError if what == "busy" else ZeroDivisionError("of nothing")
        if what != "model":
            facts = [f"There is no {each}" for each in what.split("+")]
            raise StudioError(PlacedProblem.of("card", fact, "Take the model", card=card) for fact in facts)
        return TakenFile(f"{card}.safetensors", "application/octet-stream", b"the weights")

    def close(self):
        self.is_closed.set()


class RunningStudio:
    """A server, and what a page does with it."""

    token = TOKEN

    def __init__(self, **words):
        self.opened = []
        self.sessions = Sessions(self._open, **words)
        self.server = StudioServer(Access(TOKEN), self.sessions)
        self._ends = threading.Event()
        self.loop = loop = StudioLoop(self.server.app(), self._ends.is_set)
        self.server.abort = loop.abort
        listener = listening_socket("127.0.0.1", 0, print)
        self.port = listener.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=lambda: asyncio.run(serve(loop, listener, self.sessions)), daemon=True)
        self._thread.start()

    def _open(self, session_id):
        self.opened.append(NotedSession(session_id))
        return self.opened[-1]

    def close(self):
        self._ends.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def socket(self, session=None, token=TOKEN, **words):
        """A page's socket, as a context."""
        query = f"?session={session}" if session else ""
        protocols = ["demarcate", *([f"token.{token}"] if token is not None else [])]
        return connect(f"ws://{self.host}/socket{query}", subprotocols=protocols, compression=None, **words)

    @contextlib.contextmanager
    def page(self, session=None) -> Iterator[tuple]:
        """A page's socket, its session's id and the session itself."""
        with self.socket(session) as page:
            session_id = self.received(page).facts["session"]
            yield page, session_id, next(each for each in self.opened if each.id == session_id)

    @staticmethod
    def received(page):
        """The next message of a page's socket."""
        return Message.from_bytes(page.recv(timeout=60))

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def request(self, method, path, body=None, headers=None):
        """Status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def upload(self, session, name, body, token=TOKEN):
        """Status and facts of the answer to a file."""
        headers = {"Authorization": f"Bearer {token}"}
        status, _, answer = self.request("POST", f"/tables?session={session}&name={name}", body, headers)
        return status, json.loads(answer)

    def raw(self, data):
        """All bytes that the server answers to bytes, up to where it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while part := client.recv(65_536):
                    answer += part
            return answer


@pytest.fixture(scope="session")
def noted_session():
    """Makes a session that only notes what it gets."""
    return NotedSession


@pytest.fixture(scope="module")
def studio():
    running = RunningStudio()
    yield running
    running.close()


@pytest.fixture
def start():
    """Makes servers of a test's own."""
    started = []

    def run(**words):
        started.append(RunningStudio(**words))
        return started[-1]

    yield run
    for running in started:
        running.close()


@pytest.fixture(scope="session")
def moons():
    """Sixty moons: 36 training, 12 validation and 12 test rows."""
    return StudioData.of(DataState(n_samples=60), SplitState(), Tables())


@pytest.fixture(scope="session")
def blobs():
    """Sixty blobs of three classes, with test rows alone."""
    return StudioData.of(DataState(source="blobs", n_samples=60, centers=3), SplitState(0.0, 0.3), Tables())


@pytest.fixture
def card(moons):
    """A function that makes a small card, on moons unless it is given other rows."""

    def made(data=moons, **settings):
        return Card(CardState(**{"id": "a", "hidden": (5, 4), "batch_size": 16, "epochs": 6, **settings}), data)

    return made


@pytest.fixture(scope="session")
def trained_card():
    """A card as `train` leaves it: of a state's data, or of data that there are."""

    def trained(data=None, epoch=3, split=None, tables=None, **settings):
        if not isinstance(data, StudioData):
            data = StudioData.of(
                data or DataState(n_samples=60), split or SplitState(0.25, 0.25, 1), tables or Tables()
            )
        card = CardState(**{"id": "a", "name": "small", "hidden": (4,), "epochs": 3} | settings)
        parts = [rows for rows in (data.train_rows, data.validation_rows, data.test_rows) if len(rows)]
        arguments = {"split": parts, "seed": card.seed, "seeds": card.seeds, "standardise": data.data.standardise}
        runs = train(data.table, {card.name: network_of(card)}, training_of(card, max(epoch, 1)), **arguments)
        states = [run.predictor.states()[0] for run in runs.repeats[card.name]]
        return TrainedCard(card, data, epoch, states, history=runs[card.name].history.head(epoch))

    return trained


@pytest.fixture
def tables():
    return Tables()


@pytest.fixture
def problems_of():
    """Runs what is refused, and returns the place and the field of each problem."""

    def ran(run):
        with pytest.raises(StudioError) as raised:
            run()
        return [(each.where, each.field) for each in raised.value.problems]

    return ran
