"""The pace of frames: as many as a page paints, and few enough that training has most of the time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from demarcate.studio.placed_problem import PlacedProblem, StudioError
from demarcate.studio.value_rules import shown

MAX_UNACKNOWLEDGED = 2
MAX_FRAMES_A_SECOND = 12.0
MAX_FRAME_SHARE = 0.3
"""The largest share of a thread's time on a processor that goes into frames while networks train; the next waits."""


class FramePace:
    """Says when the next frame may be sent. One thread trains and sends; acknowledgements come from any.

    Parameters
    ----------
    clock
        Seconds since some moment.
    processor
        Seconds that the thread has had on a processor: on one that others want, too, shares of them are what counts.
    """

    def __init__(
        self, clock: Callable[[], float] = time.perf_counter, processor: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock, self._processor = clock, processor
        self._n_sent, self._n_acknowledged = 0, 0
        self._next_frame, self._owed = 0.0, 0.0

    def seconds_to_next(self, *, is_running: bool) -> float | None:
        """Return the seconds up to the next frame; None where it waits for an acknowledgement, or for training."""
        if self._n_sent - self._n_acknowledged >= MAX_UNACKNOWLEDGED or (is_running and self._owed > 0):
            return None
        return max(0.0, self._next_frame - self._clock())

    def acknowledge(self, number: Any) -> None:
        """Take the number of a frame that was painted; StudioError for one that was never sent."""
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= self._n_sent:
            fact = f"Frame {shown(number)} was acknowledged, and {self._n_sent} were sent"
            raise StudioError([PlacedProblem.of("connection", fact, "Acknowledge a frame by its number")])
        self._n_acknowledged = max(self._n_acknowledged, number)

    def begin_anew(self) -> None:
        """Expect no more acknowledgements of what was sent: another page looks."""
        self._n_acknowledged = self._n_sent

    @contextmanager
    def training(self) -> Iterator[None]:
        """Count a block of code as training."""
        begin = self._processor()
        yield
        self._owed -= self._processor() - begin

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Count a block of code as the next frame, unless it raises."""
        # The page may acknowledge the frame before the block ends.
        self._n_sent += 1
        self._next_frame = self._clock() + 1 / MAX_FRAMES_A_SECOND
        begin = self._processor()
        try:
            yield
        except BaseException:
            self._n_sent -= 1
            raise
        self._owed = (self._processor() - begin) * (1 - MAX_FRAME_SHARE) / MAX_FRAME_SHARE
