import os
import shlex
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from demarcate import load
from demarcate.cli import error_handling
from demarcate.cli.error_handling import UsageError, handle_errors
from demarcate.errors import BundleError, InputWarning, SettingError

ENDLESS = ("--epochs", "1000000", "--patience", "0", "--folds", "2", "--hidden", "4")
AS_COMMAND = "from demarcate.cli.app import add_command\nadd_command(work)"
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def failing():
    """Runs a command that raises an error, or warns, in the command line's own way."""

    def run(*arguments, error=None, warning=None):
        def command() -> None:
            """Fail."""
            if warning is not None:
                warnings.warn(warning, stacklevel=1)
            if error is not None:
                raise error

        app = typer.Typer(pretty_exceptions_enable=False)
        app.command()(handle_errors(command))
        return CliRunner().invoke(app, [*arguments])

    return run


class TestErrors:
    @pytest.mark.parametrize(
        ("error", "code", "message"),
        [
            (UsageError("lr is 0", "Try 1"), 2, "Usage: lr is 0. Try 1.\n"),
            (SettingError("lr must be above 0, got 0"), 2, "Usage: lr must be above 0, got 0\n"),
            (BundleError("It is damaged."), 1, "Error: It is damaged.\n"),
            (KeyboardInterrupt(), 130, "Interrupted: nothing was written.\n"),
            (MemoryError(), 1, "Error: There is not enough memory."),
            (PermissionError(13, "Permission denied", "m"), 1, "Error: The system refused (Permission denied: m).\n"),
            (OSError("gone"), 1, "Error: The system refused (gone).\n"),
            (ZeroDivisionError("odd"), 1, "Error: demarcate failed where it should not have (ZeroDivisionError: odd)."),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
    )
    def test_an_error_is_one_paragraph_and_an_exit_code_with_and_without_debug(self, failing, error, code, message):
        plain = failing(error=error)
        assert (plain.exit_code, plain.stdout) == (code, "")
        assert plain.stderr.startswith(message)
        assert plain.stderr.count("\n") == 1
        debug = failing("--debug", error=error)
        assert (debug.exit_code, debug.stdout) == (code, "")
        assert debug.stderr.startswith("Traceback (most recent call last):\n")
        assert message in debug.stderr

    def test_an_argument_in_python_is_named_as_its_option(self):
        flags = {"n_folds": "--folds", "lr": "--lr"}
        message = "n_folds is from 2 up, got lr=1, n_folds=1 and 'n_folds'"
        assert error_handling.with_flags(message, flags) == "--folds is from 2 up, got lr=1, --folds=1 and 'n_folds'"

    def test_an_exit_is_no_error(self, failing):
        for error in (typer.Exit(5), SystemExit(5)):
            outcome = failing(error=error)
            assert (outcome.exit_code, outcome.stderr) == (5, "")

    def test_a_refused_table_shows_its_traceback_only_when_debugging(self, demarcate):
        arguments = ("fit", "heart", "--target", "tarjet")
        plain, debug = demarcate(*arguments), demarcate(*arguments, "--debug")
        assert plain.code == debug.code == 1
        assert "Traceback" not in plain.err
        assert "Traceback" in debug.err
        assert debug.err.endswith(plain.err)


class TestWarnings:
    def test_our_warnings_are_a_line_each(self, failing):
        assert failing(warning=InputWarning("mind the gap")).stderr == "Warning: mind the gap\n"

    def test_those_of_libraries_are_shown_only_when_debugging(self, failing):
        assert failing(warning=DeprecationWarning("old")).stderr == ""
        assert failing("--debug", warning=DeprecationWarning("old")).stderr == "Warning: old\n"

    def test_what_was_said_is_not_said_again(self):
        def command() -> None:
            """Warn."""
            for text in ("mind the gap", "mind the step", "mind the gap"):
                warnings.warn(InputWarning(text), stacklevel=1)

        app = typer.Typer(pretty_exceptions_enable=False)
        app.command()(handle_errors(command))
        assert CliRunner().invoke(app, []).stderr == "Warning: mind the gap\nWarning: mind the step\n"


class TestProcess:
    """What only a process of its own can show: exit codes, streams, signals."""

    def test_a_refused_input_exits_with_1_and_says_nothing_on_standard_output(self, start):
        process = start("fit", "nosuch.csv", "--target", "y")
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out) == (1, b"")
        assert err.startswith(b"Error: ")
        assert b"Traceback" not in err

    @needs_signals
    def test_a_reader_that_has_had_enough_is_no_error_and_the_model_is_kept(self, start, tmp_path):
        out = tmp_path / "m.safetensors"
        arguments = ("fit", "heart", "--epochs", "2", "--folds", "2", "--hidden", "4", "--out", out)
        process = start(*arguments)
        while b"45.9%" not in process.stdout.readline():  # the last line before training
            assert process.poll() is None
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=300) == 141
        assert err == b""
        assert load(out).n_members == 2

    @needs_signals
    def test_output_that_nobody_reads_is_no_error(self, start, model):
        process = start("predict", model, "heart")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=300) == 141

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
    @pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("fit", "--help")])
    def test_help_that_cannot_be_written_is_one_sentence(self, arguments):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "demarcate", *arguments], stdout=full, stderr=subprocess.PIPE, check=False
            )
        assert done.returncode == 1
        assert done.stderr.startswith(b"Error: The system refused (")
        assert b"Traceback" not in done.stderr

    @pytest.mark.parametrize(("options", "shown"), [((), b""), (("--debug",), b"panicked at lib.rs")])
    def test_what_compiled_libraries_write_is_shown_only_when_debugging(self, start, options, shown):
        work = "import os\ndef work() -> None:\n    os.write(2, b'panicked at lib.rs')\n    1 / 0\n"
        process = start("work", *options, code=work + AS_COMMAND)
        _, err = process.communicate(timeout=300)
        assert process.returncode == 1
        assert err.startswith(shown or b"Error: demarcate failed where it should not have (ZeroDivisionError")
        assert (b"panicked" in err) == bool(shown)

    @needs_signals
    def test_a_file_never_takes_the_place_of_a_stream_that_the_program_was_started_without(self, tmp_path):
        work = "import os, pathlib\ndef work() -> None: pathlib.Path('fd').write_text(str(os.open('fd', os.O_CREAT)))\n"
        program = f"import os\n{work}{AS_COMMAND}\nfrom demarcate.cli import main\nmain()"
        command = shlex.join([sys.executable, "-c", program, "work"])
        done = subprocess.run(f"{command} <&- >&- 2>&-", shell=True, cwd=tmp_path, check=False)
        assert done.returncode == 0
        assert int((tmp_path / "fd").read_text()) > 2

    @needs_signals
    def test_where_a_library_brings_the_process_down_is_written(self, start):
        coreless = "import os, resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        process = start("work", code=f"{coreless}def work() -> None: os.abort()\n{AS_COMMAND}")
        _, err = process.communicate(timeout=300)
        assert process.returncode == -signal.SIGABRT
        assert err.startswith(b"Fatal Python error: Aborted")

    @needs_signals
    @pytest.mark.parametrize(
        ("number", "code", "called"), [(signal.SIGINT, 130, b"Interrupted"), (signal.SIGTERM, 143, b"Terminated")]
    )
    def test_a_signal_while_training_is_one_sentence_and_leaves_no_file(self, start, tmp_path, number, code, called):
        process = start("fit", "heart", *ENDLESS, "--out", tmp_path / "m.safetensors")
        while b"45.9%" not in process.stdout.readline():
            assert process.poll() is None
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
        assert process.returncode == code
        advice = b"With --checkpoint FOLDER the same command resumes its training."
        assert err == called + b": nothing was written. " + advice + b"\n"
        assert not list(tmp_path.iterdir())

    def test_being_killed_while_saving_leaves_the_old_model(self, start, tmp_path):
        out = tmp_path / "m.safetensors"
        out.write_bytes(b"the old model")
        code = (
            "import os, sys, time\n"
            "def stall(descriptor):\n"
            "    os.write(1, b'saving')\n"
            "    time.sleep(60)\n"
            "os.fsync = stall"
        )
        arguments = ("--epochs", "1", "--folds", "2", "--hidden", "none", "--quiet", "--out", out)
        process = start("fit", "moons", *arguments, code=code)
        assert os.read(process.stdout.fileno(), 6) == b"saving"
        process.kill()
        process.wait(timeout=300)
        assert out.read_bytes() == b"the old model"
        if hasattr(os, "O_TMPFILE"):
            assert [path.name for path in tmp_path.iterdir()] == [out.name]
