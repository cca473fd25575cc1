import pytest

from demarcate.errors import InputError, SettingError
from demarcate.io.tables.text import decode_blocks


def decode(data, encoding):
    return "".join(decode_blocks([data], "a.csv", encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_are_recognised_and_removed(encoding):
    assert decode("größe,名".encode(encoding), None) == "größe,名"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le", "utf-16", "utf-8-sig"])
def test_encoding_given_is_used(encoding):
    assert decode("größe".encode(encoding), encoding) == "größe"


def test_mark_is_removed_whatever_name_the_encoding_goes_by():
    assert decode(b"\xff\xfea\0", "utf-16-le") == "a"
    assert decode(b"\xef\xbb\xbfa", "utf-8") == "a"


@pytest.mark.parametrize(
    ("data", "line", "offset"),
    [
        (b"\xe9", 1, 0),
        (b"a,b\n1,\xe9\n", 2, 6),
        (b"a\r\nb\rc\n\xff", 4, 7),
        (b"\xef\xbb\xbfa\n\xe9", 2, 5),
    ],
)
def test_byte_that_is_no_text_is_named_with_line_and_offset(data, line, offset):
    with pytest.raises(
        InputError, match=rf"'a.csv' line {line} is not utf-8 text: byte {offset} of the file is 0x{data[offset]:02X}\."
    ):
        decode(data, None)


def test_cut_utf16_is_refused():
    with pytest.raises(InputError, match=r"'a.csv' line 2 is not utf-16 text: byte 6 of the file"):
        decode("a\nb".encode("utf-16")[:-1], None)


def test_remedy_names_the_option_and_the_argument():
    with pytest.raises(InputError, match=r"encoding='latin-1' \(--encoding latin-1\)"):
        decode(b"\xe9", None)


@pytest.mark.parametrize(("data", "line"), [(b"a,b\n1,\0\n", 2), (b"\0", 1), ("a\nb".encode("utf-16-le"), 1)])
def test_nul_character_is_named_with_its_line(data, line):
    with pytest.raises(InputError, match=f"'a.csv' line {line} has a NUL character"):
        decode(data, None)


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13", "a\0b", "idna"])
def test_unknown_encoding_is_refused(encoding):
    with pytest.raises(SettingError, match="encoding must be the name of a text encoding"):
        decode(b"a..b\xff", encoding)


def test_half_a_character_is_refused():
    with pytest.raises(InputError, match=r"'a.csv' line 2 holds half a character"):
        decode(b"a\n\\ud800", "unicode_escape")
