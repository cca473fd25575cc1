"""Tables as many tools export them: what is read, and the one sentence on what is not."""

import io
import warnings

import pytest

from demarcate.errors import InputError, InputWarning
from demarcate.io.tables import read_table

NAMES = "alter,wert,stadt,kauf\n"
CELLS = [
    [f"{20 + i % 40}.{i % 10}", f"{i % 7}.{i:02d}", ["Köln", "Ulm", "Bonn"][i % 3], ["ja", "nein"][i * 7 % 5 < 2]]
    for i in range(30)
]
ROWS = "".join(",".join(row) + "\n" for row in CELLS)
TABLE = NAMES + ROWS
COLUMNS = ["alter", "wert", "stadt", "kauf"]


def semicolons(text):
    return text.replace(",", ";")


def tabs(text):
    return text.replace(",", "\t")


def boxed(text, start="| ", end=" |\n"):
    return "".join(f"{start}{line.replace(',', ' | ')}{end}" for line in text.splitlines())


def numbered(text, start=1, delimiter=","):
    return "".join(f"{number}{delimiter}{line}\n" for number, line in enumerate(text.splitlines(), start=start))


def after_10(line):
    lines = TABLE.splitlines(keepends=True)
    return "".join([*lines[:11], line, *lines[11:]])


BOX = "+-------+------+-------+------+\n"
READ = {
    "key and value lines of the table's delimiter": (
        "Instrument,HPLC-3\nOperator,X\nDate,2026-03-01\n\n" + TABLE,
        "lines 1 to 3 ('Instrument,HPLC-3', 'Operator,X' and 1 more) come before the table",
    ),
    "key and value lines right above": ("Instrument: HPLC-3\nOperator: X\n" + TABLE, "the header is line 3"),
    "titles with commas": ("Report: A, B\nRun, 1, 2\n\n" + TABLE, "the header is line 4"),
    "titles that Excel padded": ("Bericht,,,\nVon: X,,,\n,,,\n" + TABLE, "the header is line 4"),
    "sections of a sequencer": ("[Header],,,\nWho,Me,,\n[Data],,,\n" + TABLE, "the header is line 4"),
    "a plate reader": ("Plate 1\nWavelength: 450 nm\n\n" + tabs(TABLE), "the header is line 4"),
    "DATEV": ('"EXTF";700;21;"Buchungsstapel";12;2026;;"RE";"";"";1\n' + semicolons(TABLE), "the header is line 2"),
    "Excel in Germany": (
        "sep=;\r\n" + semicolons(TABLE).replace("\n", "\r\n"),
        "line 1 ('sep=;') names the delimiter and is left out",
    ),
    "Excel with a mark": ("\ufeffsep=;\r\n" + semicolons(TABLE).replace("\n", "\r\n"), "names the delimiter"),
    "sep in quotes": ('"sep=;"\n' + semicolons(TABLE), "names the delimiter"),
    "sep of a tab": ("sep=\\t\n" + tabs(TABLE), "names the delimiter"),
    "a total of Excel": (semicolons(TABLE) + "Summe;;;30\r\n", "line 32 ('Summe;;;30') comes after the rows"),
    "a total over numbers": (semicolons(TABLE) + "Gesamt;123,4;;\n", "line 32"),
    "a mean and a deviation": (TABLE + "Mean,33.2,,\nStd,2.1,,\n", "lines 32 to 33"),
    "a padded count": (TABLE + "Total rows: 30,,,\n", "line 32"),
    "a count": (TABLE + "n = 30\n", "line 32 ('n = 30')"),
    "a page number": (TABLE + "\nPage 1 of 1\n", "line 33"),
    "a remark of two cells": (TABLE + "\nMeasured by X, checked by Y\n", "line 33"),
    "notes": (TABLE + "\nNotes:\n- value in mg/l\n- measured twice\n", "lines 33 to 35"),
    "quotes in a title": ('"Report ""A"" of 5" screens"\n' + TABLE, "line 1"),
    "comments of other tools": ("% LabSoft\n// v1, v2\n" + TABLE, "lines 1 to 2"),
    "a title above commas in numbers": (
        "Messung 3\n\n" + "".join(f"{';'.join(row)}\n" for row in [COLUMNS, *CELLS]),
        "the header is line 3",
    ),
    "a copyright": (TABLE + "© LabSoft 2026\n", "line 32"),
    "a source": (TABLE + "Quelle: Statistisches Bundesamt, Wiesbaden\n", "line 32"),
    "an end": (TABLE + "-- end of file --\n", "line 32"),
    "a footnote of SPSS": (tabs(TABLE) + "\n\na. Weighted by pop\n", "line 34"),
    "the end of a file of DOS": (TABLE + "\x1a", "line 32"),
    "empty rows": (TABLE + ",,,\n,,,\n", "lines 32 to 33"),
    "Google Analytics": ("# ---\n# All Web Site Data\n# 2016\n# ---\n\n" + TABLE, "the header is line 6"),
    "psql": (
        boxed(NAMES, " ", "\n") + "-------+------+-------+------\n" + boxed(ROWS, " ", "\n") + "(30 rows)\n",
        "line 2 is a ruler and is left out",
    ),
    "sqlcmd": (NAMES + "-----,----,-----,----\n" + ROWS + "\n(30 rows affected)\n", "line 2 is a ruler"),
    "a comment": (after_10("# recalibrated, at 10:30\n"), "line 12 ('# recalibrated, at 10:30') is left out"),
    "a comment as wide as the table": (after_10("# a, b, c, d\n"), "line 12 ('# a, b, c, d') is left out"),
    "comments with quotes": (after_10('# 5" "pipe\n#"\n'), "lines 12, 13"),
    "units in brackets": (NAMES + "[Jahre],[mg/l],,\n" + ROWS, "line 2 holds units ('[Jahre]', '[mg/l]')"),
    "one unit": (NAMES + ",(kg),,\n" + ROWS, "line 2 holds units ('(kg)')"),
    "units as words": (NAMES + "years,mg/l,-,-\n" + ROWS, "line 2 holds units"),
    "types and units": (NAMES + "float,float,str,str\nyears,mg/l,-,-\n" + ROWS, "line 3 holds units"),
    "Orange": (tabs(NAMES + "continuous,continuous,discrete,discrete\n,,,class\n" + ROWS), "line 3 holds roles"),
    "questions below their numbers": (NAMES + "How old?,How much?,Where?,Bought?\n" + ROWS, "line 2 holds words"),
    "a header that repeats": (after_10(NAMES), "line 12 ('alter,wert,stadt,kauf') is left out as the header again"),
    "a delimiter too many in the header": (NAMES.replace("\n", ",\n") + ROWS, "line 1, the header, ends in"),
    "a delimiter too many in rows": (NAMES + ROWS.replace("\n", ",\n"), "rows such as line 2 end in a delimiter"),
    "a delimiter too many": (TABLE.replace("\n", ";\n").replace(",", ";"), "the lines end, like line 1, in"),
    "empty columns and rows of Excel": (TABLE.replace("\n", ",,\n") + ",,,,,\n", "the lines end, like line 1, in"),
    "a title with the wrong delimiter": ("Bericht, Version 2\n" + semicolons(TABLE), "the header is line 2"),
    "a header behind a hash": ("# " + TABLE, "line 1, the header, begins with '#'"),
}
"""Texts that are read as `TABLE`, and a part of the warning."""

OTHER = {
    "R": (
        '"alter" "wert"\n' + "".join(f'"{n}" {a} {b}\n' for n, (a, b, *_) in enumerate(CELLS, start=1)),
        ["column_1", "alter", "wert"],
        ("1", "20.0", "0.00"),
        "has one name less than rows have cells",
    ),
    "R with tabs": (
        tabs(NAMES) + tabs(numbered(ROWS)),
        ["column_1", *COLUMNS],
        ("1", "20.0", "0.00", "Köln", "nein"),
        "the first column is row names and is called 'column_1'",
    ),
    "R with names of cars": (
        tabs(NAMES) + tabs("".join(f"Car {chr(65 + n % 26)}{n},{line}\n" for n, line in enumerate(ROWS.splitlines()))),
        ["column_1", *COLUMNS],
        ("Car A0", "20.0", "0.00", "Köln", "nein"),
        "row names",
    ),
    "write.csv of R": (
        '"",' + NAMES + numbered(ROWS),
        ["column_1", *COLUMNS],
        ("1", "20.0", "0.00", "Köln", "nein"),
        "columns without a name",
    ),
    "an index of pandas": (
        "," + NAMES + numbered(ROWS, 0),
        ["column_1", *COLUMNS],
        ("0", "20.0", "0.00", "Köln", "nein"),
        "columns without a name",
    ),
    "MySQL": (
        BOX + boxed(NAMES) + BOX + boxed(ROWS) + BOX + "30 rows in set (0.00 sec)\n",
        ["column_1", *COLUMNS],
        (None, " 20.0 ", " 0.00 ", " Köln ", " nein "),
        "line 3 is a ruler",
    ),
    "SAP": (
        "01.03.2026   Dynamische Liste   1\n" + "-" * 30 + "\n" + boxed(NAMES, "|", "|\n") + boxed(ROWS, "|", "|\n"),
        ["column_1", *COLUMNS],
        (None, "20.0 ", " 0.00 ", " Köln ", " nein"),
        "lines 1 to 2",
    ),
    "VCF": (
        "##fileformat=VCFv4.2\n##source=x,y\n#CHROM\tPOS\n1\t100\n1\t101\n2\t102\n",
        ["#CHROM", "POS"],
        ("1", "100"),
        "lines 1 to 2",
    ),
    "a subtotal": (
        after_10("Zwischensumme,12,,\n"),
        COLUMNS,
        tuple(CELLS[0]),
        "line 12 ('Zwischensumme,12,,') is read as a row, but may be a total",
    ),
    "a total without a word": (TABLE + ',,"1,234",\n', COLUMNS, tuple(CELLS[0]), "read as a row, but may be a total"),
}
"""Texts that are read otherwise: names, the first row, a part of a warning."""

CLEAN = {
    "commas": TABLE,
    "semicolons": semicolons(TABLE),
    "decimal commas": semicolons(TABLE).replace(".", ","),
    "numbers of pandas as names": "0,1,2,3\n" + ROWS,
    "years": "land,2019,2020\n" + "".join(f"L{i},{i * 3.1},{i * 2}\n" for i in range(20)),
    "years alone": "2019,2020\n" + "".join(f"{i * 3.1},{i * 2}\n" for i in range(20)),
    "wavelengths": "400,402.5,405,407.5,410\n"
    + "".join(f".{i % 3},.{i % 5},.{i % 4},.{7 - i % 3},.2\n" for i in range(20)),
    "dates as names": "Province,1/22/20,1/23/20\n" + "".join(f"P{i},{i},{i + 3}\n" for i in range(20)),
    "a name with a hash": "#" + TABLE,
    "rows that begin with a hash": "id,x\n#1,2\n#2,3\n#3,4\n",
    "error values": "x,y\n1,2\n#DIV/0!,3\n2,4\n3,4\n",
    "a first row that lacks numbers": NAMES + "n.d.,<0.3,Köln,ja\n" + ROWS,
    "a first row with an odd cell": NAMES + "kaputt,1.0,Köln,ja\n" + ROWS,
    "a category called Total": "os,n,y\n" + "".join(f"{('Linux', 'Total')[i % 2]},{i},a\n" for i in range(20)),
    "names in the first column": 'id,name,age\n1,"Braund, Owen",22\n2,"Cumings, F",38\n3,"Heik, L",26\n',
    "one column": "x\n1\n2\n3\n",
    "one column of words": "text\nHello world\nGood day\n",
    "rows of words, then numbers": "x,y\n"
    + "abc,no\n" * 3
    + "".join(f"{i},{'no' if i % 2 else 'yes'}\n" for i in range(20)),
    "words alone": "a,b\n" + "".join(f"{'xy'[i % 2]},{'pq'[i % 3 > 1]}\n" for i in range(20)),
    "colours": "colour,x\n#ff0000,1\n#00ff00,2\n#0000ff,3\n",
    "a colour among words": "colour,x\nred,1\n#00ff00,2\nblue,3\n",
    "one row": "a,b\n1,x\n",
    "one row without cells": "a,b\n,\n",
}
"""Texts that are read without a word."""

REFUSED = {
    "no header": (ROWS, ("line 1 is a row like those below it", "'20.0', '0.00', 'Köln', 'nein'", "--no-header")),
    "no header above whole numbers": (
        "".join(f"{i % 5},{i * 3 % 7},{i % 2}\n" for i in range(1, 31)),
        ("line 1 is a row",),
    ),
    "no header above words": ("".join(f"{'pxst'[i % 4]},{'ab'[i % 2]}\n" for i in range(30)), ("line 1 is a row",)),
    "no header above flowers": (
        "5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n" * 5 + "7.0,3.2,4.7,1.4,versicolor\n" * 5,
        ("line 1 is a row",),
    ),
    "no header above dates": ("".join(f"2024-01-{i:02d},{'ab'[i % 2]}\n" for i in range(1, 29)), ("line 1 is a row",)),
    "titles and no header": ("Report X\nOp: Y\n\n" + ROWS, ("--skip-rows 3 --no-header", "line 4 is a row")),
    "a row that is cut off": (TABLE + "48.8,2.8", ("1 row not as wide as the header", "line 32 (data row 31) has 2")),
    "a word that is cut off": ("stadt,wert\nKöln,1\nUlm,2\nBo", ("line 4 (data row 3) has 1",)),
    "thousands without quotes": (NAMES + "1,234,2.5,Ulm,ja\n" * 30, ("30 rows not as wide", "--skip-rows N")),
    "a row that begins with a hash": ("tag,x\nred,1\n#foo,2,3\nblue,3\n", ("line 3 (data row 2) has 3",)),
    "an only column or a title": ("tags\na;b\nc;d\n", ("line 1 ('tags')", "--skip-rows 1", "--header")),
    "two tables": (TABLE + "\n" + "x,y\n1,2\n" * 15, ("30 rows not as wide", "line 33")),
    "columns of spaces": ("".join(f"{i}.0   {i % 8}   300.0\n" for i in range(9)), ("3 words on every line",)),
}
"""Texts that are refused, and parts of the message, which is one problem."""


def read(text, **options):
    return read_table(io.BytesIO(text.encode()), **options)


@pytest.mark.parametrize("name", READ)
def test_lines_that_are_no_rows_are_left_out_with_a_sentence(name):
    text, sentence = READ[name]
    with pytest.warns(InputWarning) as caught:
        frame = read(text)
    assert sentence in str(caught[0].message)
    assert frame.columns == COLUMNS
    assert [[cell.strip() for cell in row] for row in frame.rows()] == CELLS


@pytest.mark.parametrize("name", OTHER)
def test_tables_have_the_names_and_rows_that_a_person_sees(name):
    text, columns, first, sentence = OTHER[name]
    with pytest.warns(InputWarning) as caught:
        frame = read(text)
    assert sentence in "\n".join(str(warning.message) for warning in caught)
    assert [column.strip() for column in frame.columns] == columns
    assert frame.row(0) == first
    assert frame.height >= len(text.splitlines()) - 7


@pytest.mark.parametrize("name", CLEAN)
def test_clean_tables_are_read_without_a_word(name):
    text = CLEAN[name]
    frame = read(text)
    assert frame.equals(read(text, header=True))
    assert frame.height == len(text.splitlines()) - 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_in_doubt_is_refused_as_one_problem(name):
    text, words = REFUSED[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as refusal:
            read(text)
    assert len(refusal.value.problems) == 1
    assert [word for word in words if word not in str(refusal.value)] == []


def test_lines_of_spaces_are_blank():
    assert read(f"{NAMES}   \n{ROWS}  \n").height == 30


def test_key_and_value_lines_of_a_table_of_two_columns_are_parted_by_a_blank_line():
    rows = "".join(f"{i}.5,{'ab'[i % 2]}\n" for i in range(30))
    with pytest.warns(InputWarning, match="the header is line 4"):
        assert read("Operator,X\nDate,2026\n\nx,y\n" + rows).columns == ["x", "y"]


def test_without_a_header_columns_are_numbered():
    frame = read(ROWS, header=False)
    assert frame.columns == ["column_1", "column_2", "column_3", "column_4"]
    assert list(map(list, frame.rows())) == CELLS


def test_lines_before_the_header_are_skipped_without_a_word():
    frame = read("Report\n\na title, of two cells\n" + TABLE, skip_rows=3)
    assert (frame.columns, frame.height) == (COLUMNS, 30)
    frame = read("Report\nOp: X\n" + ROWS, skip_rows=2, header=False)
    assert frame.height == 30


def test_skipping_no_line_makes_the_first_the_header():
    frame = read(ROWS, skip_rows=0)
    assert frame.columns == CELLS[0]


def test_a_header_by_order_makes_all_lines_rows():
    text = TABLE + "Summe,,,30\n# a,b,c,d\n"
    assert read(text, header=True).height == 32


def test_skipping_every_line_is_refused():
    with pytest.raises(InputError, match="has nothing after the 40 lines that skip_rows leaves out"):
        read(TABLE, skip_rows=40)
