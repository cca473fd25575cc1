import random
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no such signals, limits and mounts", allow_module_level=True)

from fuzz.fault_bench import OLD, Bench
from fuzz.fault_trials import clean, told
from fuzz.faults import main


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path, random.Random(0))
    bench.prepare()
    return bench


def seen_of(bench, *, code=0, err="", files=()):
    """What is seen of a process that ends so and leaves these files where ``evaluate --out`` would have written."""
    with bench.folder("plot", filled=True) as out:
        for name, data in dict(files).items():
            (out / name).write_bytes(data)
        program = f"import sys; sys.stderr.write({err!r}); sys.exit({code})"
        process = bench.start("plot", out, program=[sys.executable, "-c", program])
        return bench.see(process, "plot", out)


def test_a_command_that_ends_as_it_should_passes(bench):
    seen = seen_of(bench, code=130, err="Interrupted: nothing was written.\n")
    assert told(seen, 130, "Interrupted") == clean(seen) == []
    assert seen.outputs == {"p.png": "old"}


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ({"files": {"p.png": OLD[:5]}}, "p.png is half-written"),
        ({"files": {".p.png.1f.tmp": b""}}, "left .p.png.1f.tmp"),
        ({"err": "Traceback (most recent call last):\n"}, "'Traceback' on standard error"),
    ],
)
def test_what_is_left_in_disorder_is_named(bench, ending, reason):
    assert clean(seen_of(bench, **ending)) == [reason]


def test_another_exit_code_and_another_sentence_are_named(bench):
    seen = seen_of(bench, code=1, err="Aborted!\n")
    assert told(seen, 130, "Interrupted") == ["exit code 1, not 130", "says 'Aborted!'"]


def test_a_slice_passes(capsys):
    assert main(["--commands", "version", "--faults", "sigterm", "no-reader", "full-disk", "--repeats", "2"]) == 0
    out = capsys.readouterr().out
    assert "| version |" in out
    assert "writes no file" in out
    assert "Nothing failed." in out
