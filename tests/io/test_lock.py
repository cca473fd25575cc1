import pytest

from demarcate.io.lock import locked


def test_a_lock_is_held_once_and_free_afterwards(tmp_path):
    path = tmp_path / "lock"
    with locked(path, RuntimeError()), pytest.raises(RuntimeError, match="held"), locked(path, RuntimeError("held")):
        pass
    with locked(path, RuntimeError()) as file:
        assert not file.closed
