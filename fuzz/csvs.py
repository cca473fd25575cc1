"""Damaged delimited text through `read_table`."""

import io
import random
import unicodedata
import warnings
from dataclasses import dataclass

from demarcate.errors import InputError
from demarcate.io.tables import content, read_table
from fuzz.campaign import CheckFailed, Target
from fuzz.csv_rules import DELIMITERS, FOREIGN, Rows, expected_table
from fuzz.edits import EDITS, splice

SEEDS = tuple(
    text if isinstance(text, bytes) else text.encode()
    for text in (
        "age,thal\n63,fixed\n67,normal\n",
        'age;sex;note\r\n1;f;"a;b"\r\n2;m;"say ""hi"""\r\n',
        'a\tb\n1\t2\n\n3\t"4\n5"\n',
        "id|name|x|y\r1|Zoë|0.5|\r2|☂|NA|007\r",
        "\ufeffage,sex\n1,f\n",
        '"quoted, name","b"\n"1","2"\n"","x"\n',
        "one\n1\n2\n3\n",
        ",b,\n1,2,3\n",
        "a,a\n1,2\n",
        "a,b\n1\n1,2,3\n",
        "x,y\n" + "1.5,abc\n" * 12,
        "n,t\n" + ",".join(("9" * 40, "é" * 30)) + "\n",
        "age,sex\n1,f\n2,m\n".encode("utf-16"),
        "age,sex\n1,f\n".encode("utf-16-be").join((b"\xfe\xff", b"")),
        "a,b\u2028c,d\x0b,e\x85f\n1,2,3,4\n",
        b"a,b\n\xe9,\xfc\n",
        b"\n\r\n\na;b\n1;2\n",
        b"a,b\n1,2",
        b' a , b \n 1 , "2"\n',
    )
)
TOKENS = tuple(
    token if isinstance(token, bytes) else token.encode()
    for token in (
        *(
            '"',
            '""',
            '"""',
            ',"',
            '",',
            '"\n',
            ",",
            ";",
            "\t",
            "|",
            "\n",
            "\r",
            "\r\n",
            "\n\n",
            "\r\r\n",
            "\0",
            "\ufeff",
        ),
        *(
            "\u2028",
            "\u2029",
            "\x85",
            "\x0b",
            "\x0c",
            "\x1c",
            "\x1a",
            "\x1b[31m",
            " ",
            "'",
            "\\",
            '\\"',
            "=1+1",
            "#",
            "ß",
        ),
        *("NA", "nan", "-inf", "1e999", "\U0001d518", "e\u0301", "\u202e", "{", "[", "<html>", "column_2", "x" * 300),
        *(
            b"\xff",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xe2\x82",
            b"\xff\xfe",
            b"\xfe\xff",
            b"\xef\xbb\xbf",
        ),
    )
)
LONG = 131_072
"""The default limit of Python's csv for a cell; the reader allows more."""
_MAX_TWICE = 1 << 20
"""Bytes of a text that is read twice: a second is enough for one reading of a longer one."""
_OPTIONS = ("--no-header", "--skip-rows", "--delimiter", "commas or tabs")
"""Words of a refusal that says how the text is read otherwise."""
BLOCKS = (content.BLOCK, 32, 48, 100)
"""Sizes of the blocks that a file is read in: small ones end within cells, quotes, line ends and characters."""


@dataclass(frozen=True)
class Case:
    """Bytes, the name of the file, its delimiter or None, and the block size."""

    data: bytes
    name: str
    delimiter: str | None
    block: int = content.BLOCK


class _Named(io.BytesIO):
    """A file with a name, for its suffix."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def target() -> Target[Case]:
    """Return the target: `InputError`, or the table of Python's csv in strict mode, within a second."""
    return Target("csv", ".csv", draw, check, lambda case: case.data)


def draw(random_: random.Random, _number: int) -> Case:
    """Draw a seed with a few changes; one in 2000 has a cell above the default limit of csv, or about a block long."""
    data = bytearray(random_.choice(SEEDS))
    if random_.random() < 0.1:
        data = splice(bytes(data), random_.choice(SEEDS), random_)
    for _ in range(random_.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        random_.choice(_CHANGES)(data, random_)
    if random_.random() < 0.0005:
        place = random_.randrange(len(data) + 1)
        data[place:place] = b"x" * random_.choice((LONG, LONG + 1, content.BLOCK - random_.randrange(64)))
    name = random_.choice(("t.csv", "t.csv", "t.csv", "t.txt", ""))
    block = random_.choice(BLOCKS)
    # A delimiter is guessed from the first block alone, which then has to contain the header.
    guessed = (None, None) if len(data) <= block else ()
    return Case(bytes(data), name, random_.choice((*guessed, ",", ";", "\t", "|", ":", "é")), block)


def check(case: Case) -> bool:
    """Return whether a text is accepted if its first line is the header and all others are rows; raise if it is wrong.

    The same text is read without saying so too, and may then be read otherwise, in words.
    """
    expected = expected_table(case.data, case.delimiter)
    whole, content.BLOCK = content.BLOCK, case.block
    try:
        if len(case.data) <= _MAX_TWICE:
            _check_without_options(case, expected)
        frame = read_table(_Named(case.data, case.name), delimiter=case.delimiter, header=True)
    except InputError as error:
        if expected is not None and not _may_be_foreign(case):
            raise CheckFailed(f"a valid table is refused: {error}") from error
        _check_words(str(error))
        return False
    finally:
        content.BLOCK = whole
    if expected is None or expected != (frame.columns, frame.rows()):
        raise CheckFailed(f"read as {frame.columns} {frame.rows()}, expected {expected}")
    return True


def _check_without_options(case: Case, expected: tuple[list[str], Rows] | None) -> None:
    """Check that a text is read as expected, or otherwise with a warning or a refusal that names the option."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = read_table(_Named(case.data, case.name), delimiter=case.delimiter)
        except InputError as error:
            _check_words(str(error))
            # A text of one column may have another delimiter below its first line.
            is_table = expected is not None and case.delimiter is not None and not _may_be_foreign(case)
            if is_table and not any(word in str(error) for word in _OPTIONS):
                raise CheckFailed(f"a valid table is refused without an option: {error}") from error
            return
    for warning in caught:
        _check_words(str(warning.message))
    if expected is None or _is_json(case) or case.delimiter is None:
        return
    names, rows = expected
    is_said = any("without a name" not in str(warning.message) for warning in caught)
    if not is_said and (names, rows) != (frame.columns, frame.rows()):
        raise CheckFailed(f"read as {frame.columns} {frame.rows()} without a word, expected {expected}")
    if not {*frame.rows()} <= {row[: frame.width] for row in rows}:
        raise CheckFailed(f"read as {frame.rows()}, which are no rows of {expected}")


def _token(data: bytearray, random_: random.Random) -> None:
    place = random_.randrange(len(data) + 1)
    data[place:place] = random_.choice(TOKENS)


def _token_over(data: bytearray, random_: random.Random) -> None:
    token = random_.choice(TOKENS)
    place = random_.randrange(len(data) + 1)
    data[place : place + len(token)] = token


def _other_delimiter(data: bytearray, random_: random.Random) -> None:
    one, other = (each.encode() for each in random_.sample(DELIMITERS, 2))
    data[:] = data.replace(one, other, random_.choice((-1, 1, 2)))


def _other_line_end(data: bytearray, random_: random.Random) -> None:
    one, other = random_.sample((b"\n", b"\r\n", b"\r"), 2)
    data[:] = data.replace(one, other, random_.choice((-1, 1, 2)))


_CHANGES = (*EDITS, _token, _token, _token, _token_over, _other_delimiter, _other_line_end)


def _is_json(case: Case) -> bool:
    """Return whether a file without a name is JSON by its first character, and not delimited text."""
    return not case.name and case.data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x0b\x0c\0").startswith((b"{", b"["))


def _may_be_foreign(case: Case) -> bool:
    start = case.data.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return case.data.startswith(FOREIGN) or start.startswith((b"<html", b"<!doctype")) or _is_json(case)


def _check_words(message: str) -> None:
    """Check that a message is short and contains no control characters."""
    if len(message) > 20_000:
        raise CheckFailed(f"the message has {len(message)} characters")
    control = [
        character
        for character in message
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    ]
    if control:
        raise CheckFailed(f"the message contains {control}")
