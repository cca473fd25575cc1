import threading
import warnings

import pytest

from demarcate.errors import DivergenceWarning, InputWarning
from demarcate.studio.caught_warnings import noted, quiet


def test_what_readers_warn_of_is_noted_and_the_rest_ignored():
    with noted() as notices:
        warnings.warn(InputWarning("first"), stacklevel=1)
        warnings.warn(InputWarning("first"), stacklevel=1)
        warnings.warn("other", UserWarning, stacklevel=1)
    assert notices == ["first", "first"]


def test_the_librarys_warnings_are_silent_while_any_thread_is_quiet_and_not_after():
    with quiet():
        other = threading.Thread(target=_warn_quietly)
        other.start()
        other.join()
        warnings.warn(DivergenceWarning("it diverged"), stacklevel=1)
        with noted() as notices:
            warnings.warn(InputWarning("a column"), stacklevel=1)
        assert notices == ["a column"]
    with pytest.warns(DivergenceWarning):
        warnings.warn(DivergenceWarning("it diverged"), stacklevel=1)


def _warn_quietly():
    with quiet():
        warnings.warn(DivergenceWarning("it diverged"), stacklevel=1)
