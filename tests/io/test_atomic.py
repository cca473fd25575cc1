import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from demarcate.errors import OutputError
from demarcate.io.atomic import write_atomically

LINUX = pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="only Linux has files without a name")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="permissions and pipes are POSIX's")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def raises(error):
    def refuse(*arguments, **settings):
        raise error

    return refuse


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"old")
    return path


@pytest.fixture(params=["named", pytest.param("unnamed", marks=LINUX)])
def way(request, monkeypatch):
    """Whether the new file has a name of its own while it is written."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    return request.param


@pytest.mark.usefixtures("way")
class TestWriting:
    @pytest.mark.parametrize("as_path", [Path, str])
    def test_a_new_file_holds_the_bytes_and_nothing_else_is_left(self, tmp_path, as_path):
        write_atomically(as_path(tmp_path / "model.safetensors"), b"new")
        assert (tmp_path / "model.safetensors").read_bytes() == b"new"
        assert names(tmp_path) == ["model.safetensors"]

    def test_an_old_file_is_replaced(self, model):
        write_atomically(model, b"new")
        assert model.read_bytes() == b"new"

    def test_a_path_without_a_folder_is_written_here(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        write_atomically("model.safetensors", b"new")
        assert names(tmp_path) == ["model.safetensors"]

    def test_verify_sees_the_whole_new_file_beside_the_old_one(self, model, way):
        seen = []

        def verify(temporary):
            beside = [name for name in names(model.parent) if name != model.name]
            seen.append((temporary.read_bytes(), model.read_bytes(), len(beside)))
            assert all(name.startswith(".model.safetensors.") and name.endswith(".tmp") for name in beside)

        write_atomically(model, b"new", verify)
        assert seen == [(b"new", b"old", 1 if way == "named" else 0)]

    @pytest.mark.parametrize("error", [OutputError("bad"), KeyboardInterrupt(), ZeroDivisionError()])
    def test_a_failing_verify_leaves_the_old_file(self, model, error):
        with pytest.raises(type(error)):
            write_atomically(model, b"new", raises(error))
        assert model.read_bytes() == b"old"
        assert names(model.parent) == [model.name]

    @pytest.mark.parametrize("call", ["fsync", "replace"])
    def test_a_full_disk_leaves_the_old_file_and_no_other(self, model, monkeypatch, call):
        full = OSError(errno.ENOSPC, "No space left on device")
        monkeypatch.setattr(os, call, raises(full))
        monkeypatch.setattr(Path, "replace", raises(full) if call == "replace" else Path.replace)
        with pytest.raises(OutputError, match=r"model\.safetensors' could not be written \(No space left on device\)"):
            write_atomically(model, b"new")
        assert model.read_bytes() == b"old"
        assert names(model.parent) == [model.name]

    def test_an_interrupt_while_writing_leaves_the_old_file_and_no_other(self, model, monkeypatch):
        monkeypatch.setattr(os, "fsync", raises(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            write_atomically(model, b"new")
        assert model.read_bytes() == b"old"
        assert names(model.parent) == [model.name]

    def test_the_file_is_flushed_before_it_takes_its_name_and_the_folder_after(self, model, monkeypatch):
        flushed = []
        fsync = os.fsync

        def record(descriptor):
            is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
            flushed.append((is_folder, model.read_bytes()))
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", record)
        write_atomically(model, b"new")
        assert flushed[0] == (False, b"old")
        assert flushed[1:] == ([(True, b"new")] if hasattr(os, "O_DIRECTORY") else [])

    def test_a_folder_that_cannot_be_flushed_is_no_failure(self, model, monkeypatch):
        fsync = os.fsync

        def refuse_folders(descriptor):
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "Invalid argument")
            fsync(descriptor)

        monkeypatch.setattr(os, "fsync", refuse_folders)
        write_atomically(model, b"new")
        assert model.read_bytes() == b"new"

    def test_a_missing_folder_is_refused_with_the_systems_reason(self, tmp_path):
        with pytest.raises(OutputError, match=r"could not be written \(.+\)\. Make room or choose another folder"):
            write_atomically(tmp_path / "missing" / "model.safetensors", b"new")

    def test_a_folder_is_not_overwritten(self, tmp_path):
        with pytest.raises(OutputError, match=r"^'.*' cannot be replaced: it is a folder\. Choose another path\.$"):
            write_atomically(tmp_path, b"new")
        assert tmp_path.is_dir()

    @POSIX
    def test_a_read_only_folder_is_refused(self, tmp_path, monkeypatch):
        # The test may run as root, whom no folder refuses.
        monkeypatch.setattr(os, "open", raises(PermissionError(errno.EACCES, "Permission denied")))
        with pytest.raises(OutputError, match="Permission denied"):
            write_atomically(tmp_path / "model.safetensors", b"new")

    @POSIX
    def test_a_pipe_is_not_replaced(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OutputError, match="it is not a regular file"):
            write_atomically(tmp_path / "pipe", b"new")

    @POSIX
    @pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
    def test_an_old_files_permissions_are_kept_and_never_exceeded(self, model, mode):
        model.chmod(mode)
        seen = []
        write_atomically(model, b"new", lambda temporary: seen.append(mode_of(temporary)))
        assert mode_of(model) == mode
        assert seen == [0o600]

    @POSIX
    def test_a_new_file_has_the_permissions_new_files_have(self, tmp_path):
        (tmp_path / "ordinary").touch()
        write_atomically(tmp_path / "model.safetensors", b"new")
        assert mode_of(tmp_path / "model.safetensors") == mode_of(tmp_path / "ordinary")

    @POSIX
    def test_a_link_is_followed_and_stays_a_link(self, model):
        link = model.parent / "current.safetensors"
        link.symlink_to(model)
        write_atomically(link, b"new")
        assert link.is_symlink()
        assert model.read_bytes() == b"new"


class TestNaming:
    """A file written without a name takes one in the end."""

    @LINUX
    def test_killed_at_any_moment_before_leaves_nothing(self, tmp_path):
        code = (
            "import os, sys\n"
            "from demarcate.io.atomic import write_atomically\n"
            "write_atomically(sys.argv[1], b'new', verify=lambda path: os._exit(path.read_bytes() == b'new'))"
        )
        done = subprocess.run([sys.executable, "-c", code, tmp_path / "model.safetensors"], check=False)
        assert (done.returncode, names(tmp_path)) == (1, [])

    @LINUX
    @pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT])
    @pytest.mark.parametrize("call", ["open", "link"])
    def test_a_system_without_such_files_gets_a_named_one(self, model, monkeypatch, call, number):
        usual = getattr(os, call)

        def refuse(path, *arguments, **settings):
            if call == "link" or arguments[0] & os.O_TMPFILE == os.O_TMPFILE:
                raise OSError(number, os.strerror(number))
            return usual(path, *arguments, **settings)

        monkeypatch.setattr(os, call, refuse)
        write_atomically(model, b"new")
        assert (model.read_bytes(), names(model.parent)) == (b"new", [model.name])

    @LINUX
    def test_a_file_that_appears_meanwhile_is_replaced(self, tmp_path):
        model = tmp_path / "model.safetensors"
        write_atomically(model, b"new", verify=lambda _path: model.write_bytes(b"theirs"))
        assert (model.read_bytes(), names(tmp_path)) == (b"new", [model.name])
