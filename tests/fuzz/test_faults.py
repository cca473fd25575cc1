import random
import sys

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no such signals, limits and mounts", allow_module_level=True)

from fuzz.fault_bench import OLD, Bench
from fuzz.fault_trials import exit_problems, leftover_problems
from fuzz.faults import main


@pytest.fixture
def bench(tmp_path):
    bench = Bench(tmp_path, random.Random(0))
    bench.prepare()
    return bench


def result_of(bench, *, code=0, err="", files=()):
    """Return the result of a process with this exit code and standard error that leaves these files."""
    with bench.folder("plot", filled=True) as out:
        for name, data in dict(files).items():
            (out / name).write_bytes(data)
        program = f"import sys; sys.stderr.write({err!r}); sys.exit({code})"
        process = bench.start("plot", out, program=[sys.executable, "-c", program])
        return bench.finish(process, "plot", out)


def test_a_command_that_ends_as_it_should_passes(bench):
    result = result_of(bench, code=130, err="Interrupted: nothing was written.\n")
    assert exit_problems(result, 130, "Interrupted") == leftover_problems(result) == []
    assert result.outputs == {"p.png": "old"}


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ({"files": {"p.png": OLD[:5]}}, "p.png is partial"),
        ({"files": {".p.png.1f.tmp": b""}}, "left .p.png.1f.tmp"),
        ({"err": "Traceback (most recent call last):\n"}, "'Traceback' on standard error"),
    ],
)
def test_leftovers_are_reported(bench, ending, reason):
    assert leftover_problems(result_of(bench, **ending)) == [reason]


def test_a_wrong_exit_code_and_a_wrong_last_line_are_reported(bench):
    result = result_of(bench, code=1, err="Aborted!\n")
    assert exit_problems(result, 130, "Interrupted") == ["exit code 1, not 130", "last line 'Aborted!'"]


def test_a_slice_passes(capsys):
    assert main(["--commands", "version", "--faults", "sigterm", "no-reader", "full-disk", "--repeats", "2"]) == 0
    out = capsys.readouterr().out
    assert "| version |" in out
    assert "writes no file" in out
    assert "Nothing failed." in out
