"""The studio in a notebook: the same page and the same session, which trains in the kernel."""

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from demarcate.errors import SettingError
from demarcate.studio.messages import Message

if TYPE_CHECKING:
    from demarcate.engine import Training
    from demarcate.nn import Network


class Studio:
    """Networks that draw their line while they train, in a cell of Jupyter, VS Code or marimo.

    It is shown as the last expression of a cell; `widget` is for layouts. What is changed on the page is changed in
    `state`. Needs ``pip install 'demarcate[studio]'``.

    Parameters
    ----------
    data
        A data set, a data frame, the path of a table, or the name of a built-in data set, whose knobs are on the page.
    networks
        At most four networks by name.
    training
        How they are trained: one for all, or one for each name.
    target
        The column of a data frame or table to predict.

    Raises
    ------
    InputError
        If the data cannot be read.
    SettingError
        If a network or a training has what the studio does not train, or there are more than four networks.

    Examples
    --------
    >>> from demarcate import Network, datasets
    >>> from demarcate.studio import Studio
    >>> studio = Studio(datasets.moons(), {"linear": Network(()), "curved": Network((16, 16), "tanh")})
    >>> [card["name"] for card in studio.state["cards"]]
    ['linear', 'curved']
    >>> studio.close()
    """

    def __init__(
        self,
        data: Any = None,
        networks: "Mapping[str, Network] | None" = None,
        training: "Training | Mapping[str, Training] | None" = None,
        *,
        target: str | None = None,
    ) -> None:
        if find_spec("anywidget") is None:
            raise SettingError("the studio in a notebook needs anywidget: pip install 'demarcate[studio]'")
        from demarcate.studio.first_states import PRESETS
        from demarcate.studio.opening import opening_state
        from demarcate.studio.session import Session
        from demarcate.studio.tables import Tables
        from demarcate.studio.widget import StudioWidget

        tables = Tables()
        self.state: Mapping[str, Any] = opening_state(PRESETS[0][2], tables, data, networks, training, target)
        """All that the page shows, as it is in the address of a shared page."""
        self._session = Session(session_id="notebook", state=self.state, tables=tables)
        self.widget = StudioWidget(self._open_page, self._receive)

    def close(self) -> None:
        """End the session, its training and the widget."""
        self._session.close()
        self.widget.close()

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Return what Jupyter shows."""
        return self.widget._repr_mimebundle_(**options)

    def _display_(self) -> Any:
        """Return what marimo shows."""
        return self.widget

    def _open_page(self) -> None:
        """Show a page that opens, the first or a later one, what there is now."""
        self._session.attach(self._send)

    def _send(self, message: Message) -> None:
        if message.kind == "welcome":
            message = replace(message, facts={**message.facts, "state": self.state})
        self.widget.post(message)

    def _receive(self, command: str) -> None:
        read = json.loads(command)
        if isinstance(read, dict) and read.get("type") == "state" and isinstance(read.get("state"), dict):
            self.state = read["state"]
        self._session.receive(command)
