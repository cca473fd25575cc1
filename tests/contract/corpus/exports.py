"""Files as tools export them: lines that are neither a header nor rows."""

from collections.abc import Mapping

from cases import Accepted, Case, Reading, category, file_refused, number

_NAMES = "wert;stadt;y\n"
_ROWS = "47.5;Ulm;no\n40.5;Bonn;yes\n50.5;Ulm;no\n58.5;Bonn;yes\n"
_COLUMNS = {"wert": number(47.5, 40.5, 50.5, 58.5), "stadt": category("Ulm", "Bonn", "Ulm", "Bonn")}


def _read(name: str, text: str, *warnings: str, columns: Mapping[str, Reading] = _COLUMNS) -> Case:
    """Return a case of an accepted file that no other form of a table can express."""
    apart = {"--row": "a row has no other lines"}
    return Case(name, Accepted(columns, warnings), files={"csv": text.encode()}, apart=apart)


_KEPT = f"{_NAMES}{_ROWS}"

TAKEN = (
    _read("a line that names the delimiter", f"sep=;\n{_KEPT}", "line 1 ('sep=;') names the delimiter"),
    _read(
        "a line that names the delimiter behind a mark of UTF-8",
        f"\ufeffsep=;\r\n{_KEPT}",
        "line 1 ('sep=;') names the delimiter",
    ),
    _read(
        "titles before the header",
        f"Bericht vom 1. März, v2\nGerät: X\n\n{_KEPT}",
        "lines 1 to 2 ('Bericht vom 1. März, v2', 'Gerät: X') come before the table",
        "the header is line 4",
        "--skip-rows N",
    ),
    _read("titles padded with delimiters", f"Bericht;;\nGerät;;\n;;\n{_KEPT}", "lines 1 to 3", "the header is line 4"),
    _read("comments before the header", f"# LabSoft; 4.2\n#\n{_KEPT}", "lines 1 to 2", "the header is line 3"),
    _read(
        "comments between the rows",
        f'{_NAMES}47.5;Ulm;no\n40.5;Bonn;yes\n# new probe\n50.5;Ulm;no\n# and "again\n58.5;Bonn;yes\n',
        "lines 4, 6 ('# new probe') are left out as comments",
    ),
    _read("units below the header", f"{_NAMES}[mg/l];;\n{_ROWS}", "line 2 holds units ('[mg/l]')"),
    _read("units without brackets", f"{_NAMES}kg;-;-\n{_ROWS}", "line 2 holds units ('kg', '-', '-')"),
    _read("types below the header", f"{_NAMES}float;string;string\n{_ROWS}", "line 2 holds types"),
    _read("a ruler below the header", f"{_NAMES}-----;-----;---\n{_ROWS}", "line 2 is a ruler"),
    _read(
        "a table drawn by psql",
        " wert | stadt | y \n------+-------+-----\n 47.5 | Ulm | no\n 40.5 | Bonn | yes\n 50.5 | Ulm | no\n"
        " 58.5 | Bonn | yes\n(4 rows)\n\n",
        *("line 2 is a ruler", "line 7 ('(4 rows)') comes after the rows"),
    ),
    _read("a total at the end", f"{_KEPT}Total;;197\n", "line 6 ('Total;;197') comes after the rows"),
    _read("a remark at the end", f"{_KEPT}\nn = 4\n", "line 7 ('n = 4') comes after the rows"),
    _read("empty rows at the end", f"{_KEPT};;\n;;\n", "lines 6 to 7 (';;', ';;') come after the rows"),
    _read(
        "a header repeated between the rows", f"{_KEPT[:-15]}\n{_NAMES}{_KEPT[-14:]}", "left out as the header again"
    ),
    _read(
        "a delimiter too many on every row",
        _NAMES + _ROWS.replace("\n", ";\n"),
        "rows such as line 2 end in a delimiter too many",
    ),
    _read(
        "a delimiter too many in the header",
        f"wert;stadt;y;\n{_ROWS}",
        "line 1, the header, ends in a delimiter too many",
    ),
    _read(
        "a delimiter too many on every line",
        _KEPT.replace("\n", ";\n"),
        "the lines end, like line 1, in a delimiter too many",
    ),
    _read(
        "row names of R, which have no name",
        '"wert" "stadt" "y"\n"1" 47.5 "Ulm" "no"\n"2" 40.5 "Bonn" "yes"\n"7" 50.5 "Ulm" "no"\n"9" 58.5 "Bonn" "yes"\n',
        *("separated by spaces", "has one name less than rows have cells", "is called 'column_1'"),
        columns={"column_1": number(1, 2, 7, 9), **_COLUMNS},
    ),
)

_DATA = "47.4,6.02,Ulm,no\n40.7,4.57,Ulm,yes\n50.9,5.83,Bonn,no\n58.9,6.13,Bonn,yes\n"

REFUSED = (
    file_refused(
        "no header",
        "csv",
        _DATA.encode(),
        *("is a row like those below it", "line 1 ", "'47.4', '6.02', 'Ulm', 'no'", "--no-header", "--header"),
    ),
    file_refused(
        "titles and no header",
        "csv",
        f"Report\nOperator: X\n{_DATA}".encode(),
        *("2 lines before its table", "line 3", "is a row, not a header", "--skip-rows 2 --no-header"),
    ),
    file_refused(
        "a last row that is cut off",
        "csv",
        f"{_KEPT}4.5;Ul".encode(),
        *("not as wide as the header", "line 6 (data row 5) has 2"),
    ),
)

CASES = (*TAKEN, *REFUSED)
