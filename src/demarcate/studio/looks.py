"""How often the test rows of a page were looked at: each look makes them say less of new rows."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demarcate.studio.studio_data import StudioData


class Looks:
    """Counts, from any thread, looks at the test rows of each split of each data that a page has shown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def add(self, data: "StudioData") -> int:
        """Note a look; return how many there were before. Rows without test rows have none."""
        if not len(data.test_rows):
            return 0
        rows = repr((data.data, data.split))
        with self._lock:
            before = self._counts.get(rows, 0)
            self._counts[rows] = before + 1
        return before
