import dataclasses
import hashlib
import os
import random
import socket
import struct
import subprocess

import pytest
from fuzz.campaign import CheckFailed, Plan, run
from fuzz.side_effects import SideEffectError, forbid_side_effects

from fuzz import bundles, flips, forging


@pytest.fixture(scope="module")
def reading():
    return bundles.ModelFileCheck()


def test_a_slice_is_refused_or_rightly_read(tmp_path, capsys):
    figures = run(bundles.target(), Plan(seed=0, cases=3000, folder=tmp_path))
    assert figures.failed == 0, capsys.readouterr().err
    assert figures.refused > 2500
    assert figures.accepted > 20


def test_bytes_turned_over_and_truncations_are_all_refused(tmp_path, capsys):
    # Every 331st: no divisor of the file's length, so that all places have their turn.
    figures = run(flips.target(), Plan(step=331, folder=tmp_path))
    assert figures.failed == 0, capsys.readouterr().err
    assert figures.cases == figures.refused > 3000


def test_flips_are_each_byte_with_each_other_value_and_each_truncation():
    draw, n_cases = flips.drawing(b"abc")
    found = [draw(random.Random(0), number).data for number in range(n_cases)]
    assert found[:3] == [b"", b"a", b"ab"]
    assert len(set(found)) == len(found) == 3 + 3 * 255
    assert b"abc" not in found


def test_what_is_forged_is_written_by_the_format_s_description(reading):
    for seed, file in zip(reading.seeds, reading.parts, strict=True):
        assert forging.file_bytes(file) == seed


@pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
def test_a_forged_number_is_read_and_a_damaged_one_is_not(reading):
    file = reading.parts[0]
    *others, last = file.tensors
    changed = dataclasses.replace(last, content=struct.pack("<f", 0.5) + last.content[4:])
    forged = forging.file_bytes(dataclasses.replace(file, tensors=(*others, changed)))
    assert reading.check(bundles.Case(forged, is_forged=True))
    with pytest.raises(CheckFailed, match="a damaged file is accepted"):
        reading.check(bundles.Case(forged))


def test_a_reader_without_a_digest_would_be_found(monkeypatch, tmp_path):
    def undigested(text, contents):
        return Anything(hashlib.sha256(text.encode()).hexdigest())

    class Anything(str):
        __slots__ = ()

        def __ne__(self, other):
            return False

        __eq__ = str.__eq__
        __hash__ = str.__hash__

    monkeypatch.setattr("demarcate.bundle.format._digest", undigested)
    assert run(bundles.target(), Plan(cases=300, folder=tmp_path)).failed > 5


@pytest.mark.parametrize(
    "act",
    [
        lambda path: exec("1"),
        lambda path: compile("1", "x", "eval"),
        lambda path: os.system("true"),
        lambda path: subprocess.run(["true"], check=False),
        lambda path: socket.socket(),
        lambda path: path.write_text("x"),
        lambda path: path.read_text(),
        lambda path: __import__("this_module_is_not_loaded"),
        lambda path: path.unlink(missing_ok=True),
    ],
)
def test_whatever_is_done_beside_reading_is_seen(act, tmp_path):
    with pytest.raises(SideEffectError), forbid_side_effects():
        act(tmp_path / "x")


def test_nobody_is_watched_afterwards(tmp_path):
    with forbid_side_effects():
        pass
    (tmp_path / "x").write_text("x")
