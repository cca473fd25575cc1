import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.cli.word_wrap import terminal_width, wrap_line


@given(st.lists(st.text("ab[],. -é漢", max_size=12)), st.integers(1, 40))
def test_no_word_is_broken_and_none_is_lost(words, width):
    line = " ".join(words)
    assert " ".join(wrap_line(line, width)).split() == line.split()


@given(st.text("abc ", max_size=100), st.integers(10, 40))
def test_no_line_is_wider_than_the_terminal_unless_it_is_one_word(line, width):
    for each in wrap_line(line, width, indent=3):
        assert len(each) <= width or line == each or len(each.split()) == 1


def test_an_interval_stays_together():
    assert wrap_line("found: 83% [75, 90] of them", 16) == ["found: 83%", "[75, 90] of them"]


def test_what_follows_is_indented_as_the_line_is():
    assert wrap_line("  one two three", 9) == ["  one two", "  three"]
    assert wrap_line("- one two three", 9) == ["- one two", "  three"]
    assert wrap_line("name   one two", 11, indent=7) == ["name   one", "  two"]


def test_wide_characters_take_two_cells():
    assert wrap_line("漢漢 漢漢", 8) == ["漢漢", "漢漢"]


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def fileno(self):
        return 7


@pytest.mark.parametrize(("columns", "width"), [("40", 40), ("", 90), ("wide", 90), ("0", 90)])
def test_the_width_is_the_terminals_unless_the_user_says_another(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr("os.get_terminal_size", lambda descriptor: __import__("os").terminal_size((90, 20)))
    assert terminal_width(Terminal()) == width


def test_a_file_has_no_width():
    assert terminal_width(io.StringIO()) is None
