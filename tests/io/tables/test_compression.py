import bz2
import gzip
import lzma

import pyarrow as pa
import pytest

from demarcate.errors import InputError
from demarcate.io.tables import content, read_table
from demarcate.io.tables.compression import unpack


def zstd(data):
    return pa.Codec("zstd").compress(data).to_pybytes()


PACKERS = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstandard": zstd}
EXACT = [name for name in PACKERS if name != "zstandard"]


def unpacked(data, size=1000):
    is_packed, blocks = unpack([data[start : start + size] for start in range(0, len(data), size)], "a.csv")
    return is_packed, b"".join(blocks)


def test_what_is_not_compressed_stays_as_it_is():
    is_packed, blocks = unpack([b"a,", b"b"], "a.csv")
    assert (is_packed, list(blocks)) == (False, [b"a,", b"b"])


def test_nothing_at_all_is_not_compressed():
    assert unpacked(b"") == (False, b"")


def test_text_that_begins_like_bzip2_is_text():
    assert unpacked(b"BZh,b\n1,2\n") == (False, b"BZh,b\n1,2\n")


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("size", [13, 1000])
def test_streams_are_unpacked_one_after_another_however_they_are_cut(kind, size):
    pack = PACKERS[kind]
    data = pack(b"a\n") + pack(b"1\n" * 1000)
    assert unpacked(data, size) == (True, b"a\n" + b"1\n" * 1000)


@pytest.mark.parametrize("kind", EXACT)
def test_bytes_are_unpacked_exactly(kind):
    data = bytes(range(256)) * 10_000
    assert unpacked(PACKERS[kind](data)) == (True, data)


def test_zstandard_gives_lines():
    assert unpacked(zstd(b'a,b\r\n\r\n"x\ry",\xc3\xb6')) == (True, 'a,b\n\n"x\ry",\u00f6\n'.encode())


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("damage", ["cut", "rubbish", "overwritten"])
def test_damaged_data_are_refused(kind, damage):
    whole = PACKERS[kind](b"a,b\n1,2\n" * 50)
    middle = len(whole) // 2
    damaged = {
        "cut": whole[:-4],
        "rubbish": whole + b"rubbish",
        "overwritten": whole[:middle] + b"\xff" * (len(whole) - middle),
    }
    with pytest.raises(InputError, match=rf"'a.csv' is damaged {kind} data \(.+\)\. Copy or download"):
        unpacked(damaged[damage])


@pytest.mark.parametrize("text", [b"a\n\xf6\n", "a\u00f6\n".encode("utf-16")])
def test_zstandard_data_that_are_not_utf8_are_refused_with_the_way_out(text):
    with pytest.raises(InputError, match=r"'a.csv' is zstandard data of something else than UTF-8 text\. Unpack it"):
        unpacked(zstd(text))


def test_zstandard_data_above_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr("demarcate.io.tables.compression.MAX_BYTES", 10)
    monkeypatch.setattr(content, "MAX_BYTES", 10)
    with pytest.raises(InputError, match="which have to be read whole"):
        unpacked(zstd(b"a,b\n1,2\n" * 50))


@pytest.mark.parametrize(("kind", "ending"), [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz"), ("zstandard", "zst")])
def test_compressed_tables_are_read(kind, ending, tmp_path):
    path = tmp_path / f"table.tsv.{ending}"
    path.write_bytes(PACKERS[kind](b"a\tb\n1\tx\n2\ty\n"))
    assert read_table(path).rows() == [("1", "x"), ("2", "y")]
