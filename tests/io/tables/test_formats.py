import io
import zipfile

import pytest

from demarcate.errors import InputError
from demarcate.io.tables.content import Content
from demarcate.io.tables.formats import detect_format

BY_SUFFIX = {
    "delimited": [".csv", ".txt", ".data", ".tsv", ".tab"],
    "json lines": [".jsonl", ".ndjson"],
    "parquet": [".parquet", ".pq"],
    "arrow": [".arrow", ".feather", ".ipc"],
}


@pytest.mark.parametrize(("expected", "suffix"), [(name, s) for name, suffixes in BY_SUFFIX.items() for s in suffixes])
def test_extension_decides(expected, suffix):
    assert detect_format(Content("table", suffix, b"anything")) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"PAR1...", "parquet"),
        (b"ARROW1\0\0", "arrow"),
        (b"\xff\xff\xff\xff\xa8\0\0\0", "arrow"),
        (b' \n\r\n {"a": 1}', "json lines"),
        (b'\xef\xbb\xbf{"a": 1}', "json lines"),
        ('{"a": 1}'.encode("utf-16"), "json lines"),
        ("a,b".encode("utf-16"), "delimited"),
        (b"a,{\n", "delimited"),
        (b"\n\n", "delimited"),
    ],
)
@pytest.mark.parametrize("suffix", ["", ".dat", ".json"])
def test_content_decides_where_the_extension_says_nothing(data, expected, suffix):
    assert detect_format(Content("table", suffix, data)) == expected


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x03\x04", "a zip archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"<!doctype HTML>", "a web page"),
        (b"  <html lang='en'>", "a web page"),
        (b"%PDF-1.7", "a PDF document"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", "", ".jsonl"])
def test_well_known_other_things_are_refused_by_name(data, kind, suffix):
    with pytest.raises(InputError, match=f"'table' is {kind}"):
        detect_format(Content("table", suffix, data))


@pytest.mark.parametrize("data", [b'[{"a": 1}]', b"\xef\xbb\xbf\n[\n  {", b"[[1, 2]]"])
@pytest.mark.parametrize("suffix", ["", ".json"])
def test_json_array_is_refused(data, suffix):
    with pytest.raises(InputError, match=r"'table' is one JSON array, not JSON lines. Write one object on each line"):
        detect_format(Content("table", suffix, data))


@pytest.mark.parametrize(("data", "kind"), [(b"PAR1", "parquet"), (b"ARROW1", "arrow")])
def test_binary_table_with_a_text_name_is_refused(data, kind):
    with pytest.raises(
        InputError, match=rf"holds {kind.title()} data, but text files end in \.csv\. Rename it to end in \.{kind}"
    ):
        detect_format(Content("table.csv", ".csv", data))


def archive(*members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members:
            packed.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "suffix", "words"),
    [
        (
            archive(("[Content_Types].xml", "x"), ("xl/workbook.xml", "x")),
            "",
            ("an Excel workbook (.xlsx)", "In Excel"),
        ),
        (archive(("other", "x")), ".xlsx", ("an Excel workbook (.xlsx)", "pandas.read_excel")),
        (
            archive(("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "x")),
            ".ods",
            ("an OpenDocument workbook (.ods)", "In LibreOffice"),
        ),
        (archive(("word/document.xml", "x")), ".docx", ("a Word document", "as CSV")),
        (archive(("data/table.csv", "a,b")), ".zip", ("a zip archive that begins with 'data/table.csv'", "Unpack it")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", ".xls", ("an old Excel workbook (.xls)", "In Excel, save it as 'CSV UTF-8'")),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', ".xml", ("an Excel workbook in XML",)),
        (b"<html><table>", ".xls", ("a web page named like a workbook", "In Excel")),
        (b"$FL2@(#) SPSS", ".sav", ("an SPSS file", "pandas.read_spss")),
        (b"<stata_dta><header>", ".dta", ("a Stata file", "read_stata")),
        (b"RDX3\nX\n", ".rda", ("R data", "write.csv")),
        (b"\x80\x04\x95abc", ".pkl", ("a Python pickle, which is never opened",)),
        (b"7z\xbc\xaf'", ".7z", ("a 7z archive", "Unpack it")),
    ],
)
def test_files_of_other_programs_are_refused_with_the_way_out(data, suffix, words):
    with pytest.raises(InputError) as refusal:
        detect_format(Content("table", suffix, data))
    assert [word for word in words if word not in str(refusal.value)] == []


def test_tab_separated_text_named_like_a_workbook_is_read():
    assert detect_format(Content("table.xls", ".xls", b"a\tb\n1\t2\n")) == "delimited"
