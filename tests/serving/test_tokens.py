import pytest

from demarcate.errors import InputError
from demarcate.serving.tokens import Tokens

OLD, NEW = "the-old-token-of-16", "the-new-token-of-16"


def test_each_line_of_the_file_is_a_token(tmp_path):
    path = tmp_path / "token"
    path.write_text(f"{OLD}\n\n  {NEW}\r\n")
    tokens = Tokens.read(str(path))
    assert tokens.admits_header(f"Bearer {OLD}")
    assert tokens.admits_header(f"bearer  {NEW} ")
    for other in (f"Basic {OLD}", OLD, "Bearer", "", f"Bearer {OLD[:-1]}", "Bearer ä"):
        assert not tokens.admits_header(other)


@pytest.mark.parametrize(
    ("content", "fact"),
    [(b"", "is empty"), (b"\n \n", "is empty"), (b"short\n", "fewer than 16"), (b"a" * 20 + b" b", "a blank"),
     (b"\xff" * 30, "no ASCII text")],
)  # fmt: skip
def test_a_file_without_a_usable_token_is_refused_without_quoting_it(tmp_path, content, fact):
    path = tmp_path / "token"
    path.write_bytes(content)
    with pytest.raises(InputError, match=fact) as caught:
        Tokens.read(str(path))
    assert "short" not in str(caught.value)
    assert "a" * 20 not in str(caught.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="No such file"):
        Tokens.read(str(tmp_path / "none"))
    with pytest.raises(InputError, match="could not be read"):
        Tokens.read(str(tmp_path))


def test_a_token_is_never_shown():
    assert OLD not in repr(Tokens((OLD,)))
