"""Warnings caught for a page: what is warned of reaches the person who looks at it, not the terminal.

Python keeps the filters of warnings for a whole process, and sessions have threads of their own.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from demarcate.errors import DemarcateWarning, InputWarning

_FILTERS = threading.RLock()
"""Who changes the filters has it."""


class _Silence:
    """The warnings that are silenced while anyone works quietly."""

    n_quiet = 0
    filters: "warnings.catch_warnings[None] | None" = None


@contextmanager
def noted() -> Iterator[list[str]]:
    """Collect what readers of tables warn of in a block of code, which one thread at a time may run.

    Examples
    --------
    >>> with noted() as notices:
    ...     warnings.warn(InputWarning("column 'a' is constant"), stacklevel=1)
    >>> notices
    ["column 'a' is constant"]
    """
    notices: list[str] = []
    with _FILTERS, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", InputWarning)
        yield notices
        notices += [str(warning.message) for warning in caught]


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the library's warnings while a block of code runs, which other threads may run, too."""
    with _FILTERS:
        if not _Silence.n_quiet:
            _Silence.filters = warnings.catch_warnings()
            _Silence.filters.__enter__()
            warnings.simplefilter("ignore", DemarcateWarning)
        _Silence.n_quiet += 1
    try:
        yield
    finally:
        with _FILTERS:
            _Silence.n_quiet -= 1
            if not _Silence.n_quiet and _Silence.filters is not None:
                _Silence.filters.__exit__(None, None, None)
