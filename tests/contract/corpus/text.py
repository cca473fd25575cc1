"""Text, and words for missing cells."""

from cases import category, cells, labels, refused, taken, text, words

_Y = ("y", labels(4))
_HALF_A_LABEL = ("half a character", "row 2")
_WHAT, _HOW = ["parcel", "order", "letter", "refund", "help"], ["late", "great", "lost", "quick", "broken"]
_SENTENCES = [f"the {_WHAT[row % 5]} was {_HOW[row // 5 % 5]} again after {row} days" for row in range(40)]
_CHINESE = [f"商品{'包装完好价格便宜'[row % 5 :]}但是物流{row}天才到" for row in range(40)]
_LAST = ["Adams", "Baker", "Clark", "Davis", "Evans", "Fisher", "Green", "Hughes"]
_FIRST = ["Owen Harris", "William Henry", "John", "James", "Timothy"]

CASES = (
    words("NA the country among countries", ["NA", "DE", "FR", "NA"]),
    words("none as an answer", ["none", "some", "None", "-"]),
    cells("empty cells", ["a", "", "  ", None, "b", "a"], category("a", None, None, None, "b", "a")),
    cells("spaces around words", [" a", "a ", "\ta\u00a0", "b"], category("a", "a", "a", "b")),
    words("words that differ in case", ["a", "A", "a", "A"]),
    words("emoji", ["🫀", "👩🏽‍⚕️", "🫀", "👩"]),
    words("from right to left", ["ذكر", "أنثى", "ذكر", "\u202eאב"]),
    words("letters composed and not", ["\u00e9", "e\u0301", "\u00e9", "e"]),
    cells(
        "formulas",
        ["=1+1", "@SUM(A1)", "=1+1", "+cmd|' /C calc'!A0"],
        category("=1+1", "@SUM(A1)", "=1+1", "+cmd|' /C calc'!A0"),
    ),
    cells(
        "markup",
        ["[red]a[/red]", "<b>", "[red]a[/red]", "\x1b[31m"],
        category("[red]a[/red]", "<b>", "[red]a[/red]", "\x1b[31m"),
    ),
    cells("one word for all", ["a", "a", "a", "a"], category(dropped="constant: every cell is 'a'")),
    words("one word and gaps", ["a", None, "a", None]),
    taken(
        "nothing in a column",
        {
            "x": ([None] * 4, category(dropped="every cell is missing")),
            "z": (["a", "b"] * 2, category("a", "b", "a", "b")),
        },
    ),
    taken(
        "nothing but words for missing",
        {
            "x": (["NA", "-", "", "?"], category(dropped="every cell is missing")),
            "z": (["a", "b"] * 2, category("a", "b", "a", "b")),
        },
    ),
    taken(
        "a new word in every row",
        {
            "x": ([f"name {row}" for row in range(40)], category(dropped="id-like: 40 different values in 40 rows")),
            "z": (["a", "b"] * 20, category()),
        },
    ),
    cells("sentences", _SENTENCES, text(*_SENTENCES)),
    cells(
        "sentences with gaps and spaces",
        [None if row % 5 == 0 else f" {cell}\n" for row, cell in enumerate(_SENTENCES)],
        text(*(None if row % 5 == 0 else cell for row, cell in enumerate(_SENTENCES))),
    ),
    cells("sentences without spaces", _CHINESE, text(*_CHINESE)),
    cells(
        "names of people",
        [f"{last}, Mr. {first}" for last in _LAST for first in _FIRST],
        category(dropped="id-like: 40 different values in 40 rows"),
    ),
    cells(
        "addresses",
        [f"{number} {name} Street, Springfield" for number in range(5) for name in _LAST],
        category(dropped="id-like: 40 different values in 40 rows"),
    ),
    cells(
        "objects in JSON",
        [f'{{"id": {row}, "note": "{cell}"}}' for row, cell in enumerate(_SENTENCES)],
        category(dropped="id-like: 40 different values in 40 rows"),
    ),
    cells(
        "web addresses",
        [f"https://example.org/{row}/the-parcel-was-late" for row in range(40)],
        category(dropped="id-like: 40 different values in 40 rows"),
    ),
    refused(
        "half a character in a cell",
        [("x", ["a", "\ud83d", "b", "a"]), _Y],
        "half a character",
        "row 2",
        "'x'",
    ),
    refused("half a character in a name", [("\ud83d", [1, 2, 3, 4]), _Y], "half a character", "column 1"),
    refused("half a character in a label", [("x", [1, 2, 3, 4]), ("y", ["a", "\ud83d"] * 2)], *_HALF_A_LABEL),
)
