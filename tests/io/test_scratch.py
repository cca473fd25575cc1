import errno
import io
import shutil

import pytest

from demarcate.errors import InputError
from demarcate.io.scratch import read_into, scratch_file, scratch_folder, write_all


def test_a_file_has_no_name_even_while_it_is_open(tmp_path):
    with scratch_file(tmp_path, 10, "ten bytes") as file:
        file.write(b"0123456789")
        assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_refused_at_once_with_sizes(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 2_500_000))
    message = rf"rows are 3\.0 MB, and '{tmp_path}' has 2\.5 MB left\. Make room"
    with pytest.raises(InputError, match=message):
        scratch_file(tmp_path, 3_000_000, "rows")


def test_a_folder_that_is_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"^No scratch file can be created in '.*none' \(No such file.*\)\. Make room"):
        scratch_file(tmp_path / "none", 1, "a byte")


def test_the_folder_is_that_of_the_output_or_of_temporary_files(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert scratch_folder(tmp_path / "models" / "m.safetensors") == tmp_path / "models"
    assert scratch_folder(None) == tmp_path


class Filling(io.BytesIO):
    """A disk that takes three bytes at a time, and seven in all."""

    def write(self, data):
        if self.tell() == 7:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data[: min(3, 7 - self.tell())])


def test_all_bytes_are_written_where_a_disk_takes_a_few_at_a_time():
    disk = Filling()
    write_all(disk, memoryview(b"1234567"))
    assert disk.getvalue() == b"1234567"


def test_a_disk_that_fills_up_is_reported_in_one_sentence():
    with pytest.raises(InputError, match=r"written beyond 7 bytes \(No space left on device\)\. Make room"):
        write_all(Filling(), memoryview(b"12345678"))


def test_bytes_are_read_from_the_start_given(tmp_path):
    with scratch_file(tmp_path, 4, "rows") as file:
        file.write(b"rows")
        buffer = bytearray(3)
        read_into(file, memoryview(buffer), 1)
        assert buffer == b"ows"
        with pytest.raises(OSError, match="ends at byte 4"):
            read_into(file, memoryview(buffer), 2)
