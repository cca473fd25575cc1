"""Random columns of every valid kind and of invalid kinds."""

import datetime as dt
import math
import random
from collections.abc import Callable
from typing import Any

Cells = Callable[[random.Random, int], list[Any]]
"""Draws this number of cells of one column."""

NAMES = (
    *(
        "age",
        "x",
        "y",
        "sex",
        " thal ",
        "größe",
        "☂",
        "a\nb",
        "a,b",
        'say "hi"',
        "[red]x[/]",
        "0",
        "1e5",
        "target",
        "None",
    ),
    *("x = other", "x is missing", "\u202eabc", "__metadata__", "n" * 300, "column_1", "nan", "\U0001d518"),
)
WORDS = (
    *(
        "yes",
        "no",
        "Yes",
        "true",
        "False",
        "NA",
        "nan",
        "None",
        "null",
        "",
        " ",
        "-",
        "?",
        "a",
        "b",
        "A ",
        " a",
        "☂",
        "naïve",
    ),
    *(
        "0",
        "1",
        "01",
        "007",
        "1.0",
        "1e5",
        "1,5",
        "inf",
        "-inf",
        "1e999",
        "2020-01-01",
        "01.02.2021",
        "12:30",
        "a|b",
        "\\",
    ),
    *("x\ty", "[/]", "\u202eabc", "\U0001d518", "e\u0301", "é", "0x10", "١٢", "z" * 400, "\x00", "\x1b[31m", "a\nb"),
)
_COMMON = (
    *("the", "a", "parcel", "late", "order", "was", "and", "with", "not", "refund", "great", "broken"),
    "好物流很快服务态度不错",
)
_DATE_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%dT%H:%M:%S", "%Y%m%d")
_EPOCH = dt.datetime(1970, 1, 1)


def cells(draw: random.Random) -> Cells:
    """Return a strategy for one column of one kind, with or without missing cells."""
    kind = draw.choice(_KINDS)(draw)
    gaps = draw.choice((0.0, 0.0, 0.1, 0.5, 0.95))

    def column(random_: random.Random, n_rows: int) -> list[Any]:
        drawn = kind(random_, n_rows)
        return [None if random_.random() < gaps else cell for cell in drawn] if gaps else drawn

    return column


def _each(cell: Callable[[random.Random], Any]) -> Cells:
    return lambda draw, n_rows: [cell(draw) for _ in range(n_rows)]


def _numbers(draw: random.Random) -> Cells:
    middle, spread = draw.choice(((0.0, 1.0), (50.0, 10.0), (1e9, 1.0), (0.0, 1e-300), (0.0, 1e300), (1e16, 2.0)))
    digits = draw.choice((None, None, 1, 0))
    return _each(lambda each: _rounded(each.gauss(middle, spread), digits))


def _rounded(number: float, digits: int | None) -> float:
    return number if digits is None else round(number, digits)


def _odd_numbers(draw: random.Random) -> Cells:
    odd = (math.nan, math.inf, -math.inf, 1.7e308, -1.7e308, 5e-324, -0.0, 2.0**53, 0.1)
    share = draw.choice((0.05, 0.5, 1.0))
    return _each(lambda each: each.choice(odd) if each.random() < share else each.gauss(0, 1))


def _whole(draw: random.Random) -> Cells:
    least, most = draw.choice(
        ((0, 1), (0, 9), (-5, 5), (0, 10**6), (2**53 - 2, 2**53 + 2), (-(2**63), 2**63 - 1), (3, 3))
    )
    return _each(lambda each: each.randint(least, most))


def _huge(_draw: random.Random) -> Cells:
    return _each(lambda each: each.choice((0, 1, 2**64, -(10**30), 10**400)))


def _truths(_draw: random.Random) -> Cells:
    return _each(lambda each: each.random() < 0.5)


def _words(draw: random.Random) -> Cells:
    some = draw.sample(WORDS, draw.choice((1, 2, 3, 8)))
    return _each(lambda each: each.choice(some))


def _many_words(draw: random.Random) -> Cells:
    most = draw.choice((20, 1000, 10**9))
    return _each(lambda each: f"w{each.randrange(most)}")


def _texts(draw: random.Random) -> Cells:
    words = [*draw.sample(WORDS, 20), *draw.sample(_COMMON, 12)]
    shortest, longest = draw.choice(((0, 8), (4, 12), (1, 60)))
    return _each(lambda each: " ".join(each.choices(words, k=each.randint(shortest, longest))))


def _dates(draw: random.Random) -> Cells:
    days = draw.choice((30, 20_000, 600_000))
    return _each(lambda each: (_EPOCH + dt.timedelta(days=each.randrange(-days, days))).date())


def _moments(draw: random.Random) -> Cells:
    zone = draw.choice((None, None, dt.UTC, dt.timezone(dt.timedelta(hours=-9, minutes=-30))))
    seconds = draw.choice((86_400, 10**9))
    return _each(lambda each: (_EPOCH + dt.timedelta(seconds=each.randrange(seconds))).replace(tzinfo=zone))


def _written_dates(draw: random.Random) -> Cells:
    formats = draw.sample(_DATE_FORMATS, draw.choice((1, 1, 2)))
    broken = draw.choice((0.0, 0.0, 0.1))

    def cell(each: random.Random) -> str:
        moment = _EPOCH + dt.timedelta(seconds=each.randrange(10**9))
        return "31.02.2020" if each.random() < broken else moment.strftime(each.choice(formats))

    return _each(cell)


def _mixed(draw: random.Random) -> Cells:
    some = [_numbers(draw), _whole(draw), _truths(draw), _words(draw), _dates(draw), _moments(draw), _huge(draw)]
    chosen = draw.sample(some, 2)
    return _each(lambda each: each.choice(chosen)(each, 1)[0])


def _durations(draw: random.Random) -> Cells:
    if draw.random() < 0.5:
        return _each(lambda each: dt.timedelta(seconds=each.gauss(0, 1e5)))
    return _each(lambda each: dt.time(each.randrange(24), each.randrange(60)))


_SEPARATORS = ((".", ""), (".", ","), (",", "."), (",", ""), (".", " "), (",", "\u202f"), (".", "'"))
_UNITS = (
    "{}",
    "{}",
    "{} cm",
    "{} %",
    "\u20ac {}",
    "${}",
    "({})",
    "{}-",
    "~{}",
    "<{}",
    "{}k",
    "{} M",
    "{}e3",
    "\u2212{}",
)


def _written_numbers(draw: random.Random) -> Cells:
    formats = [(*draw.choice(_SEPARATORS), draw.choice(_UNITS), draw.choice((0, 1, 2, 3))) for _ in range(2)]
    spread = draw.choice((1.0, 1e3, 1e6, 1e200))
    odd, word = draw.choice((0.0, 0.0, 0.02, 0.3)), draw.choice(("n.d.", "#DIV/0!", "x", "12..5", "", "\U0001d518"))
    is_mixed = draw.random() < 0.2

    def cell(each: random.Random) -> str:
        if each.random() < odd:
            return word
        decimal, thousands, unit, digits = each.choice(formats) if is_mixed else formats[0]
        text = f"{each.gauss(0, spread):,.{digits}f}".replace(",", "_").replace(".", decimal)
        return unit.format(text.replace("_", thousands))

    return _each(cell)


def _written_durations(_draw: random.Random) -> Cells:
    return _each(lambda each: f"{each.randrange(200)}:{each.randrange(60):02}")


def _nothing(_draw: random.Random) -> Cells:
    return _each(lambda _: None)


def _ids(_draw: random.Random) -> Cells:
    return lambda draw, n_rows: draw.sample(range(n_rows), n_rows)


def _nested(_draw: random.Random) -> Cells:
    return _each(lambda each: each.choice(([1, 2], {"a": 1}, (1,), {1}, b"bytes", object, 1 + 2j)))


_KINDS = (
    *(_numbers, _numbers, _numbers, _odd_numbers, _whole, _whole, _huge, _truths, _words, _words, _words, _many_words),
    *(_texts, _texts),
    *(_dates, _moments, _written_dates, _mixed, _durations, _nothing, _ids),
    *(_written_numbers, _written_numbers, _written_durations),
    *(_nested if rare == 0 else _words for rare in range(4)),
)
