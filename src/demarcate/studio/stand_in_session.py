"""A session that welcomes and does nothing, until there is one."""

from collections.abc import Callable

from demarcate.studio.messages import Message


class StandInSession:
    """A session that welcomes a page and sends its commands back."""

    def __init__(self, session_id: str) -> None:
        self._id = session_id
        self._send: Callable[[Message], None] = lambda _message: None

    def attach(self, send: Callable[[Message], None]) -> None:
        """Welcome a page."""
        self._send = send
        send(Message("welcome", {"session": self._id}))

    def detach(self) -> None:
        """Send no more."""
        self._send = lambda _message: None

    def receive(self, command: str) -> None:
        """Send a command back."""
        self._send(Message("notice", {"text": command[:100]}))

    def close(self) -> None:
        """End."""
