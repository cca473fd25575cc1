"""Columns with odd names."""

from cases import Case, boolean, category, labels, number, refused, taken

_SMALL = [1.5, 2.5, 3.5, 4.5]
_SEEN = number(1.5, 2.5, 3.5, 4.5)


def _named(what: str, name: str, *warnings: str) -> Case:
    return taken(what, {name: (_SMALL, _SEEN)}, *warnings)


CASES = (
    _named("a name of emoji", "🫀👩🏽‍⚕️"),
    _named("a name from right to left", "عمر المريض"),
    _named("a name that turns text round", "\u202eega"),
    _named("a name with a space", "chest pain"),
    _named("a name with a comma", "income, yearly"),
    _named("a name with quotes", 'the "real" age'),
    _named("a name with an equals sign", "a=b"),
    _named("a name with a line end", "age\n(years)"),
    _named("a name with a tab", "age\tyears"),
    _named("a name that is a number", "1"),
    _named("a name that is a formula", "=1+1"),
    _named("a name that looks like an option", "--row"),
    _named("a name of ten thousand letters", "a" * 10_000),
    _named("white space around a name", "  age\u00a0"),
    _named("a name with a bell", "a\x07b"),
    taken(
        "names that differ in case",
        {"Age": (_SMALL, _SEEN), "age": (["a", "b", "a", "b"], category("a", "b", "a", "b"))},
    ),
    taken(
        "names that look alike, composed and not",
        {
            "caf\u00e9": (_SMALL, _SEEN),
            "cafe\u0301": (["yes", "no", "no", "yes"], boolean("true", "false", "false", "true")),
        },
    ),
    taken("a name that an unnamed column would get", {"column_1": (_SMALL, _SEEN)}),
    Case(
        "no name",
        taken("", {"column_1": (_SMALL, _SEEN)}, "without a name; they are called 'column_1'").verdict,
        (("", _SMALL), ("y", labels(4))),
        apart={"--row": "a cell needs a name"},
    ),
    Case(
        "a name of nothing but space",
        taken("", {"column_1": (_SMALL, _SEEN)}, "without a name; they are called 'column_1'").verdict,
        ((" \t", _SMALL), ("y", labels(4))),
        apart={"--row": "a cell needs a name"},
    ),
    refused(
        "two names alike",
        [("x", _SMALL), ("z", _SMALL), ("x", _SMALL), ("y", labels(4))],
        *("more than one column named", "'x'", "Rename or remove all but one"),
    ),
    refused(
        "two names alike, twice",
        [("x", _SMALL), ("z", _SMALL), ("x", _SMALL), ("z", _SMALL), ("y", labels(4))],
        *("2 problems", "more than one column named", "'x': columns 1 and 3", "'z': columns 2 and 4"),
        apart={"parquet": "the reader of Parquet stops at the first"},
    ),
    refused(
        "names that are patterns",
        [("^x$", _SMALL), ("*", _SMALL), ("y", labels(4))],
        *("2 problems", "which polars takes for a pattern", "column 1 named '^x$'", "column 2 named '*'", "Rename it"),
        apart={"--row": "a row is read as the model's columns"},
    ),
    refused(
        "names that differ in space alone",
        [("x", _SMALL), (" x", _SMALL), ("y", labels(4))],
        *("more than one column named", "'x': columns 1 and 2", "Rename"),
    ),
    refused(
        "no name beside the name it would get",
        [("", _SMALL), ("column_1", _SMALL), ("y", labels(4))],
        *("more than one column named", "'column_1': columns 1 (without a name) and 2", "Rename"),
    ),
)
