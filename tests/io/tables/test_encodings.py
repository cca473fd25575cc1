# ruff: noqa: RUF001 - letters of all scripts
import pytest

from demarcate.errors import InputError
from demarcate.io.tables.encodings import guess_encoding
from demarcate.io.tables.text import decode_blocks

TEXTS = [
    ("cp1252", "alter;ort;preis\n47;Köln;5 €\n33;Genève;“x”\n"),
    ("latin-1", "name,city\nSørensen,Århus\n"),
    ("latin-1", "id,wert\n1,5 µg\n2,3 °C\n"),
    ("latin-1", "produto;preço\nmaçã;3\npão;2\n"),
    ("latin-1", "a,b\n1,São Paulo\n2,Málaga\n"),
    ("cp1250", "imie,miasto\nMałgorzata,Łódź\nPaweł,Kraków\n"),
    ("cp1250", "jmeno;mesto\nJiří;Plzeň\nŽofie;Děčín\n"),
    ("cp1250", "nev;varos\nGyőző;Győr\nÁrpád;Hódmezővásárhely\n"),
    ("cp1251", "имя,город\nАнна,Москва\nПётр,Казань\n"),
    ("koi8-r", "имя,город\nАнна,Москва\nПётр,Казань\n"),
    ("cp866", "имя,город\nАнна,Москва\nПётр,Казань\n"),
    ("cp1253", "όνομα,πόλη\nΜαρία,Αθήνα\n"),
    ("cp1254", "ad,şehir\nIşık,İstanbul\nAyşe,Muğla\n"),
    ("cp1255", "שם,עיר\nדוד,תל אביב\n"),
    ("cp1256", "اسم,مدينة\nمحمد,القاهرة\n"),
    ("shift_jis", "名前,都市\n田中,東京\n山田さん,大阪\n"),
    ("gb18030", "姓名,城市\n王伟,北京\n李娜,上海\n"),
    ("gb18030", "年龄,购买\n34,是\n22,否\n"),
    ("big5", "姓名,城市\n王偉,台北\n李娜,高雄\n"),
    ("euc_kr", "이름,도시\n김철수,서울\n박영희,부산\n"),
    ("cp850", "alter;ort\n47;Köln\n33;Genève\n44;Düsseldorf\n"),
    ("mac-roman", "alter;ort\n47;Köln\n33;Genève\n44;Düsseldorf\n"),
    ("utf-16-le", "alter,wert\n47,Köln\n"),
    ("utf-16-le", "名前,都市\n田中,東京\n"),
    ("utf-16-be", "alter,wert\n47,Köln\n"),
    ("utf-32-le", "alter,wert\n47,Köln\n"),
]


@pytest.mark.parametrize(("encoding", "text"), TEXTS)
def test_the_encoding_that_makes_text_of_bytes_is_guessed(encoding, text):
    data = text.encode(encoding)
    place = next(place for place, byte in enumerate(data) if byte > 127 or not byte)
    guess = guess_encoding(data, place)
    assert guess is not None
    assert data.decode(guess.encoding) == text
    assert guess.cell in text


@pytest.mark.parametrize("data", [b"a,b\n\xff\xfe\xfd\x81\x8d,1\n", bytes(range(128, 256)) * 3])
def test_bytes_of_no_text_have_no_encoding(data):
    assert guess_encoding(data, 4) is None


def message(data, encoding=None, size=1000):
    with pytest.raises(InputError) as refusal:
        list(decode_blocks([data[at : at + size] for at in range(0, len(data), size)], "a.csv", encoding))
    return str(refusal.value)


def test_the_message_shows_the_cell_as_it_would_read():
    said = message("alter,ort\n47,Köln\n33,Genève\n".encode("latin-1"))
    assert said.startswith("'a.csv' line 2 is not utf-8 text: byte 14 of the file is 0xF6. Read as latin-1 the cell is")
    assert said.endswith("'Köln': if that is right, give encoding='latin-1' (--encoding latin-1).")


def test_a_text_of_two_bytes_a_character_is_recognised_by_its_zeros():
    assert "Read as utf-16-le the cell is 'a'" in message("a,b\n1,2\n".encode("utf-16-le"))
    assert "Read as utf-16-be the cell is 'größe'" in message("größe,b\n1,2\n".encode("utf-16-be"))


def test_an_encoding_that_is_wrong_is_not_advised_again():
    assert "--encoding cp932" not in message("a,b\n1,\u00e4\n".encode("latin-1"), "cp932")


def test_one_broken_byte_in_utf8_is_said_to_be_one():
    text = "stadt\nKöln\nMünchen\n".encode()
    assert "All but 1 byte of what was read is UTF-8" in message(text + b"Z\xfcrich\n")
    assert "All but 1 byte" in message(text * 100 + b"Z\xfcrich\n", size=50)


def test_a_text_that_ends_within_a_character_is_said_to_be_cut():
    assert "the file ends within a character. Copy or download" in message("stadt\nKöln\nMü".encode()[:-1])


def test_a_zero_among_text_is_no_encoding():
    assert message(b"a,b\n1,\0\n").endswith("Check that the file is a text file, or remove the character.")


def test_a_long_line_takes_no_longer_than_others():
    guess = guess_encoding(b"a,b\n\xf6," + b"x" * 4_000_000, 4)
    assert guess is not None
    assert guess.encoding == "latin-1"
