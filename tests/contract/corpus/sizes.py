"""Tables that are large in one direction."""

from cases import category, cells, number, taken, words

_WIDE = 5_000
_OTHERS = ("csv.gz", "tsv", "jsonl", "arrow", "pandas", "pandas of objects", "pandas over Arrow", "polars", "pyarrow")
_OTHERS += ("mapping", "records", "--row")
_CATEGORIES = 10_000

CASES = (
    words(
        "a cell of a megabyte", ["a" * 10**6, "b", "a" * 10**6, "b"], apart={"--row": "longer than an argument may be"}
    ),
    taken(
        "five thousand columns",
        {f"x{place}": ([place + 0.5, place - 0.5] * 2, number()) for place in range(_WIDE)},
        apart=dict.fromkeys(_OTHERS, "every form would take a minute together"),
    ),
    cells("ten thousand categories", [f"c{row % _CATEGORIES}" for row in range(2 * _CATEGORIES)], category()),
)
