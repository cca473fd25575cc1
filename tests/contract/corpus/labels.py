"""Targets that are refused, and odd ones that are accepted."""

from cases import Accepted, Case, category, number, refused

_X = [1.5, 2.5, 3.5, 4.5]
_SEEN = number(*_X)
_ONE = "at least two classes"


def _labelled(name: str, labels: list, *warnings: str, **beside) -> Case:
    return Case(name, Accepted({"x": _SEEN}, warnings), (("x", _X), ("y", labels)), **beside)


def _many(name: str, labels: list, *warnings: str) -> Case:
    x = [row * 37 % 101 / 4 for row in range(len(labels))]
    return Case(name, Accepted({"x": number(*x)}, warnings), (("x", x), ("y", labels)))


CASES = (
    refused("one class", [("x", _X), ("y", ["a"] * 4)], _ONE, "Every label is 'a'", "Give rows of another class"),
    refused("one row", [("x", [1.5]), ("y", ["a"])], _ONE, "Every label is 'a'"),
    refused("no row", [("x", []), ("y", [])], "no rows"),
    refused(
        "labels that all differ",
        [("x", _X), ("y", ["a", "b", "c", "d"])],
        "labels differ",
        "All 4 labels differ",
    ),
    refused(
        "missing labels",
        [("x", _X), ("y", ["a", None, "b", ""])],
        "The target is missing in",
        "rows 2, 4",
        "--drop-missing-target",
    ),
    refused(
        "a missing label and one class",
        [("x", _X), ("y", ["a", None, "a", "a"])],
        "2 problems",
        "The target is missing in",
        "row 2",
        _ONE,
    ),
    refused(
        "labels with fractions",
        [("x", [*_X, *_X, *_X]), ("y", [row + 0.25 for row in range(12)])],
        "row 1 is 0.25",
        "This looks like regression",
        apart={"estimator": "its words are those of scikit-learn, whose checks ask for them"},
    ),
    refused(
        "one class and no column of use",
        [("x", ["a"] * 4), ("y", ["b"] * 4)],
        "2 problems",
        _ONE,
        "No column can tell rows apart",
        "constant: every cell is 'a'",
    ),
    refused(
        "no column of use",
        [("x", ["a"] * 4), ("z", [None] * 4), ("y", ["a", "b"] * 2)],
        "No column can tell rows apart",
        "'x' (constant",
        "'z' (constant",
    ),
    refused(
        "a target that is not there",
        [("x", _X), ("why", ["a", "b"] * 2)],
        "The table has x, why",
        "There is no column 'y'",
    ),
    _labelled("classes of one row", ["a", "a", "b", "c"]),
    _labelled(
        "labels in several spellings",
        ["1", "0", " 1", "1.0"],
        apart={"estimator": "texts in Python stay what they are: four labels, where cells of a table are two"},
    ),
    _labelled("labels of truth", [True, False, True, False]),
    _labelled("whole labels", [3, 10, 3, 10]),
    _labelled("labels as full-width digits", ["\uff13", "\uff14", "\uff13", "\uff14"]),
    _labelled("labels with leading zeros", ["007", "08", "007", "08"]),
    _labelled("labels like NA", ["NA", "none", "NA", "none"], "the label 'NA' (2 rows, first 1) is a class"),
    _labelled(
        "labels that may be missing",
        ["a", "?", "a", "b"],
        "the label '?' (1 row, first 2) is a class, although it looks like a missing label. --missing '?'",
    ),
    _labelled("labels of signs", ["+", "-", "+", "-"]),
    _labelled("labels in several cases", ["Yes", "no", "yes", "no"], "own: 'Yes' (1), 'yes' (1). merge_labels=True"),
    _labelled("labels of yes and no in several words", ["Y", "no", "YES", "no"], "own: 'Y' (1), 'YES' (1)"),
    _labelled("labels that look alike", ["caf\u00e9", "b", "cafe\u0301", "b"], "'caf\\xe9' (1), 'cafe\\u0301' (1)"),
    _labelled("labels with a character that is not seen", ["a\u200b", "b", "a", "b"], "'a\\u200b' (1), 'a' (1)"),
    _labelled("labels with a no-break space", ["a\u00a0b", "c", "a b", "c"], "'a\\xa0b' (1), 'a b' (1)"),
    _many("labels that are ages", [20 + row * 7 % 50 for row in range(80)], "looks like a number to predict"),
    _many("labels that are codes of many classes", [1 + row % 25 for row in range(75)]),
    refused(
        "several labels a row",
        [("x", _X), ("y", ["a|b", "b", "b|c", "a|b|c"])],
        "row 1 is 'a|b', and 4 labels are made of 3: 'a', 'b', 'c'",
        "This looks like several labels a row: not supported",
    ),
    refused(
        "several labels a row, as Python writes a list",
        [("x", [*_X, *_X]), ("y", ["['a', 'b']", "['b']", "['c', 'b']", "['a']"] * 2)],
        "This looks like several labels a row: not supported",
    ),
    _labelled("labels of names with a comma", ["Cats, big", "Dogs", "Cats, big", "Birds, small"]),
    _labelled("labels of emoji", ["🙂", "🙁", "🙂", "🙁"]),
    _labelled("labels like formulas", ["=1+1", "@x", "=1+1", "@x"]),
    Case("a target with space around its name", Accepted({"x": _SEEN}), (("x", _X), (" y ", ["a", "b"] * 2))),
    Case(
        "a target of categories",
        Accepted({"x": category("a", "b", "a", "b")}),
        (("x", ["a", "b"] * 2), ("y", ["a", "b"] * 2)),
    ),
)
