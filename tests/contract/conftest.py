"""The corpus and the forms are modules of this folder, for the tests and for ``table.py``."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from demarcate.cli.app import app

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def run():
    """Return a function that runs a command in this process: its exit code, with its output or its error message."""

    def command(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stderr if result.exit_code else result.stdout

    return command
