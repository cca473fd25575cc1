"""``demarcate.toml``: what files may set, what is wrong in them, and where a setting comes from."""

import json
import os
import re
from pathlib import Path

import pytest

from demarcate.cli.command_list import COMMANDS, command_named
from demarcate.cli.option_groups import OutputFile, _marked
from demarcate.cli.settings_file import NEVER_IN_A_FILE, FileOption, find_settings, read_settings

OPTIONS = {
    "fit": {
        "epochs": FileOption("epochs", int, False),
        "lr": FileOption("lr", float, False),
        "drop": FileOption("drop", str, True),
        "preset": FileOption("preset", str, False),
        "seed": FileOption("seed", int, False),
        "merge_labels": FileOption("merge_labels", bool, False),
    },
    "sweep": {"epochs": FileOption("epochs", str, False), "seed": FileOption("seed", int, False)},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(path, text):
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_section_goes_before_what_is_for_all_commands_and_the_last_file_before_the_others(tmp_path):
    one = written(tmp_path / "one.toml", 'seed = 1\nepochs = 5\n[fit]\nseed = 2\n"merge-labels" = true\n')
    other = written(tmp_path / "other.toml", "epochs = 7\n[sweep]\nseed = 9\n")
    settings = read_settings([one, other], "fit", OPTIONS)
    assert settings.values == {"seed": 2, "epochs": 7, "merge_labels": True}
    assert settings.sources == {"seed": str(one), "epochs": str(other), "merge_labels": str(one)}


def test_one_value_does_for_an_option_that_is_repeated_and_a_whole_number_for_a_number(tmp_path):
    path = written(tmp_path / "a.toml", '[fit]\ndrop = "id"\nlr = 1\n')
    assert read_settings([path], "fit", OPTIONS).values == {"drop": ["id"], "lr": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[fit]\n\nepochs = "many"', "line 3: 'epochs' must be a whole number, got 'many'"),
        ("[fit]\nepochs = true", "line 2: 'epochs' must be a whole number, got True"),
        ("[fit]\nmerge-labels = 1", "line 2: 'merge-labels' must be true or false, got 1"),
        ("[fit]\ndrop = [1, 'a']", "line 2: 'drop' must be text in quotes, or a list of such, got [1, 'a']"),
        ("# x\nepoch = 3", "line 2: there is no setting 'epoch' of any command; did you mean 'epochs'?"),
        ("[sweep]\nlr = 3", "line 2: there is no setting 'lr' of 'sweep'"),
        ("seed = 1\n[fti]\nseed = 2", "line 2: there is no command 'fti'; did you mean 'fit'?"),
        ("out = 'x'", "line 1: 'out' is only for the command line"),
        ("seed = 1.5", "line 1: 'seed' must be a whole number, got 1.5"),
        ("epochs = [1]", "line 1: 'epochs' must be a whole number, got [1]"),
        ("a =", "is not written as TOML: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, message):
    path = written(tmp_path / "a.toml", text)
    with pytest.raises(ValueError, match=re.escape(f"{path}, {message}" if message.startswith("line") else message)):
        read_settings([path], "fit", OPTIONS)


def test_every_problem_of_a_file_is_listed(tmp_path):
    path = written(tmp_path / "a.toml", "a = 1\n[fit]\nb = 2\n")
    with pytest.raises(ValueError, match=r"line 1: .*; .*line 3: "):
        read_settings([path], "sweep", OPTIONS)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"#" * 1_000_001])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.toml (is not UTF-8 text|has more than 1,000,000 bytes)"):
        read_settings([path], "fit", OPTIONS)


def test_the_file_beside_the_table_comes_after_that_of_the_working_folder(folder):
    table = written(folder / "data" / "t.csv", "a,b\n")
    assert find_settings(str(table)) == []
    written(folder / "demarcate.toml", "")
    assert [str(path) for path in find_settings(str(table))] == ["demarcate.toml"]
    beside = written(folder / "data" / "demarcate.toml", "")
    assert find_settings(str(table))[1:] == [beside]
    for other in ("-", "heart", "https://host/t.csv", None):
        assert [str(path) for path in find_settings(other)] == ["demarcate.toml"]


@pytest.mark.parametrize("make", ["mkdir", "mkfifo", "symlink"])
def test_what_has_the_name_of_the_file_and_cannot_be_read_is_refused_and_not_left_out(demarcate, folder, make):
    path, words = (
        folder / "demarcate.toml",
        {"mkdir": "is a folder", "mkfifo": "is no file", "symlink": "cannot be read"},
    )
    if make == "mkfifo" and not hasattr(os, "mkfifo"):
        pytest.skip("the system has no named pipes")
    arguments = {"mkdir": (), "mkfifo": (), "symlink": (folder / "nowhere", path)}[make]
    getattr(os, make)(*(arguments or (path,)))
    outcome = demarcate("fit", "moons", "--show-settings")
    assert outcome.code == 2
    assert f"demarcate.toml {words[make]}" in outcome.err


@pytest.mark.parametrize("command", ["fit", "sweep", "diagnose"])
def test_a_value_that_the_command_would_refuse_is_not_shown_as_a_setting(demarcate, folder, command):
    written(folder / "demarcate.toml", "seed = -1\n")
    outcome = demarcate(command, "moons", "--show-settings")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--seed must be a whole number from 0 up, got -1" in outcome.err


def test_the_same_file_counts_once(folder):
    table = written(folder / "t.csv", "a,b\n")
    written(folder / "demarcate.toml", "")
    assert len(find_settings(str(table))) == 1


def test_no_output_file_can_be_named_in_a_file():
    for command in COMMANDS:
        names = {name for name, _, _ in _marked(command_named(command).__annotations__, OutputFile)}
        assert names <= NEVER_IN_A_FILE, command


def test_settings_are_shown_with_their_value_and_origin_and_nothing_runs(demarcate, folder):
    written(folder / "demarcate.toml", 'seed = 3\n[fit]\npreset = "lesson"\ndrop = ["chol"]\n')
    shown = json.loads(demarcate("fit", "heart", "--lr", "0.5", "--show-settings", "--json").out)
    assert shown["seed"] == {"value": 3, "from": "demarcate.toml"}
    assert shown["drop"] == {"value": ["chol"], "from": "demarcate.toml"}
    assert shown["lr"] == {"value": 0.5, "from": "command line"}
    assert shown["n-folds"] == {"value": 1, "from": "preset lesson"}
    assert shown["hidden"] == {"value": [32], "from": "preset lesson, for this table"}
    assert shown["no-calibration"] == {"value": True, "from": "preset lesson"}
    assert shown["test-size"] == {"value": "0.2", "from": "default"}
    assert shown["time-limit"] == {"value": None, "from": "default"}
    text = demarcate("sweep", "moons", "--show-settings").out
    assert re.search(r"seed +3 +demarcate\.toml", text)
    assert re.search(r"hidden +32 +default", text)


def test_a_command_names_the_settings_that_it_takes_from_a_file_and_options_go_before_them(demarcate, folder):
    written(folder / "demarcate.toml", "[audit]\nrescore = false\nseed = 4\n")
    outcome = demarcate("audit", "moons", "--seed", "5")
    assert outcome.code == 0
    assert "Settings of demarcate.toml: rescore no." in outcome.err
    assert "Settings of" not in demarcate("audit", "moons", "--quiet").err


def test_a_wrong_file_is_wrong_usage(demarcate, folder):
    written(folder / "demarcate.toml", "[fit]\nepoch = 4\n")
    outcome = demarcate("fit", "moons")
    assert outcome.code == 2
    assert "demarcate.toml, line 2: there is no setting 'epoch' of 'fit'; did you mean 'epochs'?" in outcome.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('preset = "slow"', "line 3: 'preset' must be one of fast, default, best, lesson, got 'slow'"),
        ("seed = -1", "line 3: 'seed' must be a whole number from 0 up, got -1"),
        ("track = 'paper'", "line 3: 'track' is 'paper'. Give mlflow or tensorboard"),
    ],
)
def test_a_value_that_the_command_refuses_is_refused_with_its_line(demarcate, folder, text, message):
    written(folder / "demarcate.toml", f"# Ours.\n[fit]\n{text}\n")
    outcome = demarcate("fit", "moons", "--quiet")
    assert (outcome.code, outcome.err.startswith(f"Usage: demarcate.toml, {message}")) == (2, True), outcome.err


def test_a_value_of_the_command_line_is_no_matter_of_the_file(demarcate, folder):
    written(folder / "demarcate.toml", "[fit]\nseed = 3\n")
    assert demarcate("fit", "moons", "--seed", "-1", "-q").err.startswith("Usage: --seed must be")


def test_the_file_that_the_documents_show_is_one(demarcate, folder):
    text = (Path(__file__).parents[2] / "docs" / "use.md").read_text(encoding="utf-8")
    written(folder / "demarcate.toml", re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1])
    outcome = demarcate("fit", "moons", "--show-settings", "--json")
    assert json.loads(outcome.out)["drop"] == {"value": ["id", "name"], "from": "demarcate.toml"}


def test_settings_of_a_preset_that_there_is_not_are_wrong_usage(demarcate, folder):
    outcome = demarcate("fit", "moons", "--preset", "quick", "--show-settings")
    assert outcome.code == 2
    assert "preset must be one of fast, default, best, lesson, got 'quick'" in outcome.err
