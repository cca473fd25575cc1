import json
import re

import pytest

from demarcate.cli.console import notify, print_json, print_lines, print_table


def test_every_line_of_standard_error_is_one_line(capsys):
    notify("Warning: a\nb", "\x1b[31mred")
    assert capsys.readouterr() == ("", "Warning: a\\nb\n\\x1b[31mred\n")


def test_no_standard_error_is_no_reason_to_fail(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    notify("lost")


def test_lines_and_cells_are_literal_text(capsys):
    print_lines("[red]:bomb:[/]", "a\nb")
    print_table("[bold]", [":bomb:", "x\ty"], [("[/]", ("\x1b", "bold"))])
    out = capsys.readouterr().out
    assert out.startswith("[red]:bomb:[/]\na\\nb\n[bold]\n")
    assert all(text in out for text in (":bomb:", "x\\ty", "[/]", "\\x1b"))


COLUMNS = ["column", "kind", "values"]
ROWS = [("cholesterol", "numerical", "126 to 564"), ("thal", ("categorical", "red"), "fixed, normal, reversible")]


def test_a_table_that_a_narrow_terminal_cannot_show_is_a_block_of_lines_for_each_row(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    print_table("Columns", COLUMNS, [*ROWS, ("id", "", "")], max_rows=2)
    assert capsys.readouterr().out.splitlines() == [
        "Columns",
        "cholesterol",
        "  kind    numerical",
        "  values  126 to 564",
        "thal",
        "  kind    categorical",
        "  values  fixed, normal, reversible",
        "and 1 more",
        "",
    ]


@pytest.mark.parametrize("pad", [0, 1])
@pytest.mark.parametrize("width", [40, 60, 61, 80, 84, 85, 100])
def test_no_table_breaks_a_word_or_an_interval_or_is_wider_than_the_terminal(capsys, monkeypatch, width, pad):
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [*ROWS, ("a" * 30, "text", "0.00001 [0.00000, 0.00002] and one more thing")]
    print_table("Columns", COLUMNS, rows, pad=pad)
    out = capsys.readouterr().out
    for word in ("[0.00000, 0.00002]", "a" * 30, "cholesterol", "numerical", "reversible"):
        assert word in out
    assert max(map(len, out.splitlines())) <= width or width == 40


def test_a_table_that_fits_stays_a_table_in_a_narrow_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    print_table("t", ["a", "b"], [("1", "2")])
    assert re.search("^ ?1 +2 *$", capsys.readouterr().out, re.MULTILINE)


def test_prose_is_broken_between_words_on_a_terminal_and_nowhere_else(capsys, monkeypatch):
    line = "Of the rows 83% [75, 90] are found by it"
    monkeypatch.setenv("COLUMNS", "20")
    print_lines(line)
    notify(line)
    assert capsys.readouterr() == (f"{line}\n", f"{line}\n")
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setattr("demarcate.cli.console.terminal_width", lambda stream: 20)
    print_lines(line)
    notify(line)
    broken = "Of the rows 83%\n[75, 90] are found\nby it\n"
    assert capsys.readouterr() == (broken, broken)


@pytest.mark.parametrize(("n", "more"), [(3, False), (5, True)])
def test_rows_beyond_the_most_are_counted(capsys, n, more):
    print_table("t", ["number"], [(str(row),) for row in range(n)], max_rows=3)
    out = capsys.readouterr().out
    assert ("and 2 more" in out) == more


def test_json_is_exact_data_that_every_terminal_shows(capsys):
    document = {"a\x7f\x1b\x9b": "\u202e\n"}
    print_json(document)
    out = capsys.readouterr().out
    assert json.loads(out) == document
    assert out.removesuffix("\n").isprintable()
