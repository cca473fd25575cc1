"""What a cell of a text file looks like, as far as it tells names, units and totals from rows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

Kind = Literal["missing", "number", "date", "word"]

_MISSING = frozenset(
    [
        *(
            "",
            "-",
            "--",
            "---",
            "\u2013",
            "\u2014",
            ".",
            "?",
            "na",
            "n/a",
            "#n/a",
            "<na>",
            "nan",
            "null",
            "none",
            "nil",
        ),
        *("missing", "n.d.", "nd", "n.a.", "k.a.", "k. a.", "unknown", "unbekannt", "\\n"),
    ]
)
_DATE = re.compile(r"\d{1,4}([-./])\d{1,2}\1\d{1,4}(?:[T ,].*)?|\d{4}-\d{2}")
_NUMBER = re.compile(
    r"""[-+\u2212(<>~]{0,2}\s?(?:[$€£¥]|[A-Z]{3}\s)?\s?   # sign, parenthesis, limit, currency
        (?:[.,]?\d[\d.,:'\u2019\s]*(?:[eE][-+]?\d+)?|inf(?:inity)?)
        \s?[-\u2212)%]?\s?[A-Za-zµ°€$£¥%/²³]{0,6}\)?""",
    re.VERBOSE | re.IGNORECASE,
)
_CLEAR_SHARE = 0.8
"""Share of a column's cells that are numbers, or dates, from which an odd cell among them does not matter."""
_MAX_CELLS = 20_000
_MIN_ROWS = 2

_UNIT = (
    r"%|‰|°[CF]?|[€$£¥]|EUR|USD|CHF|GBP|years?|yrs?|jahre?|ans|años|anni|months?|monate?|weeks?|wochen?|days?|tage?|"
    r"hours?|h|std|minutes?|mins?|seconds?|secs?|s|ms|[µu]s|ns|"
    r"[kmµunpcdMG]?(?:g|m|l|L|mol|M|V|A|W|J|N|Hz|Pa|bar|cal|eV|S|F|T|B|Wh|bit)|t|lbs?|oz|in|ft|mi|inch|K|C|"
    r"mmHg|psi|ppm|ppb|dB[a]?|rpm|U|IU|mU|kU|Ω|k?Ohm|cells?|counts?|units?|stk|pcs|pieces|score|points?|a\.?u\.?"
)
_UNITS = re.compile(
    rf"(?:10\^?\d+\s?/)?(?:1/)?(?:{_UNIT})(?:\^?-?[23²³])?(?:\s?[/*·.\s]\s?(?:{_UNIT})(?:\^?-?[23²³])?)*"
)
_BRACKETED = re.compile(r"\[[^\[\]]*\]|\([^()]*\)|<[^<>]*>|\{[^{}]*\}")
_TYPES = frozenset(
    [
        *(
            "continuous",
            "discrete",
            "nominal",
            "ordinal",
            "categorical",
            "category",
            "numeric",
            "number",
            "num",
            "real",
        ),
        *("float", "float64", "double", "decimal", "int", "int32", "int64", "integer", "bigint", "bool", "boolean"),
        *("string", "str", "text", "char", "varchar", "object", "date", "datetime", "timestamp"),
    ]
)
_ROLES = frozenset(("", "class", "meta", "ignore", "weight"))
"""What Orange writes of the columns below their types."""
_ERROR_VALUE = re.compile(r"#[A-ZÄÖÜ0-9/]+[!?]?")
_RULER = re.compile(r"[\s+|:;,_]*[-=_\u2500\u2501]{2,}[-=_+|:;,\s\u2500-\u257f]*")

_TOTALS = (
    r"(?:grand[\s-]*|sub[\s-]?|report[\s-]*)?totals?|total g[ée]n[ée]ral|totale|totaal|totaux|sums?|"
    r"(?:zwischen|gesamt)?summen?|"
    r"gesamt(?:ergebnis)?|insgesamt|somme|suma|soma|means?|averages?|avg|mittelwert|durchschnitt|moyenne|promedio|m[ée]dia|"
    r"median|std(?:\.?\s?dev\.?)?|stdev|anzahl|count|max(?:imum)?|min(?:imum)?|n|\u03a3|\u2211"
)
_TOTAL = re.compile(rf"\s*(?:{_TOTALS})\s*[:=]?\s*", re.IGNORECASE)
TOTAL_LIKE = rf"^[\s\x1c-\x1f]*(?i:{_TOTALS})[\s\x1c-\x1f]*[:=]?[\s\x1c-\x1f]*$|[\u0130\u0131\u017f\u212a]"
"""For polars: matches all cells that `is_total` does, and few others. Python takes more characters for white space, and
four letters for i, s and k."""
_FOOTER = re.compile(
    rf"(?:{_TOTALS})\s*[:=]?\s*\(?[-+\d.,\s]*\)?|"
    r"[(\[]?\s*[\d.,]+\s*(?:rows?|records?|zeilen?|lignes?|filas?|datens[äa]tze?|entries|eintr[äa]ge)\b.*|"
    r"(?:total|number|anzahl|count|n)\b[^:=]*[:=].*|"
    r"(?:end|ende|eof|fin|page|seite|source|quelle|note|notes|hinweis|copyright|stand|generated|created|erstellt|exported)(?![\w-])"
    r".*|[*\u00a9\u2020].*|\x1a.*|-{2,}.*",
    re.IGNORECASE | re.DOTALL,
)


def is_error_value(cell: str) -> bool:
    """Tell whether a cell that begins with ``#`` is an error value of a workbook, or a number, and not a comment."""
    return bool(_ERROR_VALUE.fullmatch(cell.strip()))


def cell_kind(cell: str) -> Kind:
    """Return what a single cell looks like."""
    text = cell.strip()
    if text.lower() in _MISSING:
        return "missing"
    if _DATE.fullmatch(text):
        return "date"
    return "number" if _NUMBER.fullmatch(text) else "word"


def column_kind(cells: Iterable[str]) -> Kind:
    """Return the kind of nearly all cells that are not missing; ``word`` where there is no such kind."""
    counts = Counter(map(cell_kind, cells))
    n_present = counts.total() - counts.pop("missing", 0)
    if not n_present:
        return "missing"
    kind, n_cells = counts.most_common(1)[0]
    return kind if n_cells >= _CLEAR_SHARE * n_present else "word"


def column_cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the cells of one column, of so many rows that a wide table takes no longer than others."""
    n_rows = max(5, _MAX_CELLS // max(1, len(rows[0]) if rows else 1))
    return [row[place].strip() for row in rows[:n_rows] if place < len(row)]


def is_total(cell: str) -> bool:
    """Tell whether a cell is a word such as ``Total`` and nothing else."""
    return bool(_TOTAL.fullmatch(cell))


def is_footer(text: str) -> bool:
    """Tell whether a line's only cells are a total, a count of rows, a page number or the like."""
    return bool(_FOOTER.fullmatch(text.strip()))


def is_ruler(line: str) -> bool:
    """Tell whether a line draws a line: dashes between delimiters."""
    return line.count("-") + line.count("=") + line.count("\u2500") > 2 and bool(_RULER.fullmatch(line.strip()))


def described(cells: Sequence[str], rows: Sequence[Sequence[str]], before: str = "") -> str:
    """Return what the cells of a line below the header say of the columns; empty if they are a row.

    Types are known words. Units stand where all rows have numbers, with nothing but a dash or a bracket elsewhere.
    Other words stand over all numbers, and no row has one of them. ``before`` is what the line above says.
    """
    texts = [cell.strip() for cell in cells]
    present = [text for text in texts if cell_kind(text) != "missing"]
    if not present or len(rows) < _MIN_ROWS:
        return ""
    if before == "types" and _ROLES.issuperset(texts):
        return "roles"
    kinds = [column_kind(column_cells(rows, place)) for place in range(len(texts))]
    are_numbers = [kind in ("number", "date") for kind in kinds]
    if len(present) > 1 and any(are_numbers) and all(text.lower() in _TYPES for text in present):
        return "types"
    if _are_units(texts, are_numbers):
        return "units"
    has_others = _are_words_over_numbers(texts, are_numbers, rows)
    return "words over numbers" if has_others else ""


def _are_units(texts: Sequence[str], are_numbers: Sequence[bool]) -> bool:
    n_known = n_units = 0
    for text, over_numbers in zip(texts, are_numbers, strict=True):
        kind, is_bracketed = cell_kind(text), bool(_BRACKETED.fullmatch(text))
        is_unit = is_bracketed or bool(_UNITS.fullmatch(text))
        if kind == "missing":
            continue
        if not (is_unit or kind == "word") or not (over_numbers or is_bracketed or text.lower() in _TYPES):
            return False
        n_known, n_units = n_known + is_unit, n_units + over_numbers
    return n_known > 0 and n_units > 0


def _are_words_over_numbers(texts: Sequence[str], are_numbers: Sequence[bool], rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether all are different words, some over numbers, and no row has one of them."""
    are_different_words = len(set(texts)) == len(texts) and all(cell_kind(text) == "word" for text in texts)
    if not are_different_words or sum(are_numbers) < _MIN_ROWS:
        return False
    return not any(text in column_cells(rows, place) for place, text in enumerate(texts))
