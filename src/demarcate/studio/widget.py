"""The widget that carries messages between a studio's session in the kernel and its page in a notebook."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import anywidget

from demarcate.studio.messages import Message
from demarcate.studio.single_module import joined_module, joined_style

ENTRY = "notebook_widget.js"


class StudioWidget(anywidget.AnyWidget):
    """The page as a widget. Its module and styles are those of the package, joined into one.

    Messages come from the session's thread. They leave from the thread in which the widget was made, which is the
    kernel's, because not every notebook may be written to from another.
    """

    def __init__(self, open_page: Callable[[], None], receive: Callable[[str], None]) -> None:
        self._esm = f"{joined_module(ENTRY)}\nexport default {{ render: renderStudio }};\n"
        self._css = joined_style()
        super().__init__()
        self._open_page, self._receive = open_page, receive
        self._waiting: deque[bytes] = deque()
        self._thread, self._loop = threading.get_ident(), running_loop()
        self.on_msg(self._on_command)

    def post(self, message: Message) -> None:
        """Send a message to the page; any thread may."""
        self._waiting.append(message.to_bytes())
        if self._loop is None or threading.get_ident() == self._thread:
            self._flush()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._flush)

    def _flush(self) -> None:
        while self._waiting:
            self.send({"type": "message"}, buffers=[self._waiting.popleft()])

    def _on_command(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Pass a command on; a page that opens is welcomed first."""
        if isinstance(content, dict) and content.get("type") == "open":
            self._open_page()
        else:
            self._receive(json.dumps(content))


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop of this thread, None if there is none, as in a plain script."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
