"""The questions of a page, answered in threads of their own while its networks train on."""

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from demarcate.studio.looks import Looks
from demarcate.studio.messages import Message
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.studio.value_rules import shown

if TYPE_CHECKING:
    from demarcate.phases import PhaseState
    from demarcate.studio.card_sweep import LiveTable
    from demarcate.studio.tables import Tables
    from demarcate.studio.trained_card import TrainedCard

ASKING = ("row", "ask", "cancel")
"""The types of commands that are questions."""
QUESTIONS = ("diagnose", "sweep", "scores", "code", "model")
"""What may be asked of a card, and of a model file on the card's rows."""
MAX_WAITING = 8
"""Questions that a page may have open."""
SECONDS_BETWEEN = 0.2
"""The least time between two messages of progress."""
WORDS = {
    "train": "training",
    "intervals": "scoring",
    "baselines": "simple models",
    "check": "checking the table",
    "report": "drawing",
}
"""The phases of long work, as a page says them."""

_logger = logging.getLogger(__name__)


class _CancelledError(Exception):
    """The page wants no answer any more."""


class Asks:
    """Answers `row` and `ask` commands of one page.

    Parameters
    ----------
    card_of
        Returns a card by its id as it is now; raises StudioError.
    send
        Takes messages to the page, from any thread.
    tables
        The tables of the session.

    Attributes
    ----------
    looks
        How often test rows were looked at, by a score or a report.
    """

    def __init__(
        self,
        card_of: Callable[[str], "TrainedCard"],
        send: Callable[[Message], None],
        tables: "Tables",
    ) -> None:
        self._card_of, self._send, self._tables = card_of, send, tables
        self.looks = Looks()
        self._open: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        # Rows and code are answered at once, also while a sweep goes on.
        self._quick, self._long = _Worker("studio rows"), _Worker("studio questions")

    def take(self, command: Mapping[str, Any]) -> None:
        """Take a question, or cancel one, from any thread and at once; StudioError for a command that is none."""
        number, place = command.get("id"), "row" if command["type"] == "row" else "ask"
        if not isinstance(number, str) or not 0 < len(number) <= 100:
            fact = f"The id of a question is {shown(number)}"
            raise StudioError([PlacedProblem.of("ask", fact, "Give a short text")])
        if command["type"] == "cancel":
            self._cancel(number)
            return
        if place == "ask" and command.get("what") not in QUESTIONS:
            fact = f"The question is {shown(command.get('what'))}"
            raise StudioError([PlacedProblem.of("ask", fact, f"Ask for {', '.join(QUESTIONS)}")])
        with self._lock:
            if number in self._open or len(self._open) >= MAX_WAITING:
                fact = f"{len(self._open)} questions are open, at most {MAX_WAITING} at once, each with its own id"
                raise StudioError([PlacedProblem.of("ask", fact, "Wait for an answer, or cancel one")])
            cancelled = self._open[number] = threading.Event()
        is_quick = place == "row" or command["what"] == "code"
        worker = self._quick if is_quick else self._long
        worker.put(lambda: self._answer(command, number, cancelled))

    def close(self) -> None:
        """Cancel all questions; the threads end by themselves."""
        with self._lock:
            for cancelled in self._open.values():
                cancelled.set()
        self._quick.close()
        self._long.close()

    def _cancel(self, number: str) -> None:
        with self._lock:
            if number in self._open:
                self._open[number].set()

    def _answer(self, command: Mapping[str, Any], number: str, cancelled: threading.Event) -> None:
        """Answer a question, or send its problems; of one that is cancelled nothing more is heard."""
        try:
            if not cancelled.is_set():
                message = self._message(command, number, cancelled)
                if not cancelled.is_set():
                    self._send(message)
        except _CancelledError:
            pass
        except StudioError as error:
            for problem in error.problems:
                self._send(problem.message(id=number))
        except Exception as error:
            _logger.exception("A question of a studio's page met an error")
            fact = f"The answer met an error that nobody expected: {type(error).__name__}: {error}"
            self._send(PlacedProblem.of("ask", fact, "Ask again, or change the card").message(id=number))
        finally:
            with self._lock:
                self._open.pop(number, None)

    def _message(self, command: Mapping[str, Any], number: str, cancelled: threading.Event) -> Message:
        from demarcate.phases import listening
        from demarcate.studio.caught_warnings import quiet

        try:
            trained = self._card_of(command.get("card"))  # type: ignore[arg-type]
        except TimeoutError:
            problem = PlacedProblem.of("ask", "The networks are busy with a long epoch", "Pause them, or ask again")
            raise StudioError([problem]) from None
        if command["type"] == "row":
            from demarcate.studio.row_form import row_facts_of

            facts = row_facts_of(trained, command.get("cells"))
            return Message("row", {"id": number, "revision": trained.revision, **facts})
        what = command["what"]
        progress = _ProgressReports(number, self._send, cancelled)
        with placed("ask"), quiet(), listening(progress.hear):
            facts, arrays = self._answer_to(what, trained, command, progress)
        own = {"id": number, "what": what, "card": trained.card.id, "revision": trained.revision}
        return Message("answer", {**own, "epoch": trained.epoch, **facts}, arrays)

    def _answer_to(
        self, what: str, trained: "TrainedCard", command: Mapping[str, Any], progress: "_ProgressReports"
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the facts and arrays of an answer. What answers is imported here: it needs torch and scikit-learn."""
        if what == "diagnose":
            from demarcate.studio.card_diagnosis import diagnosis_of

            return diagnosis_of(trained), {}
        if what == "scores":
            from demarcate.studio.card_scores import scores_of

            return scores_of(trained, self.looks.add(trained.data)), {}
        if what == "sweep":
            from demarcate.studio.card_sweep import SweepQuestion, sweep_of

            return sweep_of(trained, SweepQuestion.of(command), progress.show), {}
        if what == "model":
            from demarcate.studio.opened_model import model_answer

            return model_answer(trained.data, self._tables.model(command.get("model")))
        from demarcate.studio.code_listing import CodeListing

        data = trained.data.data
        opened = self._tables.table(data.table) if data.source == "table" else None
        listing = CodeListing.of(trained, opened)
        return {"demarcate": listing.demarcate, "pytorch": listing.pytorch, "notes": list(listing.notes)}, {}


class _ProgressReports:
    """Sends what a question has done so far, seldom enough that a page can follow; raises when it is cancelled."""

    def __init__(self, number: str, send: Callable[[Message], None], cancelled: threading.Event) -> None:
        self._number, self._send, self._cancelled = number, send, cancelled
        self._table: LiveTable | None = None
        self._last, self._done = 0.0, 0.0

    def hear(self, state: "PhaseState") -> None:
        """Take the state of a phase."""
        if self._cancelled.is_set():
            raise _CancelledError
        # Work has phases of which nobody knows how long they take: what was done stays done.
        self._done = max(self._done, state.share or 0.0)
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN:
            return
        self._last = now
        text = ": ".join(filter(None, (WORDS.get(state.name, state.name), state.detail)))
        facts = {"id": self._number, "done": round(100 * self._done), "total": 100, "text": text}
        self._send(Message("progress", facts if self._table is None else {**facts, "rows": self._table.rows()}))

    def show(self, table: "LiveTable") -> None:
        """Take a table that fills; its rows go with the next report."""
        self._table = table


class _Worker:
    """A thread that runs jobs one after the other; it begins with the first, and keeps no program from ending."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, job: Callable[[], None]) -> None:
        """Add a job, which does not raise."""
        self._jobs.put(job)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End with the jobs that wait."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
