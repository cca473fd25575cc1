import gzip
import io

import pytest

from demarcate.errors import InputError
from demarcate.io.tables import content
from demarcate.io.tables.content import BLOCK, join_blocks, read_blocks, table_suffix, unpack_gzip


@pytest.mark.parametrize(
    ("path", "suffix"),
    [("a.csv", ".csv"), ("a.CSV.GZ", ".csv"), ("a.gz", ""), (".csv", ""), ("x.y/a", ""), ("a.b.parquet", ".parquet")],
)
def test_suffix_looks_through_gz(path, suffix):
    assert table_suffix(path) == suffix


class Dripping(io.BytesIO):
    """A pipe that gives a little at a time."""

    def read(self, size=-1):
        return super().read(min(size, 1000))


@pytest.mark.parametrize("kind", [io.BytesIO, Dripping])
def test_blocks_are_as_long_as_can_be_whatever_a_pipe_gives(kind):
    data = bytes(range(256)) * 9000
    blocks = list(read_blocks(kind(data)))
    assert b"".join(blocks) == data
    assert [len(block) for block in blocks] == [BLOCK, BLOCK, len(data) - 2 * BLOCK]


def test_joining_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", 10)
    assert join_blocks([b"01234", b"56789"]) == b"0123456789"
    assert join_blocks([b"01234", b"56789", b"a"]) is None


def test_what_is_not_gzip_stays_as_it_is():
    is_packed, blocks = unpack_gzip([b"a,", b"b"], "a.csv")
    assert (is_packed, list(blocks)) == (False, [b"a,", b"b"])


def test_nothing_at_all_is_no_gzip():
    is_packed, blocks = unpack_gzip([], "a.csv")
    assert (is_packed, list(blocks)) == (False, [])


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_gzip_members_are_unpacked_one_after_another_however_they_are_cut(size):
    data = gzip.compress(b"a\n", mtime=0) + gzip.compress(b"1\n" * 1000)
    blocks = [data[:2], *(data[start : start + size] for start in range(2, len(data), size))]
    is_packed, data = unpack_gzip(blocks, "a.csv.gz")
    assert (is_packed, b"".join(data)) == (True, b"a\n" + b"1\n" * 1000)


@pytest.mark.parametrize(
    "damaged",
    [
        gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6],
        gzip.compress(b"a,b\n1,2\n", mtime=0) + b"rubbish",
        b"\x1f\x8b\x08\x00" + b"\xff" * 20,
        b"\x1f\x8b",
    ],
)
def test_damaged_gzip_is_refused(damaged):
    with pytest.raises(InputError, match=r"'a.csv.gz' is damaged gzip data \(.+\)\. Copy"):
        list(unpack_gzip([damaged], "a.csv.gz")[1])
