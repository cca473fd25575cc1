import inspect
from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from demarcate.cli.option_groups import (
    OutputFile,
    argument,
    expand_options,
    option,
    output_files,
    output_paths,
    setting,
    setting_flags,
    settings_of,
)


@dataclass(frozen=True, kw_only=True)
class Group:
    rows: str = argument("The rows.", "ROWS")
    folds: int | None = setting("Folds.", name="n_folds")
    lr: str | None = setting("Learning rate.", "--lr", "-l", read=float)
    out: str | None = option("The file.", "--out", "-o", marker=OutputFile("table"))
    verbose: Annotated[bool, typer.Option("--verbose")] = False


def command(group: Group, seed: int = 0) -> None:
    """Print what arrives."""
    print(group, seed)


def test_a_command_gets_the_options_of_its_groups_as_one_value():
    app = typer.Typer()
    app.command()(expand_options(command))
    result = CliRunner().invoke(app, ["t.csv", "--folds", "3", "-l", "0.1", "--seed", "7"])
    assert result.output == f"{Group(rows='t.csv', folds=3, lr='0.1')} 7\n"
    assert "Folds." in CliRunner().invoke(app, ["--help"]).output


def test_defaults_are_those_of_the_fields():
    parameters = inspect.signature(expand_options(command)).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "rows": inspect.Parameter.empty,
        "folds": None,
        "lr": None,
        "out": None,
        "verbose": False,
        "seed": 0,
    }


def test_an_option_of_two_groups_is_an_error():
    def twice(one: Group, other: Group) -> None: ...

    with pytest.raises(ValueError, match="duplicate parameter name"):
        expand_options(twice)


def test_settings_have_their_names_and_values_in_python():
    assert settings_of(Group(rows="t.csv", folds=3, lr="0.1")) == {"n_folds": 3, "lr": 0.1}
    assert settings_of(Group(rows="t.csv")) == {}
    assert setting_flags(expand_options(command)) == {"n_folds": "--folds", "lr": "--lr"}


def test_output_files_are_found_by_their_mark():
    assert [(flag, path) for flag, path, _ in output_files(Group(rows="t", out="p.csv"))] == [("--out", "p.csv")]
    assert list(output_files(Group(rows="t"))) == []
    assert output_paths(expand_options(command), {"rows": "t", "out": "p.csv", "folds": 3}) == ["p.csv"]
