import gzip
import io

import pytest

from demarcate.datasets.reading import content
from demarcate.datasets.reading.content import Content, read_capped, suffix_of, unpacked
from demarcate.errors import InputError


@pytest.mark.parametrize(
    ("path", "suffix"),
    [("a.csv", ".csv"), ("a.CSV.GZ", ".csv"), ("a.gz", ""), (".csv", ""), ("x.y/a", ""), ("a.b.parquet", ".parquet")],
)
def test_suffix_looks_through_gz(path, suffix):
    assert suffix_of(path) == suffix


def test_reading_stops_at_the_cap(monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", 10)
    assert read_capped(io.BytesIO(b"0123456789")) == b"0123456789"
    assert read_capped(io.BytesIO(b"0123456789a")) is None


def test_what_is_not_gzip_stays_as_it_is():
    plain = Content("a.csv", ".csv", b"a,b")
    assert unpacked(plain) is plain


def test_gzip_members_are_unpacked_one_after_another():
    packed = Content("a.csv.gz", ".csv", gzip.compress(b"a\n", mtime=0) + gzip.compress(b"1\n"))
    assert unpacked(packed) == Content("a.csv.gz", ".csv", b"a\n1\n")


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
    with pytest.raises(InputError, match=r"unpacks whole: 'a.csv.gz' is damaged gzip data \(.+\)\. Copy"):
        unpacked(Content("a.csv.gz", ".csv", damaged))


def test_gzip_bomb_is_refused(monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", 2**20)
    bomb = gzip.compress(bytes(2**20 + 1))
    with pytest.raises(InputError, match=r"'bomb.gz' unpacks to more than 0.000976562 GiB"):
        unpacked(Content("bomb.gz", "", bomb))
