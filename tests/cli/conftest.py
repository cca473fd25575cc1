"""What the tests of the command line share."""

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demarcate.cli.app import app
from demarcate.datasets import heart

TINY = ("--epochs", "3", "--folds", "2", "--hidden", "8")
MAIN = "from demarcate.cli import main; main()"


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code, what it said where, and what should never have come through."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def demarcate():
    """Runs a command in this process."""

    def run(*arguments, stdin=None):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def start():
    """Starts a command in a process of its own, as a shell would; the console script where it is installed."""
    script = Path(sys.executable).with_name("demarcate.exe" if sys.platform == "win32" else "demarcate")
    command = [str(script)] if script.exists() else [sys.executable, "-c", MAIN]
    with ExitStack() as processes:

        def started(*arguments, code=None):
            program = command if code is None else [sys.executable, "-c", f"{code}\n{MAIN}"]
            process = subprocess.Popen(
                [*program, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            processes.enter_context(process)
            processes.callback(process.kill)
            return process

        yield started


@pytest.fixture(scope="session")
def heart_frame():
    return heart().frame


@pytest.fixture(scope="session")
def heart_csv(heart_frame, tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "heart.csv"
    heart_frame.write_csv(path)
    return path


@pytest.fixture(scope="session")
def model(demarcate, tmp_path_factory):
    """A model of the built-in heart data, saved by the command line itself."""
    path = tmp_path_factory.mktemp("models") / "heart.safetensors"
    assert demarcate("fit", "heart", *TINY, "--out", path, "--quiet").code == 0
    return path
