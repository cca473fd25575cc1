"""The grammar of numbers as people write them: a text split into sign, digits, unit and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from demarcate.tabular.frame_libraries import polars as pl

_DASHES = r"[\u2010-\u2015\u2212\uFE63\uFF0D]"
_SPACES = r"[\u00A0\u2000-\u200A\u202F\u205F\u3000]"
_QUOTES = r"[\u2018\u2019\u02BC\u00B4`\u2032]"
_MARKS_OF_DIRECTION = r"[\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]"
_HALF_DAY = r"^(?P<hour>0?[1-9]|1[0-2]):(?P<rest>[0-5][0-9](?::[0-5][0-9])?) ?(?P<half>[AaPp])\.?[Mm]\.?$"
_HOURS = r"^([0-9]{1,3}) ?[hH] ?([0-5][0-9])? ?(?:min|m|')?$"
_ROUND_PRICE = r"([0-9])[.,]-{1,2}( |$)"
"""A price without pence, as in 100,- or 100.--"""

_CODES = (
    "USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|UAH|RUB|TRY|BRL|ARS|CLP|COP|MXN|"
    "ZAR|NGN|KES|EGP|SGD|HKD|TWD|KRW|THB|IDR|MYR|PHP|VND|ILS|AED|SAR|PKR|BDT|LKR"
)
_CURRENCY = rf"[A-Z]{{0,3}}\p{{Sc}}|{_CODES}|Rs\.?|S?Fr\.?|[Kk]r\.?"
_BODY = r"[0-9]+(?:[.,' ][0-9]+)*[.,]?|[.,][0-9]+"
_DURATION = r"[0-9]{1,3}:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
_MARK = r"<=|>=|<|>|≤|≥|~|≈|±|(?:ca|circa|approx|about|etwa)\.? ?|c\. ?"
_UNIT = r"[^\s0-9.,'()<>=+:;|!?_#*&/-][^0-9()<>=:;|!?_#*&]{0,15}?(?:[23](?:[ /][^0-9()<>=:;|]{1,8})?)?"
_LAYOUT = (
    rf"^(?P<open>\()? ?(?P<mark>{_MARK})? ?(?P<sign>[+-])? ?(?P<before>{_CURRENCY})? ?(?P<inner>[+-])? ?"
    rf"(?:(?P<duration>{_DURATION})|(?P<body>{_BODY})(?:[eE](?P<exponent>[+-]?[0-9]{{1,3}}))?) ?(?P<after>{_UNIT})?? ?"
    r"(?P<tail>-)?(?P<close>\))?$"
)
_FACTORS = {
    **dict.fromkeys(("k", "K", "Tsd", "tsd", "thousand"), 1e3),
    **dict.fromkeys(("M", "Mio", "mio", "mn", "Mn", "MM", "million", "Million", "millions", "Millionen"), 1e6),
    **dict.fromkeys(("B", "bn", "Bn", "Mrd", "mrd", "billion", "Billion", "billions", "Milliarden"), 1e9),
}
SINGLE_LETTERS = ("M", "B")
"""Letters that stand for a unit where they stand behind every number."""
_FACTOR = rf"^(?P<factor>{'|'.join(sorted(_FACTORS, key=len, reverse=True))})\.?(?P<rest>(?:$| |\p{{Sc}}).*)$"
_KELVIN = r"[0-9] K$"

LIMIT_BELOW, LIMIT_ABOVE, APPROXIMATE = "below", "above", "approximate"
_MARKS = {
    **dict.fromkeys(("<", "<=", "≤"), LIMIT_BELOW),
    **dict.fromkeys((">", ">=", "≥"), LIMIT_ABOVE),
    "±": None,
}

RANGE = r"^[0-9][0-9.,' ]*\p{L}{0,3} ?(?:-|to|bis|\.\.|à) ?[0-9][0-9.,' ]*[^0-9]{0,10}$"
FRACTION = r"^(?:[0-9]+ )?[0-9]+ ?/ ?[0-9]+$"


@dataclass(frozen=True, eq=False)
class NumberParts:
    """Distinct texts split into the parts of numbers; every column ``(n_texts,)``."""

    parts: pl.DataFrame  # body, duration, sign, mark, unit, factor, exponent; null where a text is no number

    @classmethod
    def of(cls, texts: pl.Series) -> Self:
        """Split stripped texts."""
        plain = _with_clock(normalised(texts))
        groups = plain.str.extract_groups(_LAYOUT).struct.unnest()
        factors = groups["after"].str.extract_groups(_FACTOR).struct.unnest()
        factor = factors["factor"].replace_strict(_FACTORS, default=None, return_dtype=pl.Float64)
        is_factor = factor.is_not_null() & ~plain.str.contains(_KELVIN)
        after = groups["after"].zip_with(~is_factor.fill_null(value=False), factors["rest"])
        unit = pl.select((groups["before"].fill_null("") + " " + after.fill_null("")).str.strip_chars()).to_series()
        n_minus = sum((groups[name] == "-").fill_null(value=False).cast(pl.Int8) for name in ("sign", "inner", "tail"))
        in_brackets = groups["open"].is_not_null() & groups["close"].is_not_null()
        is_balanced = groups["open"].is_not_null() == groups["close"].is_not_null()
        is_signed_once = n_minus + in_brackets.cast(pl.Int8) <= 1
        is_number = (groups["body"].is_not_null() | groups["duration"].is_not_null()) & is_balanced & is_signed_once
        mark = groups["mark"].str.strip_chars()
        parts = pl.DataFrame(
            {
                "body": groups["body"],
                "duration": groups["duration"],
                "sign": 1.0 - 2.0 * ((n_minus > 0) | in_brackets).cast(pl.Float64),
                "mark": mark.replace_strict(_MARKS, default=APPROXIMATE, return_dtype=pl.String).set(
                    mark.is_null(), None
                ),
                "unit": unit,
                "factor": factor.set(~is_factor.fill_null(value=False), None).fill_null(1.0),
                "letter": factors["factor"].set(~is_factor.fill_null(value=False), None),
                "exponent": groups["exponent"].fill_null("0"),
            }
        )
        return cls(parts.with_columns(pl.when(is_number).then(pl.all())))

    @property
    def is_number(self) -> pl.Series:
        """Where a text is a number or a duration of some format."""
        return self.parts["sign"].is_not_null()

    @property
    def letter_unit(self) -> str:
        """The single letter, M or B, that stands behind every number, and so is a unit; empty if there is none."""
        letters = self.parts["letter"].filter(self.is_number).unique()
        return str(letters[0]) if len(letters) == 1 and letters[0] in SINGLE_LETTERS else ""

    def units(self, letter_unit: str = "") -> pl.Series:
        """Return the unit of each number, empty without one; a letter that is a unit is no factor."""
        if not letter_unit:
            return self.parts["unit"]
        is_unit = (self.parts["letter"] == letter_unit).fill_null(value=False)
        return self.parts["unit"].set(is_unit, letter_unit)

    def values(self, decimal: str, thousands: str, letter_unit: str = "") -> pl.Series:
        """Return the numbers whose digits are grouped so, float64; null for others."""
        parts = self.parts
        factor = parts["factor"].set((parts["letter"] == letter_unit).fill_null(value=False), 1.0)
        return self._limited(digit_values(parts["body"], decimal, thousands, parts["exponent"]) * factor)

    def durations(self) -> pl.Series:
        """Return durations in seconds of minutes, or of hours where there are three parts; null for others."""
        text = self.parts["duration"].str.replace(",", ".", literal=True).str.split(":")
        numbers = [text.list.get(place, null_on_oob=True).cast(pl.Float64) for place in range(3)]
        first, second, third = numbers
        both = first * 60 + second
        return self._limited(both.zip_with(third.is_null(), both * 60 + third))

    def _limited(self, values: pl.Series) -> pl.Series:
        """Return signed values, half of what is given as an upper limit."""
        below = (self.parts["mark"] == LIMIT_BELOW).fill_null(value=False)
        return self.parts["sign"] * (values / 2).zip_with(below, values)


def is_currency(unit: str) -> bool:
    """Tell whether a unit is a currency, which may stand before a number too."""
    return bool(pl.Series([unit]).str.contains(f"^(?:{_CURRENCY})$").all())


def normalised(texts: pl.Series) -> pl.Series:
    """Return texts with one kind of dash, space and apostrophe, and prices without pence as whole numbers."""
    plain = (
        texts.str.replace_all(_MARKS_OF_DIRECTION, "")
        .str.replace_all(_DASHES, "-")
        .str.replace_all(_SPACES, " ")
        .str.replace_all(_QUOTES, "'")
    )
    return plain.str.replace(_ROUND_PRICE, "${1}${2}").str.strip_chars()


def _with_clock(plain: pl.Series) -> pl.Series:
    """Return texts with times of a 12-hour clock, and with hours such as 2h30, as hours and minutes between colons."""
    if not plain.str.contains("[0-9] ?(?:[AaPp]|[hH])").any():
        return plain
    clock = plain.str.extract_groups(_HALF_DAY).struct.unnest()
    hour = clock["hour"].cast(pl.Int64) % 12 + 12 * (clock["half"].str.to_lowercase() == "p").cast(pl.Int64)
    of_day = hour.cast(pl.String) + ":" + clock["rest"]
    hours = plain.str.extract_groups(_HOURS).struct.unnest()
    spent = hours["1"] + ":" + hours["2"].fill_null("00")
    has_minutes = bool(hours["2"].is_not_null().any())
    times = plain.zip_with(of_day.is_null(), of_day)
    return times.zip_with(spent.is_null(), spent) if has_minutes else times


def digit_values(bodies: pl.Series, decimal: str, thousands: str, exponents: pl.Series | str = "0") -> pl.Series:
    """Return digits with these separators as float64; null where they do not fit, as with leading zeros."""
    point = "\\" + decimal
    whole = "0|[1-9][0-9]*"
    if thousands:
        whole += rf"|[1-9][0-9]{{0,2}}(?:[{thousands}][0-9]{{3}})+"
    if thousands == ",":
        whole += "|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"  # lakhs and crores
    fits = bodies.str.contains(rf"^(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+)$")
    plain = bodies.str.replace_all(thousands, "", literal=True) if thousands else bodies
    # With the exponent in the text, the float is the one that a programming language reads.
    values = (plain.str.replace(decimal, ".", literal=True) + "e" + exponents).cast(pl.Float64, strict=False)
    return values.set(~fits.fill_null(value=False), None)
