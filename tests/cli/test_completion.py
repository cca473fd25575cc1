"""Shell completion: what is offered, and bash itself asking for it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from demarcate.classifier.presets import PRESETS
from demarcate.cli.app import app
from demarcate.cli.completion import complete_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text('age,income,"a, b"\n1,2,3\n', encoding="utf-8")
    (tmp_path / "hidden").mkdir()
    (tmp_path / ".secret").touch()
    return tmp_path


def offered(*words):
    """What is offered for the last word of a command line."""
    group = typer.main.get_command(app)
    context = group.make_context("demarcate", [*words[:-1]], resilient_parsing=True)
    name, *args = context._protected_args + context.args
    command = group.commands[name]
    context = command.make_context(name, args, parent=context, resilient_parsing=True)
    if words[-2].startswith("--"):
        option = next(each for each in command.params if words[-2] in each.opts)
        return [each.value for each in option.shell_complete(context, words[-1])]
    return complete_table(words[-1])


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("fit", "people.csv", "--target", ""), ["age", "income", "a, b"]),
        (("fit", "people.csv", "--target", "in"), ["income"]),
        (("fit", "people.csv", "--drop", "age,"), ["age,income", "age,a, b"]),
        (("evaluate", "model", "people.csv", "--group", "i"), ["income"]),
        (("fit", "people.csv", "--drop", "age", "--target", "i"), ["income"]),
        (("fit", "no.csv", "--target", ""), []),
        (("fit", "-", "--target", ""), []),
        (("fit", "moons", "--target", "x"), ["x1", "x2"]),
        (("fit", "moons", "--preset", ""), [*PRESETS]),
        (("fit", "moons", "--activation", "re"), ["relu"]),
        (("fit", "m"), ["moons"]),
        (("fit", "h"), ["heart", "hidden/"]),
        (("fit", "./p"), ["./people.csv"]),
        (("fit", "nowhere/"), []),
    ],
)
def test_columns_values_tables_and_files_are_offered(folder, words, names):
    assert offered(*words) == names


def test_hidden_files_are_offered_only_where_they_are_meant(folder):
    assert ".secret" not in complete_table("")
    assert complete_table(".s") == [".secret"]


def test_an_address_is_not_read(monkeypatch):
    monkeypatch.setattr("demarcate.cli.table_input.open_stream", lambda *_: pytest.fail("it was read"))
    assert offered("fit", "https://host/t.csv", "--target", "") == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_with_the_script_that_the_command_prints(folder):
    script = (
        'eval "$(demarcate --show-completion bash)"; COMP_WORDS=(demarcate fit people.csv --target in); COMP_CWORD=4; '
        '_demarcate_completion demarcate; echo "${COMPREPLY[@]}"'
    )
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    environment = {"PATH": path, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert (result.stdout, result.stderr) == ("income\n", "")
