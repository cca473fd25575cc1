"""A session: one page's data and networks, which train in a thread of their own and answer its commands."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from demarcate.studio.asks import ASKING, Asks
from demarcate.studio.first_states import welcome
from demarcate.studio.frame_pace import FramePace
from demarcate.studio.inbox import Command, Inbox, read_command
from demarcate.studio.messages import Message
from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.tables import Tables
from demarcate.studio.value_rules import shown

if TYPE_CHECKING:
    from demarcate.studio.take_away import TakenFile
    from demarcate.studio.trained_card import TrainedCard
    from demarcate.studio.workbench import Workbench

_logger = logging.getLogger(__name__)

Send = Callable[[Message], None]


class Session:
    """Trains the networks of one page, and sends it what they are.

    Commands come from any thread, and are answered in the session's own, which alone touches data and networks.

    Parameters
    ----------
    send
        Takes the messages to the page, from any thread; None where no page is attached yet.
    session_id
        By which a page that lost its connection finds the session.
    state
        What the page begins with, unless its address says otherwise.
    tables
        The tables and model files that are open; None has none.

    Examples
    --------
    >>> messages = []
    >>> session = Session(messages.append, "first")
    >>> session.receive({"type": "state", "revision": 1, "state": messages[0].facts["state"]})
    >>> session.close()
    >>> messages[0].kind
    'welcome'
    """

    def __init__(
        self,
        send: Send | None = None,
        session_id: str = "",
        *,
        state: Mapping[str, Any] | None = None,
        tables: Tables | None = None,
    ) -> None:
        self.id, self.tables, self._state = session_id, Tables() if tables is None else tables, state
        self._send: Send | None = None
        self._inbox, self._lock = Inbox(), threading.Lock()
        self._is_closed = False
        self._pace = FramePace()
        self._bench: Workbench | None = None
        self._asks = Asks(self.trained_card, self._deliver, self.tables)
        self._thread = threading.Thread(target=self._work, name="studio session", daemon=True)
        if send is not None:
            self.attach(send)
        self._thread.start()

    def attach(self, send: Send) -> None:
        """Send messages to a page from now on, beginning with `welcome` and all that there is to show."""
        with self._lock:
            self._send = send
        self._deliver(welcome(self.id, self.tables.facts(), self._state))
        self._put({"type": "_attached"})

    def detach(self) -> None:
        """Send no more messages; training goes on up to where it pauses by itself."""
        with self._lock:
            self._send = None

    def receive(self, command: str | bytes | Mapping[str, Any]) -> None:
        """Take a command of the page: from any thread, at once, and without raising; a bad one is answered."""
        try:
            self._take(read_command(command))
        except StudioError as error:
            self._report(error)

    def trained_card(self, card: str, seconds: float = 30.0) -> "TrainedCard":
        """Return a card as it is now, from any thread but the session's own.

        Raises
        ------
        StudioError
            If there is no such card, or it could not be built.
        TimeoutError
            If the session does not answer within so many seconds.
        """
        future: Future[TrainedCard] = Future()
        self._put({"type": "_trained_card", "card": card, "future": future})
        if not self._thread.is_alive():
            self._refuse_waiting()
        return future.result(seconds)

    def take_away(self, card: str, what: str) -> "TakenFile":
        """Return a card as it is now as `demarcate.studio.take_away.take_away` does, from any thread but its own.

        Raises
        ------
        StudioError, TimeoutError
            As `trained_card`; also where it is none of these, or cannot be made.
        """
        from demarcate.studio.take_away import take_away

        trained = self.trained_card(card)
        file = take_away(trained, what)
        if what == "report":
            self._asks.looks.add(trained.data)
        return file

    def close(self) -> None:
        """End the session and its thread, which takes as long as a step at most."""
        self._is_closed = True
        self._asks.close()
        self.detach()
        self._inbox.wake()
        if self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _take(self, command: Command) -> None:
        """Let a command wait for the session's thread; an acknowledgement acts at once."""
        if command["type"] == "ack":
            self._pace.acknowledge(command.get("number"))
            self._inbox.wake()
        elif command["type"] in ASKING:
            self._asks.take(command)
        elif command["type"] in self._handlers():
            self._inbox.put(command)
        else:
            fact = f"The type of a command is {shown(command['type'])}"
            remedy = f"Send one of {', '.join((*self._handlers(), *ASKING))} or ack"
            raise StudioError([PlacedProblem.of("connection", fact, remedy)])

    def _handlers(self) -> dict[str, Callable[[Command], None]]:
        """Return what answers each type of command that a page sends."""
        return {
            "state": self._on_state,
            "run": self._on_run,
            "pause": self._on_pause,
            "step": self._on_step,
            "reset": self._on_reset,
        }

    def _work(self) -> None:
        """Answer commands and train, until the session is closed."""
        from demarcate.studio.workbench import Workbench

        self._bench = Workbench(self.tables)
        handlers = {**self._handlers(), "_attached": self._on_attached, "_trained_card": self._on_trained_card}
        while not self._is_closed:
            for command in self._inbox.take(self._seconds_to_wait()):
                self._guard(lambda: handlers[command["type"]](command))  # noqa: B023 - called at once
            self._guard(self._advance)
        self._refuse_waiting()

    def _refuse_waiting(self) -> None:
        """Answer those who wait for a card of a session that has ended."""
        for command in self._inbox.take(0):
            if command["type"] == "_trained_card":
                problem = PlacedProblem.of("connection", "The session has ended", "Load the page again")
                command["future"].set_exception(StudioError([problem]))

    def _advance(self) -> None:
        """Train for a moment, and send a frame if one is due."""
        bench = self._workbench
        if bench.is_running:
            with self._pace.training():
                bench.train()
        if self._seconds_to_frame() == 0:
            with self._pace.sending():
                self._deliver(bench.frame())

    def _seconds_to_wait(self) -> float | None:
        """Return how long to wait for a command: not at all while networks train, else up to the next frame."""
        return 0.0 if self._workbench.is_running else self._seconds_to_frame()

    def _seconds_to_frame(self) -> float | None:
        """Return the seconds up to the next frame; None if there is none to send."""
        bench = self._workbench
        if self._send is None or not bench.has_news:
            return None
        return self._pace.seconds_to_next(is_running=bench.is_running)

    @property
    def _workbench(self) -> "Workbench":
        assert self._bench is not None
        return self._bench

    def _on_state(self, command: Command) -> None:
        for message in self._workbench.show(command.get("state"), revision_of(command)):
            self._deliver(message)

    def _on_run(self, _command: Command) -> None:
        self._workbench.run()

    def _on_pause(self, _command: Command) -> None:
        self._workbench.pause()

    def _on_step(self, command: Command) -> None:
        unit = command.get("unit")
        if unit not in ("batch", "epoch"):
            raise StudioError([PlacedProblem.of("connection", f"A step is of {shown(unit)}", "Give batch or epoch")])
        self._workbench.step(whole_epoch=unit == "epoch")

    def _on_reset(self, command: Command) -> None:
        self._workbench.reset(command.get("card"))

    def _on_attached(self, _command: Command) -> None:
        """Show a page that comes later all there is."""
        self._pace.begin_anew()
        for message in self._workbench.show_again():
            self._deliver(message)

    def _on_trained_card(self, command: Command) -> None:
        future: Future[TrainedCard] = command["future"]
        try:
            future.set_result(self._workbench.card(command["card"]).trained(self._workbench.revision))
        except StudioError as error:
            future.set_exception(error)

    def _put(self, command: Command) -> None:
        """Add a command of the session's own, which is never refused."""
        self._inbox.put(command, is_own=True)

    def _guard(self, action: Callable[[], None]) -> None:
        """Run a part of the work; what goes wrong is reported, and the session goes on."""
        try:
            action()
        except StudioError as error:
            self._report(error)
        except Exception as error:
            _logger.exception("A studio session met an error")
            self._workbench.pause()
            fact = f"The session met an error that it did not expect: {type(error).__name__}: {error}"
            problem = PlacedProblem.of("connection", fact, "Undo the last change, or load the page again")
            self._report(StudioError([problem]))

    def _report(self, error: StudioError) -> None:
        for problem in error.problems:
            self._deliver(problem.message())

    def _deliver(self, message: Message) -> None:
        """Send a message to the page, if there is one; a page that cannot take it is let go."""
        send = self._send
        if send is None:
            return
        try:
            send(message)
        except Exception:
            _logger.exception("A studio's page could not be sent a message")
            with self._lock:
                if self._send is send:
                    self._send = None


def revision_of(command: Command) -> int:
    """Return the revision of a state; StudioError for one that is no whole number."""
    revision = command.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool) or not 0 <= revision < 2**53:
        fact = f"The revision of a state is {shown(revision)}"
        raise StudioError([PlacedProblem.of("connection", fact, "Send a whole number from 0 up")])
    return revision
