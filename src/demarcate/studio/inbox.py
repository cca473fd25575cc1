"""The commands that wait for a session: from any thread in, one thread out; of states only the newest."""

import json
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.value_rules import shown

MAX_WAITING = 256
"""Commands that may wait; a session that cannot keep up refuses more."""

Command = Mapping[str, Any]


class Inbox:
    """Commands on their way to a session's thread."""

    def __init__(self) -> None:
        self._waiting: deque[Command] = deque()
        self._changed = threading.Condition()
        self._is_awake = False

    def put(self, command: Command, *, is_own: bool = False) -> None:
        """Add a command; a state takes the place of one that waits right before it; the session's own are all taken.

        Raises
        ------
        StudioError
            If as many wait as may.
        """
        with self._changed:
            if self._waiting and command["type"] == "state" == self._waiting[-1]["type"]:
                self._waiting[-1] = command
            elif len(self._waiting) >= MAX_WAITING and not is_own:
                fact = f"{MAX_WAITING} commands wait to be answered"
                raise StudioError([PlacedProblem.of("connection", fact, "Wait until the page has settled")])
            else:
                self._waiting.append(command)
            self._changed.notify()

    def wake(self) -> None:
        """End the present or the next wait without a command."""
        with self._changed:
            self._is_awake = True
            self._changed.notify()

    def take(self, seconds: float | None) -> list[Command]:
        """Return all commands, after waiting for one for at most some seconds, or for as long as it takes."""
        ends = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while not self._waiting and not self._is_awake:
                left = None if ends is None else ends - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            self._is_awake = False
            taken = list(self._waiting)
            self._waiting.clear()
            return taken


def read_command(command: str | bytes | Mapping[str, Any]) -> Command:
    """Return a command, with its type, of JSON text; a mapping is returned as it is.

    Raises
    ------
    StudioError
        If it is none.
    """
    remedy = 'Send an object with a type, such as {"type": "run"}'
    if not isinstance(command, Mapping):
        try:
            command = json.loads(command)
        except (ValueError, RecursionError) as error:
            fact = "A command is not JSON"
            raise StudioError([PlacedProblem.of("connection", fact, remedy)]) from error
    if not isinstance(command, Mapping) or not isinstance(command.get("type"), str):
        fact = f"A command is {shown(command)}" if not isinstance(command, Mapping) else "A command has no type"
        raise StudioError([PlacedProblem.of("connection", fact, remedy)])
    return command
