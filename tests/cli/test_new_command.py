"""A new command is one file and its name in the list of the commands."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import demarcate

COUNT = '''"""``demarcate count``: the rows of a table."""

from dataclasses import dataclass

from demarcate.cli.console import print_json, print_lines
from demarcate.cli.option_groups import OutputFile, option
from demarcate.cli.options import OutputOptions, ReadingOptions, TableOptions


@dataclass(frozen=True, kw_only=True)
class CountFiles:
    """The file to write."""

    out: str | None = option("Write the rows to this file.", marker=OutputFile("table"))


def count(data: TableOptions, files: CountFiles, reading: ReadingOptions, output: OutputOptions) -> None:
    """Count the rows of a table."""
    from demarcate.cli.outputs import check_outputs, write_table
    from demarcate.cli.table_input import load_labelled

    check_outputs(files, data.table)
    table = load_labelled(data, reading)
    if files.out:
        write_table(files.out, table.frame)
    if output.as_json:
        print_json({"rows": len(table.labels)})
    elif output.shows_tables:
        print_lines(f"{table.name} has {len(table.labels)} rows")
'''


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs the package with one command more, in a copy whose only other change is the list of the commands."""
    source, copy = Path(demarcate.__file__).parent, tmp_path_factory.mktemp("src") / "demarcate"
    copy.mkdir()
    for entry in source.iterdir():
        if entry.name not in ("cli", "__pycache__"):
            (copy / entry.name).symlink_to(entry)
    shutil.copytree(source / "cli", copy / "cli", ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "cli" / "commands" / "count.py").write_text(COUNT)
    commands = (copy / "cli" / "command_list.py").read_text()
    (copy / "cli" / "command_list.py").write_text(commands.replace("COMMANDS = (", 'COMMANDS = ("count", ', 1))

    def in_copy(*arguments):
        program = [sys.executable, "-c", "from demarcate.cli import main; main()"]
        environment = {**os.environ, "PYTHONPATH": str(copy.parent)}
        done = subprocess.run(
            [*program, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return in_copy


def test_it_is_in_the_help_with_the_options_of_its_groups(run):
    assert "Count the rows of a table." in run("--help")[1]
    code, out, _ = run("count", "--help")
    assert code == 0
    assert all(option in out for option in ("--target", "--drop", "--encoding", "--json", "--out", "--debug"))


def test_it_runs_and_its_errors_are_handled(run, tmp_path):
    out = tmp_path / "rows.csv"
    assert run("count", "moons", "--out", out) == (0, "moons has 300 rows\n", "")
    assert out.exists()
    code, printed, message = run("count", "moons", "--out", tmp_path / "rows.txt")
    assert (code, printed) == (2, "")
    assert message.startswith(
        f"Usage: --out is '{tmp_path / 'rows.txt'}'. Give the table a name that ends in one of .csv"
    )
