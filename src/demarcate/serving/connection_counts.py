"""How many connections each process has, in memory that all of them see, so that they share them evenly.

A connection stays with the process that takes it. Left to chance, one process of two may get three quarters of them.
"""

from demarcate.serving.shared_memory import NO_DESCRIPTOR, mapped

NOBODY = -1
_FEW_OF = 16
"""Of so many connections one more or less makes no difference."""


class ConnectionCounts:
    """The number of connections by process.

    Parameters
    ----------
    n_places
        How many processes there are at most; made before they are copied.
    descriptor
        That of memory of `n_bytes`, for processes that are no copies.
    is_new
        Whether no process has counted there yet.

    Examples
    --------
    >>> counts = ConnectionCounts(3)
    >>> counts.set(0, 5)
    >>> counts.has_more(0)
    False
    >>> counts.set(2, 4)
    >>> counts.has_more(0), counts.has_more(2)
    (True, False)
    """

    def __init__(self, n_places: int, descriptor: int = NO_DESCRIPTOR, *, is_new: bool = True) -> None:
        is_new = is_new or descriptor == NO_DESCRIPTOR
        self.descriptor = descriptor
        self._counts = memoryview(mapped(descriptor, self.n_bytes(n_places))).cast("i")
        for place in range(n_places if is_new else 0):
            self.leave(place)

    @staticmethod
    def n_bytes(n_places: int) -> int:
        """Return how much memory the counts take."""
        return 4 * n_places

    def set(self, place: int, n_connections: int) -> None:
        """Note how many connections the process in a place has."""
        self._counts[place] = n_connections

    def leave(self, place: int) -> None:
        """Note that the process in a place takes no connections any more."""
        self._counts[place] = NOBODY

    def has_more(self, place: int) -> bool:
        """Whether another process that takes connections has fewer; of many, fewer by more than a few."""
        own = self._counts[place]
        few = own // _FEW_OF
        return any(NOBODY < each < own - few for each in self._counts)
