"""The harness itself: what fails is found, kept and can be repeated."""

import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from fuzz.campaign import CheckFailed, Figures, Plan, Target, draw_case, run
from fuzz.jobs import run_jobs
from fuzz.targets import TARGETS

from demarcate.errors import InputWarning

ROOT = Path(__file__).parents[2]


def target(check, **more):
    return Target("made_up", ".txt", lambda random_, number: (number, random_.random()), check, str.encode, **more)


def numbers(check, **plan):
    seen = []

    def seeing(case):
        seen.append(case[0])
        return check(case)

    figures = run(target(seeing), Plan(**plan))
    return seen, figures


def test_same_seed_same_cases_whoever_draws_them():
    made_up = target(lambda case: True)
    assert draw_case(made_up, 3, 7) == draw_case(made_up, 3, 7)
    assert len({draw_case(made_up, seed, number)[1] for seed in range(5) for number in range(5)}) == 25


def test_cases_are_counted_by_what_became_of_them():
    seen, figures = numbers(lambda case: case[0] % 3 == 0, cases=10)
    assert seen == list(range(10))
    assert (figures.accepted, figures.refused, figures.failed, figures.cases) == (4, 6, 0, 10)
    assert "10 cases" in figures.line("made_up")
    assert "6 refused, 4 accepted, 0 failed" in figures.line("made_up")


def test_shares_of_the_cases_are_all_of_them():
    shares = [numbers(lambda case: True, cases=20, first=job, step=3)[0] for job in range(3)]
    assert sorted(number for share in shares for number in share) == list(range(20))


def test_a_target_of_so_many_cases_ends_with_them():
    assert run(target(lambda case: True, n_cases=4), Plan(cases=100)).cases == 4


def test_a_failure_is_kept_and_told_with_how_to_repeat_it(tmp_path, capsys):
    def check(case):
        if case == "5":
            raise CheckFailed("five")
        return True

    made_up = Target("made_up", ".txt", lambda _, number: str(number), check, str.encode)
    figures = run(made_up, Plan(seed=2, cases=8, folder=tmp_path))
    assert (figures.failed, figures.accepted) == (1, 7)
    assert (tmp_path / "made_up-2-5.txt").read_bytes() == b"5"
    assert "five" in (said := capsys.readouterr().err)
    assert "python fuzz made_up --seed 2 --case 5" in said


def failing(how):
    def check(case):
        how()
        return True

    return Target("made_up", ".txt", lambda _, number: str(number), check, str.encode, max_seconds=0.05)


def warn():
    warnings.warn("overflow", RuntimeWarning, stacklevel=1)


def warn_of_input():
    warnings.warn(InputWarning("a column has no name"), stacklevel=1)


def spin():
    end = time.process_time() + 5
    while time.process_time() < end:
        pass


def raise_key_error():
    raise KeyError("a")


@pytest.mark.parametrize(
    ("how", "n_failed"), [(warn, 1), (warn_of_input, 0), (spin, 1), (raise_key_error, 1), (lambda: None, 0)]
)
def test_what_fails_is_an_error_a_stray_warning_or_a_hang(how, n_failed, tmp_path):
    assert run(failing(how), Plan(cases=1, folder=tmp_path)).failed == n_failed


def test_figures_of_processes_are_put_together():
    both = Figures(1, 2, 3, 4.0, (0.5, 7), 100).merge(Figures(10, 20, 30, 3.0, (0.25, 8), 200))
    assert both == Figures(11, 22, 33, 4.0, (0.5, 7), 200)


def test_processes_do_what_one_does(tmp_path):
    one, two = (run_jobs("csv", Plan(seed=1, cases=60, folder=tmp_path), n_jobs) for n_jobs in (1, 2))
    assert (one.accepted, one.refused, one.failed) == (two.accepted, two.refused, two.failed)
    assert one.cases == 60


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_goes_by_its_name(name):
    assert TARGETS[name]().name == name


def test_the_command_line_prints_a_line():
    command = [sys.executable, "fuzz", "csv", "--cases", "50", "--seed", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("csv: 50 cases in ")
