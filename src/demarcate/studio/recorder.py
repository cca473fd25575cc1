"""Making a recording: cards are trained up to where they pause, without a page, and their frames are kept."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from demarcate.errors import InputError, Problem
from demarcate.studio.first_states import PRESETS, welcome
from demarcate.studio.messages import Message
from demarcate.studio.opening import opening_state
from demarcate.studio.recording import Recording
from demarcate.studio.tables import Tables

if TYPE_CHECKING:
    from demarcate.engine import Training
    from demarcate.nn import Network

SECONDS = 10.0
FRAMES_A_SECOND = 5
SELDOM = ("units", "weights")
"""Arrays that take much room and are looked at from near: every third frame has them."""


def record(
    data: Any = None,
    networks: "Mapping[str, Network] | None" = None,
    training: "Training | Mapping[str, Training] | None" = None,
    *,
    target: str | None = None,
    seconds: float = SECONDS,
) -> Recording:
    """Train networks for their epochs and return a recording of it, which a page plays without a server.

    Parameters
    ----------
    data
        A data set, a data frame, the path of a table, or the name of a built-in data set.
    networks
        At most four networks by name.
    training
        How they are trained: one for all, or one for each name.
    target
        The column of a data frame or table to predict.
    seconds
        How long the recording plays. The first epochs play slowly, the last fast, because that is how networks learn.

    Raises
    ------
    InputError
        If the data, or a network on these data, is refused.
    SettingError
        If a network or a training has what no card has, or there are more than four networks.

    Examples
    --------
    >>> from demarcate import Network, Training
    >>> from demarcate.studio import record
    >>> recording = record("circles", {"curved": Network((8,), "tanh")}, Training(lr=0.05, epochs=20), seconds=1)
    >>> recording.title, recording.seconds
    ('circles: 300 rows, 2 columns, 2 classes', 1.0)
    >>> recording.save("circles.html")  # doctest: +SKIP
    """
    tables = Tables()
    state = opening_state(PRESETS[0][2], tables, data, networks, training, target)
    return record_state(state, tables, seconds)


def record_state(state: Mapping[str, Any], tables: Tables, seconds: float = SECONDS) -> Recording:
    """Train the cards of a state for their epochs and return a recording of it."""
    from demarcate.engine.threads import use_threads
    from demarcate.studio.workbench import Workbench

    bench = Workbench(tables)
    shown = bench.show(state, 1)
    if problems := [Problem(each.facts["fact"], each.facts["remedy"]) for each in shown if each.kind == "problem"]:
        raise InputError(problems)
    title = next(each.facts["title"] for each in shown if each.kind == "dataset")
    with use_threads(1):
        messages = [(0.0, each) for each in (welcome("", [], state), *shown, bench.frame())]
        epochs = moments(max(card.settings.epochs for card in bench.cards), max(1, round(seconds * FRAMES_A_SECOND)))
        for number, until in enumerate(epochs, 1):
            for card in bench.cards:
                card.advance(until, math.inf)
            is_whole = number % 3 == 0 or number == len(epochs)
            messages.append((seconds * number / len(epochs), bench.frame() if is_whole else _light(bench.frame())))
    return Recording(str(title), tuple(messages))


def moments(epochs: int, n_frames: int) -> Sequence[int]:
    """Return the epochs after which a frame is kept, each once: close to each other at first, the last is the end.

    Examples
    --------
    >>> moments(100, 5)
    [4, 16, 36, 64, 100]
    """
    return sorted({max(1, round(epochs * (number / n_frames) ** 2)) for number in range(1, n_frames + 1)})


def _light(frame: Message) -> Message:
    """Return a frame without what takes much room."""
    arrays = {name: array for name, array in frame.arrays.items() if name.partition(".")[2] not in SELDOM}
    return replace(frame, arrays=arrays)
