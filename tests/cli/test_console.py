import json

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
