from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.io.tables.lines import LineReader

REPEATABLE = settings(deadline=None, derandomize=True)
TEXTS = st.lists(st.text(st.sampled_from("ab\r\n\u2028\x0b\x85"), max_size=12), max_size=5)


@REPEATABLE
@given(TEXTS)
def test_lines_are_the_text_in_parts_that_end_like_lines(blocks):
    text = "".join(blocks)
    parts = list(LineReader(blocks))
    assert "".join(parts) == text
    assert [part.rstrip("\r\n") for part in parts] == text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[
        : len(parts)
    ]
    assert all(part.endswith(("\n", "\r")) for part in parts[:-1])


@REPEATABLE
@given(TEXTS, st.lists(st.sampled_from(["line", "take", "take and put back", "put half back"])))
def test_what_is_taken_put_back_and_read_is_the_text(blocks, steps):
    lines, read = LineReader(blocks), []
    for step in steps:
        if step == "line":
            read.append(next(lines, ""))
            continue
        text = lines.take()
        # Only whole lines are kept of what is taken.
        end = text.rfind("\n", 0, len(text) // 2 if step == "put half back" else len(text)) + 1
        n_kept = 0 if step == "take and put back" else end
        read.append(text[:n_kept])
        lines.put_back(text[n_kept:])
    assert "".join(read) + "".join(lines) == "".join(blocks)


def test_no_block_is_read_while_there_are_whole_lines():
    asked = []
    lines = LineReader(asked.append(number) or f"{number}a\n{number}b\n{number}" for number in range(3))
    assert next(lines) == "0a\n"
    assert lines.take() == "0b\n0"
    assert asked == [0]
    lines.put_back("0")
    assert lines.take() == "01a\n1b\n1"
    assert asked == [0, 1]


def test_lines_of_a_long_block_are_split_as_they_are_read():
    lines = LineReader(["a\r\nb\n" * 100_000])
    assert next(lines) == "a\r\n"
    assert lines.take().startswith("b\na\r\n")
