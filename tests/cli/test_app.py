import json
import os
import re
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from demarcate.cli.error_handling import handle_errors

COMMANDS = ("fit", "predict", "evaluate", "inspect", "sweep")


def test_help_lists_every_command(demarcate):
    outcome = demarcate("--help")
    assert outcome.code == 0
    assert all(re.search(rf"^  {command} +\w", outcome.out, re.MULTILINE) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_every_command_says_what_it_does(demarcate, command):
    outcome = demarcate(command, "-h")
    assert outcome.code == 0
    options = re.findall(r"^  (?:-\w, )?--[\w-]+ *(?:\[?[A-Z|]+\]?)?(.*\n?.*)$", outcome.out, re.MULTILINE)
    assert options
    assert all(text.strip() for text in options)
    assert "--debug" in outcome.out


def test_the_version_is_printed(demarcate):
    assert demarcate("--version").out == f"demarcate {version('demarcate')}\n"


@pytest.mark.parametrize(
    "arguments",
    [(), ("fit",), ("learn",), ("fit", "heart", "--epoch", "3"), ("fit", "heart", "--epochs", "many"), ("predict",)],
)
def test_wrong_usage_is_told_on_standard_error_with_exit_code_2(demarcate, arguments):
    outcome = demarcate(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Usage:" in outcome.err


def test_help_answers_before_anything_heavy_is_imported(start):
    before = os.times()
    process = start("--help")
    out, err = process.communicate(timeout=120)
    after = os.times()
    # The processor's time: on a busy machine the clock's says little.
    seconds = after.children_user - before.children_user + after.children_system - before.children_system
    assert (process.returncode, err) == (0, b"")
    assert b"inspect" in out
    assert seconds < 2, "0.3 s on an idle machine"
    code = "import demarcate.cli.app, json, sys; print(json.dumps([*sys.modules]))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    heavy = {"torch", "numpy", "polars", "sklearn", "matplotlib", "pandas", "narwhals", "scipy"}
    assert not heavy & set(json.loads(run.stdout))


def test_a_stream_that_cannot_write_a_character_gets_it_spelt_out(start, tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("größe,art\n" + "1,☂\n2,b\n3,☂\n5,b\n" * 5, encoding="utf-8")
    arguments = ("fit", table, "--target", "art", "--epochs", "1", "--folds", "2", "--hidden", "none")
    process = start(*arguments, code="import sys\nsys.stdout.reconfigure(encoding='ascii')")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert rb"gr\xf6\xdfe" in out
    assert rb"\u2602" in out


@pytest.mark.parametrize("words", ["[enforce fail] can't allocate memory: 40 bytes", "CUDA out of memory. Tried"])
def test_torch_running_out_of_memory_is_told_as_such(words, capsys):
    def command():
        raise RuntimeError(words)

    with pytest.raises(typer.Exit):
        handle_errors(command)(debug=False)
    assert "not enough memory" in capsys.readouterr().err
