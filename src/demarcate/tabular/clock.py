"""Moments in text: a day, and where it has them a time of day and an offset from UTC."""

from __future__ import annotations

import re

from demarcate.tabular.frame_libraries import polars as pl

SECOND = 1_000_000
"""In microseconds, the unit of everything here."""

LAYOUT = (
    r"^(?P<date>.*?)(?:(?:[T_ ]|, ?|:) *(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2}(?:[.,][0-9]{1,6})?)[0-9]*)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r"(?: ?(?:Z|UTC|GMT|(?:UTC|GMT)?(?P<sign>[+-])(?P<off_hour>[0-9]{2}):?(?P<off_minute>[0-9]{2})?))?)?$"
)
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **dict.fromkeys(("cet", "mez", "west", "bst"), 60),
    **dict.fromkeys(("cest", "mesz", "eet"), 120),
    "eest": 180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}
"""Minutes east of UTC of the zones of RFC 2822 and of Europe."""
_HOUR = r"(?P<hour>[0-9]{1,2})"
_MINUTES = r":(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}(?:[.,][0-9]+)?))?"
_OF_ZONE = rf"(?: ?(?P<zone>{'|'.join(sorted(_ZONES, key=len, reverse=True))})\b)?"
_CLOCK = re.compile(
    rf"(?<![0-9:.,-]){_HOUR}(?:{_MINUTES}| ?h(?: ?(?P<minute_h>[0-9]{{2}})(?![./0-9-]))?|(?= ?[ap]\.?m\b))"
    rf"(?: ?(?P<half>[ap])\.?m\b\.?)?(?: ?(?:uhr|hrs?|h)\b)?{_OF_ZONE}"
    r"(?: ?(?P<offset>[+-][0-9]{2}:?(?:[0-9]{2})?))?(?: ?\[[^\]]*\]| ?\([a-z ]*\))?(?![0-9:])",
    re.IGNORECASE,
)
"""A time of day anywhere in a text: 2:42, 2h42, 2 p.m., with a zone."""
_DOTTED = re.compile(
    r"(?:(?<=[0-9]{4} )|(?<=[-/][0-9]{2} ))([0-9]{1,2})\.([0-9]{2})(?:\.([0-9]{2}))?(?= ?[Uu]hr$|$)"
    r"|(?<= )([0-9]{1,2})\.([0-9]{2})(?:\.([0-9]{2}))?(?= ?[Uu]hr$)"
)
MAYBE_CLOCK = r"[0-9] ?(?::|[hH]\b|[hH] ?[0-9]|[AaPp]\.?[Mm])|[0-9] [0-9]{1,2}\.[0-9]{2}|[0-9]{8}[T ]?[0-9]{4}"
_COMPACT = re.compile(r"([0-9]{8})[T ]?([0-9]{2})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)?(?=Z?$|[+-][0-9:]+$)")


def has_clock(text: pl.Series) -> bool:
    """Tell whether any text may hold a time of day."""
    return bool(text.str.contains(MAYBE_CLOCK).any())


def split_moments(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the text of the day, and microseconds from its midnight UTC: null where no clock shows the time."""
    parts = text.str.extract_groups(LAYOUT).struct.unnest()
    return parts["date"], parts.select(_time_of_day() - _offset()).to_series()


def in_layout(text: str) -> str:
    """Return a moment with its time of day after the day, and as ``2:42:11.5 PM+02:00``; other text as it is.

    Examples
    --------
    >>> [in_layout(text) for text in ("02:42 30.04.2024", "30/04/2024 2h42", "Tue Apr 30 02:42:00 CEST 2024")]
    ['30.04.2024 02:42', '30/04/2024 2:42', 'Tue Apr 30 2024 02:42:00+02:00']
    """
    text = _COMPACT.sub(_spaced, _DOTTED.sub(_with_colons, text))
    for match in _CLOCK.finditer(text):
        before, after = text[: match.start()].rstrip(" ,:_-"), text[match.end() :].strip(" ,")
        day = f"{before.removesuffix('T')} {after}".strip()
        minute = match["minute"] or match["minute_h"] or "00"
        second = "" if match["second"] is None else f":{match['second'].replace(',', '.')}"
        half = "" if match["half"] is None else f" {match['half']}m"
        offset = match["offset"] or ""
        if match["zone"] and not offset:
            minutes = _ZONES[match["zone"].lower()]
            offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
        return f"{day} {match['hour']}:{minute}{second}{half}{offset}"
    return text


def _with_colons(match: re.Match[str]) -> str:
    return ":".join(group for group in match.groups() if group is not None)


def _spaced(match: re.Match[str]) -> str:
    return f"{match[1]} {':'.join(group for group in match.groups()[1:] if group is not None)}"


def _time_of_day() -> pl.Expr:
    """Return microseconds since midnight, 0 without a time; null where no clock shows it."""
    hour, minute = pl.col("hour").cast(pl.Int64), pl.col("minute").cast(pl.Int64)
    seconds = pl.col("second").str.replace(",", ".", literal=True).cast(pl.Float64).fill_null(0)
    second = (seconds * SECOND).round().cast(pl.Int64)
    half, is_12_hour = pl.col("half").str.to_lowercase(), pl.col("half").is_not_null()
    hour_of_day = pl.when(is_12_hour).then(hour % 12 + 12 * (half == "p").cast(pl.Int64)).otherwise(hour)
    is_time = (hour_of_day < 24) & (minute < 60) & (second < 60 * SECOND)
    is_time &= pl.when(is_12_hour).then(hour.is_between(1, 12)).otherwise(statement=True)
    is_time |= (hour == 24) & (minute == 0) & (second == 0)  # the end of the day
    time = pl.when(is_time).then((hour_of_day * 60 + minute) * 60 * SECOND + second)
    return pl.when(hour.is_null()).then(0).otherwise(time)


def _offset() -> pl.Expr:
    minutes = pl.col("off_hour").cast(pl.Int64) * 60 + pl.col("off_minute").cast(pl.Int64).fill_null(0)
    signed = pl.when(pl.col("sign") == "-").then(-minutes).otherwise(minutes)
    return signed.fill_null(0) * 60 * SECOND
