"""Columns whose type states more than text can."""

from decimal import Decimal

import polars as pl
from cases import category, cells, labels, number, refused

_Y = ("y", labels(4))
_PLAIN = "plain value"


def _whole(dtype: pl.DataType) -> pl.Series:
    return pl.Series([1, 2, None, 100], dtype=dtype)


CASES = (
    *(
        cells(f"whole numbers as {dtype}", _whole(dtype), number(1, 2, None, 100))
        for dtype in (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Int128)
    ),
    cells(
        "128 bits in use",
        pl.Series([2**100, 2**100 + 1, 2**100, 1], dtype=pl.Int128),
        category(str(2**100), str(2**100 + 1), str(2**100), "1", note="too large"),
    ),
    cells(
        "floats of 32 bits",
        pl.Series([0.5, 0.1, None, float("nan")], dtype=pl.Float32),
        number(0.5, 0.10000000149011612, None, None),
    ),
    cells("floats of 16 bits", pl.Series([0.5, 1.5, None, 65504], dtype=pl.Float16), number(0.5, 1.5, None, 65504)),
    cells("decimals", [Decimal("1.50"), Decimal("2.25"), None, Decimal("3.00")], number(1.5, 2.25, None, 3)),
    cells("decimals without fractions", [Decimal(1), Decimal(2), None, Decimal(30)], number(1, 2, None, 30)),
    cells(
        "decimals of 38 digits",
        [Decimal("1" * 38), Decimal("1" * 37 + "2"), Decimal(1), Decimal("1" * 38)],
        category("1" * 38, "1" * 37 + "2", "1", "1" * 38, note="too large"),
    ),
    cells("categories", pl.Series(["a", "b", None, "a"], dtype=pl.Categorical), category("a", "b", None, "a")),
    cells(
        "categories that are numbers",
        pl.Series(["1", "2", None, "10"], dtype=pl.Categorical),
        category("1", "2", None, "10"),
    ),
    cells(
        "an enumeration",
        pl.Series(["high", "low", None, "high"], dtype=pl.Enum(["low", "high"])),
        category("high", "low", None, "high"),
    ),
    cells("a type of nothing", pl.Series([None] * 4, dtype=pl.Null), category(dropped="every cell is missing")),
    refused("lists", [("x", [[1], [2], [3], [4]]), _Y], _PLAIN, "'x'"),
    refused("arrays", [("x", pl.Series([[1, 2]] * 4, dtype=pl.Array(pl.Int64, 2))), _Y], _PLAIN, "'x'"),
    refused("records", [("x", [{"a": 1}, {"a": 2}, {"a": 3}, {"a": 4}]), _Y], _PLAIN, "'x'"),
    refused("bytes", [("x", [b"a", b"b", b"c", b"d"]), _Y], _PLAIN, "'x'"),
    refused(
        "lists and bytes",
        [("x", [[1], [2], [3], [4]]), ("z", [b"a", b"b", b"c", b"d"]), _Y],
        "2 problems",
        "'x'",
        "'z'",
    ),
    refused("complex numbers", [("x", [1j, 2j, 3j, 4j]), _Y], _PLAIN, "'x'"),
)
