"""Delimited text, damaged in every way, through the door for tables."""

import io
import random
import unicodedata
from dataclasses import dataclass

from demarcate.errors import InputError
from demarcate.io.tables import content, read_table
from fuzz.campaign import Broken, Target
from fuzz.csv_rules import DELIMITERS, FOREIGN, meant
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
"""The most characters of a cell for Python's csv, unless it is told otherwise: of a table's they may be more."""
BLOCKS = (content.BLOCK, 32, 48, 100)
"""Bytes that a file is read in at a time: small ones end within cells, quotes, line ends and characters."""


@dataclass(frozen=True)
class Case:
    """Bytes, how the file is called, the delimiter if one is named, and how many bytes are read at a time."""

    data: bytes
    name: str
    delimiter: str | None
    block: int = content.BLOCK


class _Named(io.BytesIO):
    """A file with a name, for its ending."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


def target() -> Target[Case]:
    """Refused with `InputError`, or read as Python's csv in strict mode reads it, within a second."""
    return Target("csv", ".csv", draw, holds, lambda case: case.data)


def draw(random_: random.Random, _number: int) -> Case:
    """A seed with a few changes; one in 2000 has a cell longer than csv takes by itself, or about a block long."""
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
    # A delimiter is guessed from the first block alone, which then has to hold the header.
    guessed = (None, None) if len(data) <= block else ()
    return Case(bytes(data), name, random_.choice((*guessed, ",", ";", "\t", "|", ":", "é")), block)


def holds(case: Case) -> bool:
    """Whether a text was taken, if rightly."""
    expected = meant(case.data, case.delimiter)
    whole, content.BLOCK = content.BLOCK, case.block
    try:
        frame = read_table(_Named(case.data, case.name), delimiter=case.delimiter)
    except InputError as error:
        if expected is not None and not _may_be_foreign(case):
            raise Broken(f"it is refused, and is a table: {error}") from error
        _check_words(str(error))
        return False
    finally:
        content.BLOCK = whole
    if not _is_json(case) and (expected is None or expected != (frame.columns, frame.rows())):
        raise Broken(f"it is read as {frame.columns} {frame.rows()}, and is {expected}")
    return True


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
    """Whether a file without a name is JSON by its first character, and no delimited text."""
    return not case.name and case.data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x0b\x0c\0").startswith((b"{", b"["))


def _may_be_foreign(case: Case) -> bool:
    start = case.data.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return case.data.startswith(FOREIGN) or start.startswith((b"<html", b"<!doctype")) or _is_json(case)


def _check_words(message: str) -> None:
    """A refusal is of some length and lets no control character through to a terminal."""
    if len(message) > 20_000:
        raise Broken(f"the message has {len(message)} characters")
    control = [
        character
        for character in message
        if unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
    ]
    if control:
        raise Broken(f"the message holds {control}")
