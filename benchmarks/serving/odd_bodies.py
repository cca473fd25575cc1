"""Bodies that are not quite requests: of each kind that the service reads, damaged, overgrown or of another kind."""

import gzip
import io
import json
import random
from collections.abc import Callable
from typing import Any

import polars as pl

ARROW, PARQUET = "application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"
Row = dict[str, Any]
Body = tuple[str, bytes]
"""A content type, and bytes."""

CELLS: tuple[Any, ...] = (
    None, True, False, 0, -1, 3.0, 1e308, 5e-324, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**400, "", " ", "NA", "nan",
    "null",
    "1,5", "1.234,5", "1e999", "$3", "3 %", "2020-02-30", "2020-01-01T00:00:00Z", "0x10", "١٢", "½", "\u22123",
    "\u202e4",
    "\x00", "a\nb", "\ud800", "é" * 5000, "9" * 5000, "😀", "=1+1", "<script>", "'; DROP TABLE", [], {}, [1], {"a": 1},
    [[[[]]]], float("nan"), float("inf"),
)  # fmt: skip
"""What a cell should not be, or seldom is."""


def odd_row(row: Row, dice: random.Random) -> Row:
    """Return a row with a few odd cells or columns."""
    changed = dict(row)
    for _ in range(dice.randrange(1, 4)):
        name = dice.choice(list(row))
        action = dice.randrange(6)
        if action == 0:
            changed.pop(name, None)
        elif action == 1:
            changed[dice.choice(["", name.upper(), f" {name}", "x" * 3000, "\u202e", "\x00", "__proto__"])] = 1
        else:
            changed[name] = dice.choice(CELLS)
    return changed


def odd_rows(rows: list[Row], dice: random.Random) -> Body:
    """JSON rows with odd cells."""
    count = dice.choice([1, 1, 2, 30])
    return _json({"rows": [odd_row(dice.choice(rows), dice) for _ in range(count)]})


def odd_documents(rows: list[Row], dice: random.Random) -> Body:
    """JSON that is none, or other JSON."""
    good = json.dumps({"rows": rows[:2]}).encode()
    texts: list[bytes] = [
        b"", b"null", b"[]", b"{}", b"0", b'"x"', b"[" * 100_000, b'{"rows":' * 5000,
        b'{"rows": [' + b"{}," * 1000 + b"{}]}",
        b'{"rows": []}', b'{"rows": {}}', b'{"rows": null}', b'{"rows": [null]}', b'{"rows": [[]]}', b'{"rows": "x"}',
        b'{"rows": [{}], "rows": [{}]}', b'{"rows": [{"age": 1, "age": 2}]}', b"\xef\xbb\xbf" + good,
        good.decode().encode("utf-16"),
        good + good, good + b"x", good[:-1], b"\xff" + good, b'{"rows": [{"age": 1e400}]}', b'{"rows": [{"age": NaN}]}',
        b'{"rows": [{"age": ' + b"9" * 50_000 + b"}]}", b'{"rows": [{"age": "\\ud800"}]}',
        b'{"rows": [{"age": "\xed\xa0\x80"}]}',
        b'{"ROWS": [{}]}', b'{"rows": [{}], "x": 1}', b" " * 100_000, b"\x00" * 1000,
    ]  # fmt: skip
    return "application/json", dice.choice(texts)


def odd_settings(rows: list[Row], dice: random.Random) -> Body:
    """Rows with settings out of place."""
    odd = dice.choice([*CELLS, "5:1", "-1:1", "1:", ":", "0:0", "1e400:1", "nan:nan", 0.5, 0.999999, 1.5])
    name = dice.choice(
        ["coverage", "spread", "cost", "abstain", "set_per_class", "digits", "model", "threshold", "set"]
    )
    return _json({"rows": rows[:2], name: odd})


def mutated(rows: list[Row], dice: random.Random) -> Body:
    """A good body of some kind, of which some bytes are others, doubled or gone."""
    kind, good = dice.choice([_json({"rows": rows[:3]}), *_tables(rows[:3])])
    changed = bytearray(good)
    for _ in range(dice.randrange(1, 8)):
        place = dice.randrange(len(changed) or 1)
        changed[place : place + dice.randrange(4)] = dice.randbytes(dice.randrange(4))
    return kind, bytes(changed)


def cut(rows: list[Row], dice: random.Random) -> Body:
    """A good body of some kind without its end."""
    kind, good = dice.choice([_json({"rows": rows[:3]}), *_tables(rows[:3])])
    return kind, good[: dice.randrange(len(good))]


def odd_csv(rows: list[Row], dice: random.Random) -> Body:
    """Text that is no table, or an odd one."""
    good = pl.DataFrame(rows[:3]).write_csv()
    head, *lines = good.splitlines()
    texts = [
        "", "\n", head, f"{head}\n", f"{head},{head}\n{lines[0]}", f"{head}\n{lines[0]},1", f'{head}\n"{lines[0]}',
        good.replace(",", ";"),
        good.replace(",", "\t"), good.replace("\n", "\r"), "\ufeff" + good, head + "\n" + "," * 5000,
        "a," * 20_000 + "\n" + "1," * 20_000,
        good.replace("1", "\x00"), good + "\n" * 5000, '"' * 20_001, head + "\n" + ("1" * 100_000), "=1\n=2",
    ]  # fmt: skip
    return "text/csv", dice.choice(texts).encode(dice.choice(["utf-8", "utf-16", "latin-1"]), "replace")


def odd_tables(rows: list[Row], dice: random.Random) -> Body:
    """Arrow and Parquet with columns of types that cells seldom have, or too many of them."""
    name, count = dice.choice(list(rows[0])), dice.choice([0, 1, 3])
    values = [
        pl.Series(name, [[1]] * count, dtype=pl.List(pl.Int64)),
        pl.Series(name, [{"a": 1}] * count, dtype=pl.Struct({"a": pl.Int64})),
        pl.Series(name, [b"\xff"] * count, dtype=pl.Binary),
        pl.Series(name, [float("nan")] * count, dtype=pl.Float32),
        pl.Series(name, [2**63] * count, dtype=pl.UInt64),
        pl.Series(name, [None] * count, dtype=pl.Null),
        pl.Series(name, [3] * count, dtype=pl.Date),
        pl.Series(name, ["a"] * count, dtype=pl.Categorical),
        pl.Series(name, [3] * count, dtype=pl.Duration("us")),
    ]
    table = pl.DataFrame(rows[:count], infer_schema_length=None) if count else pl.DataFrame(rows[:1]).clear()
    odd = table.with_columns(dice.choice(values))
    if dice.random() < 0.2:
        odd = odd.with_columns(**{f"x{number}": pl.lit(0) for number in range(500)})
    return dice.choice(_encoded(odd))


def another_kind(rows: list[Row], dice: random.Random) -> Body:
    """A good body under another content type."""
    kinds = [
        "application/json", "text/csv", ARROW, PARQUET, "", "text/plain", "application/xml",
        "multipart/form-data; boundary=x", "*/*",
        "application/json; charset=utf-16", "application/json; charset=\u202e".encode().decode("latin-1"),
        "text/csv; header=absent",
        "application/JSON", "application/vnd.apache.arrow.file", "x" * 5000,
    ]  # fmt: skip
    return dice.choice(kinds), dice.choice([_json({"rows": rows[:2]}), *_tables(rows[:2])])[1]


def bombs(rows: list[Row], dice: random.Random) -> Body:
    """Small bodies that stand for much."""
    many = pl.DataFrame({name: [rows[0][name]] for name in rows[0]}).select(pl.all().repeat_by(200_000).explode())
    table = io.BytesIO()
    many.write_parquet(table, compression="zstd")
    kind = dice.randrange(4)
    if kind == 0:
        return PARQUET, table.getvalue()
    if kind == 1:
        return "application/json", gzip.compress(b'{"rows": [' + b"{}," * 1_000_000 + b"{}]}")
    if kind == 2:
        return "application/json", b'{"rows": [' + b"{}," * 200_000 + b"{}]}"
    return "text/csv", (",".join(rows[0]) + "\n" + ("," * (len(rows[0]) - 1) + "\n") * 200_000).encode()


SMALL: tuple[Callable[[list[Row], random.Random], Body], ...] = (
    odd_rows, odd_documents, odd_settings, mutated, cut, odd_csv, odd_tables, another_kind,
)  # fmt: skip
"""All but `bombs`, of which a few are enough."""


def _json(document: Any) -> Body:
    """Return a document as JSON; what JSON has no word for is written as JavaScript does."""
    return "application/json", json.dumps(document).encode()


def _tables(rows: list[Row]) -> list[Body]:
    """Return rows as tables of each kind."""
    return _encoded(pl.DataFrame(rows, infer_schema_length=None))


def _encoded(table: pl.DataFrame) -> list[Body]:
    """Return a table in each kind that takes all its columns."""
    arrow, parquet = io.BytesIO(), io.BytesIO()
    table.write_ipc_stream(arrow)
    table.write_parquet(parquet)
    encoded = [(ARROW, arrow.getvalue()), (PARQUET, parquet.getvalue())]
    if not any(kind.is_nested() or kind in (pl.Binary, pl.Null, pl.Duration("us")) for kind in table.dtypes):
        encoded.append(("text/csv", table.write_csv().encode()))
    return encoded
