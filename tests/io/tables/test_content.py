import io

import pytest

from demarcate.io.tables import content
from demarcate.io.tables.content import BLOCK, join_blocks, read_blocks, table_suffix


@pytest.mark.parametrize(
    ("path", "suffix"),
    [
        ("a.csv", ".csv"),
        ("a.CSV.GZ", ".csv"),
        ("a.gz", ""),
        ("a.csv.zst", ".csv"),
        ("a.tsv.bz2", ".tsv"),
        ("a.txt.XZ", ".txt"),
        (".csv", ""),
        ("x.y/a", ""),
        ("a.b.parquet", ".parquet"),
    ],
)
def test_suffix_looks_through_that_of_compressed_data(path, suffix):
    assert table_suffix(path) == suffix


class Dripping(io.BytesIO):
    """A pipe that gives a little at a time."""

    def read(self, size=-1):
        return super().read(min(size, 1000))


@pytest.mark.parametrize("kind", [io.BytesIO, Dripping])
def test_blocks_are_as_long_as_can_be_whatever_a_pipe_gives(kind):
    data = bytes(range(256)) * (BLOCK // 100)
    blocks = list(read_blocks(kind(data)))
    assert b"".join(blocks) == data
    assert [len(block) for block in blocks] == [BLOCK, BLOCK, len(data) - 2 * BLOCK]


def test_joining_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", 10)
    assert join_blocks([b"01234", b"56789"]) == b"0123456789"
    assert join_blocks([b"01234", b"56789", b"a"]) is None
