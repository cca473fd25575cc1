import time
from pathlib import Path

import pytest

from demarcate.errors import InputError
from demarcate.lesson import mark, run

SECONDS = 60


@pytest.fixture
def solution(tmp_path):
    """Runs a learner's file in its own process."""

    def ran(source, seconds=SECONDS, name="learner.py"):
        path = tmp_path / name
        path.write_text(source, encoding="utf-8")
        return run(path, seconds=seconds)

    return ran


def test_numbers_are_those_that_the_file_sets(solution):
    numbers = "a, b, c = 1, True, np.float32(0.5)\nd = np.array([[2.5]])"
    ran = solution(f"import numpy as np\n{numbers}\ne, _f = [1], 3\nexercise = 'costs'")
    assert ran.exercise == "costs"
    assert ran.numbers == {"a": 1.0, "b": 1.0, "c": 0.5, "d": 2.5}
    assert ran.others["e"] == "list"
    assert (ran.error, ran.problem) == ("", "")


def test_without_the_variable_the_name_of_the_file_says_which_exercise_it_is(solution):
    assert solution("a = 1", name="costs.py").exercise == "costs"


def test_a_file_that_never_ends_is_ended_and_says_so(solution):
    ran = solution("while True:\n    pass", seconds=1)
    assert "did not end within 1 seconds" in ran.problem
    assert mark(ran).problem == ran.problem


def test_a_crash_is_told_with_its_line(solution):
    ran = solution("a = 1\nb = a + c")
    assert (ran.line, ran.code, ran.error) == (2, "b = a + c", "NameError: name 'c' is not defined")
    assert ran.numbers == {"a": 1.0}


def test_a_file_that_python_cannot_read_is_told_with_its_line(solution):
    ran = solution("a = 1\nb = (2\n")
    assert ran.error.startswith("SyntaxError")
    assert ran.line == 2


def test_a_file_that_asks_or_exits_or_prints_much_does_no_harm(solution):
    assert solution("input()").error.startswith("EOFError")
    assert solution("import sys\na = 1\nsys.exit(3)").numbers == {"a": 1.0}
    assert solution("print('x' * 10**7)\na = 1").numbers == {"a": 1.0}
    assert "Python ended before the file did" in solution("import os\nos._exit(0)").problem


def test_a_file_beside_it_is_found_and_does_not_stand_in_for_pythons_own(solution, tmp_path):
    (tmp_path / "json.py").write_text("raise RuntimeError", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("1", encoding="utf-8")
    (tmp_path / "mine.py").write_text("value = 7", encoding="utf-8")
    ran = solution("from mine import value\nfrom pathlib import Path\nhere = int(Path('rows.csv').read_text())")
    assert ran.numbers == {"value": 7.0, "here": 1.0}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads the process table of Linux")
def test_what_a_file_started_ends_with_it(solution, tmp_path):
    source = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "open('pid', 'w').write(str(child.pid))\n"
        "while True:\n    pass\n"
    )
    solution(source, seconds=1.5)
    number = int((tmp_path / "pid").read_text())
    # A killed process runs until the system next comes to it, which on a busy machine is later; then it is collected.
    deadline = time.monotonic() + 30
    while _is_running(number) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _is_running(number)


def _is_running(number: int) -> bool:
    """Return whether a process is there and was not only left uncollected by its parent."""
    try:
        return Path(f"/proc/{number}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        run(tmp_path / "nothing.py")
