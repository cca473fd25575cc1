import io
import sys
from pathlib import Path

import pytest

from demarcate.errors import InputError, SettingError
from demarcate.io.tables.content import Content
from demarcate.io.tables.source import find_source


def fetch(source, timeout):
    located = find_source(source, timeout)
    return Content(located.name, located.suffix, b"".join(located.blocks()))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "heart.csv").write_bytes(b"age\n63\n")
    (tmp_path / "Moons.parquet").write_bytes(b"PAR1")
    return tmp_path


@pytest.mark.parametrize("kind", [str, Path])
def test_path_is_read(folder, kind):
    path = folder / "heart.csv"
    assert fetch(kind(path), 1.0) == Content(str(path), ".csv", b"age\n63\n")


def test_standard_input_is_a_dash(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"age\n63\n")))
    assert fetch("-", 1.0) == Content("standard input", "", b"age\n63\n")


def test_program_without_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="started without one"):
        fetch("-", 1.0)


def test_open_file_is_read_from_where_it_stands_and_left_open(folder):
    with (folder / "heart.csv").open("rb") as file:
        file.read(2)
        content = fetch(file, 1.0)
        assert not file.closed
    assert content == Content(str(folder / "heart.csv"), ".csv", b"e\n63\n")


def test_nameless_file_object_is_read():
    assert fetch(io.BytesIO(b"a"), 1.0) == Content("the file object", "", b"a")


def test_file_opened_for_text_is_refused(folder):
    with (folder / "heart.csv").open(encoding="utf-8") as file, pytest.raises(SettingError, match=r"mode 'rb'"):
        fetch(file, 1.0)


@pytest.mark.parametrize("source", [None, 3, "", [b"a"], {"a": 1}])
def test_source_of_another_kind_is_refused(source):
    with pytest.raises(SettingError, match="source must be a path, '-', an http"):
        fetch(source, 1.0)


def test_missing_file_names_close_ones_whatever_their_case(folder):
    with pytest.raises(InputError) as refusal:
        fetch(folder / "moon.parquet", 1.0)
    message = str(refusal.value)
    assert f"There is no file '{folder / 'moon.parquet'}'. Give '{folder / 'Moons.parquet'}', or" in message
    assert "heart.csv" not in message


def test_missing_file_names_the_built_in_data_sets():
    with pytest.raises(InputError, match=r"Give the path of a file, or .* by its name: heart, blobs, circles, moons"):
        fetch("no such table anywhere.csv", 1.0)


def test_missing_folder_is_named(folder):
    with pytest.raises(InputError) as refusal:
        fetch(folder / "data" / "heart.csv", 1.0)
    assert f"There is no folder '{folder / 'data'}'" in str(refusal.value)


def test_file_taken_for_a_folder(folder):
    with pytest.raises(InputError, match="There is no folder"):
        fetch(folder / "heart.csv" / "heart.csv", 1.0)


def test_folder_is_refused(folder):
    with pytest.raises(InputError, match=r"is a folder. Give the path of one file in it"):
        fetch(folder, 1.0)


def test_permission_denied_is_said(folder, monkeypatch):
    def denied(path, mode):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(InputError, match=r"heart.csv' could not be read \(Permission denied\)"):
        fetch(folder / "heart.csv", 1.0)


def test_failing_file_object_is_an_input_error():
    class Failing(io.RawIOBase):
        def read(self, size=-1):
            raise OSError(5, "Input/output error")

    with pytest.raises(InputError, match="Input/output error"):
        fetch(Failing(), 1.0)


@pytest.mark.parametrize("path", ["a\0b.csv", "x" * 5000])
def test_impossible_path_is_an_input_error(path):
    with pytest.raises(InputError, match=r"could not be read|There is no"):
        fetch(path, 1.0)


@pytest.mark.parametrize("address", ["ftp://host/a.csv", "file:///etc/passwd", "s3://bucket/a.parquet"])
def test_addresses_other_than_web_ones_are_refused(address):
    scheme = address.split("/", maxsplit=1)[0]
    with pytest.raises(InputError, match=f"'{address}' starts with {scheme}//, not http:// or https://"):
        fetch(address, 1.0)


@pytest.mark.skipif(not Path("/dev/zero").is_char_device(), reason="the system has no such device")
def test_a_device_that_never_ends_is_refused():
    with pytest.raises(InputError, match="device, not a file"):
        fetch("/dev/zero", 1.0)
