"""Columns of dates drawn from a grammar of formats, half of them mixed or ambiguous, and how each is read.

    python -m benchmarks.tables.date_columns [--columns 200] [--seed 17] [--show]

A column is moments of 300 rows, written in a format that is drawn: the order of day, month and year, separators, zeros
in front, names of months in seven languages, weekdays, a time of day before or after, an offset; or numbers that count
from a zero. Half of the columns are written so throughout. In the other half some cells are written in another format,
are words or days that no calendar has, or nothing tells which number is the day. A column is read right if its values
are those moments, and warned of if it has a note. Anything else is silent and wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import numpy as np
from benchmarks.tables.verdicts import report

from demarcate.tabular import as_frame, infer_schema

N_ROWS = 300
MONTHS = {
    "English": "January February March April May June July August September October November December",
    "English, short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "German, short": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "French, short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "Spanish, short": "ene feb mar abr may jun jul ago sep oct nov dic",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Italian, short": "gen feb mar apr mag giu lug ago set ott nov dic",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "Portuguese, short": "jan fev mar abr mai jun jul ago set out nov dez",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december",
    "Dutch, short": "jan feb mrt apr mei jun jul aug sep okt nov dec",
}
WEEKDAYS = (
    "Mon Tue Wed Thu Fri Sat Sun",
    "Mo Di Mi Do Fr Sa So",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
)
WORDS = ("soon", "unbekannt", "TBD", "n.d.", "#VALUE!", "open", "k.A.", "31.02.2024", "2024-02-30", "99/99/9999")
STAND_INS = ("0000-00-00", "9999-12-31", "00.00.0000", "31.12.9999")

Write = Callable[[datetime], str]


def draw_day(generator: np.random.Generator, *, may_be_short: bool = True) -> tuple[str, Write]:
    """Draw how a day is written, with a name of the kind."""

    def pick(*choices: Any) -> Any:
        return choices[generator.integers(len(choices))]

    zero = pick("02d", "02d", "d")
    kind = pick("iso", "day first", "day first", "month first", "named", "named", "named", "basic")
    if kind == "iso":
        mark = pick("-", "-", "/", ".")
        return kind, lambda t: f"{t.year}{mark}{t.month:{zero}}{mark}{t.day:{zero}}"
    if kind == "basic":
        return kind, lambda t: f"{t:%Y%m%d}"
    is_short = may_be_short and generator.random() < 0.2

    def year(t: datetime) -> str:
        return f"{t.year % 100:02d}" if is_short else f"{t.year}"

    if kind == "day first":
        mark = pick(".", ".", "/", "-", " ") if not is_short else pick(".", "/")
        return kind, lambda t: f"{t.day:{zero}}{mark}{t.month:{zero}}{mark}{year(t)}"
    if kind == "month first":
        mark = pick("/", "/", "-")
        return kind, lambda t: f"{t.month:{zero}}{mark}{t.day:{zero}}{mark}{t.year}"
    names = MONTHS[pick(*MONTHS)].split()
    weekdays = pick(None, None, *WEEKDAYS)
    form = pick(
        "{d} {m} {y}", "{d}. {m} {y}", "{d}-{m}-{y}", "{m} {d}, {y}", "{d} de {m} de {y}", "{d}{m}{y}", "{d}/{m}/{y}"
    )

    def write(t: datetime) -> str:
        text = form.format(d=f"{t.day:{zero}}", m=names[t.month - 1], y=t.year)
        return text if weekdays is None else f"{weekdays.split()[t.weekday()]}, {text}"

    return kind, write


def draw_format(generator: np.random.Generator, *, may_be_short: bool = True) -> tuple[str, Write, timedelta]:
    """Draw how a moment is written, with a name of the kind, and the steps that are left of time."""

    def pick(*choices: Any) -> Any:
        return choices[generator.integers(len(choices))]

    kind, day = draw_day(generator, may_be_short=may_be_short)
    time: str = pick("", "", "minutes", "seconds", "fraction", "half", "French", "dotted")
    if not time:
        return kind, day, timedelta(days=1)
    clocks: dict[str, tuple[Write, timedelta]] = {
        "minutes": (lambda t: f"{t:%H:%M}", timedelta(minutes=1)),
        "seconds": (lambda t: f"{t:%H:%M:%S}", timedelta(seconds=1)),
        "fraction": (lambda t: f"{t:%H:%M:%S}.{t.microsecond // 1000:03d}", timedelta(milliseconds=1)),
        "half": (lambda t: f"{(t.hour - 1) % 12 + 1}:{t:%M} {'AM' if t.hour < 12 else 'PM'}", timedelta(minutes=1)),
        "French": (lambda t: f"{t.hour}h{t:%M}", timedelta(minutes=1)),
        "dotted": (lambda t: f"{t:%H.%M} Uhr", timedelta(minutes=1)),
    }
    clock, step = clocks[time]
    offset: str = pick("", "", "", "Z", "+02:00", "-0530", " UTC") if time in ("minutes", "seconds", "fraction") else ""
    if offset in ("+02:00", "-0530"):
        hours = 2.0 if offset == "+02:00" else -5.5
        own_clock, own_day = clock, day

        def local(t: datetime) -> datetime:
            return t.astimezone(timezone(timedelta(hours=hours)))

        return kind, lambda t: f"{own_day(local(t))} {own_clock(local(t))}{offset}", step
    if time not in ("dotted", "French") and not offset and generator.random() < 0.2:
        return kind, lambda t: f"{clock(t)} {day(t)}", step
    mark = "T" if kind in ("iso", "basic") and generator.random() < 0.5 and time != "dotted" else " "
    return kind, lambda t: f"{day(t)}{mark}{clock(t)}{offset}", step


def draw_moments(generator: np.random.Generator) -> list[datetime]:
    """Draw moments of some weeks to some decades."""
    start = datetime(int(generator.integers(1995, 2025)), int(generator.integers(1, 13)), 1, tzinfo=UTC)
    span = 86400 * 10 ** generator.uniform(1.5, 3.3)
    return [start + timedelta(seconds=float(seconds)) for seconds in generator.uniform(0, span, N_ROWS).round(3)]


def rounded(moment: datetime, step: timedelta) -> datetime:
    """Return a moment at the last step before it."""
    start = datetime(1990, 1, 1, tzinfo=UTC)
    return start + (moment - start) // step * step


@dataclass(frozen=True)
class Drawn:
    """The cells of a column, its moments in seconds since 1970-01-01, NaN where a cell holds none, and its kind."""

    name: str
    cells: list[Any]
    truth: np.ndarray[Any, Any]
    kind: str


def draw_clean(generator: np.random.Generator) -> Drawn:
    """Draw a column in which all cells are written alike, some of them missing."""
    if generator.random() < 0.2:
        return draw_counted(generator)
    kind, write, step = draw_format(generator)
    moments = [rounded(moment, step) for moment in draw_moments(generator)]
    drawn = Drawn("when", [write(moment) for moment in moments], seconds(moments), kind)
    for row in np.flatnonzero(generator.random(N_ROWS) < generator.choice([0, 0, 0.1])):
        drawn.cells[row], drawn.truth[row] = str(generator.choice(["", "NA", "-"])), np.nan
    return drawn


def draw_counted(generator: np.random.Generator) -> Drawn:
    """Draw a column of numbers that count from a zero, or of parts of a year, typed or in text."""
    kinds = ("epoch", "epoch_ms", "excel", "excel days", "yyyymmdd", "yyyymmddhhmmss", "months", "quarters")
    kind = str(generator.choice(kinds))
    moments = draw_moments(generator)
    name = str(generator.choice(["created_date", "x"]))
    if kind in ("months", "quarters"):
        size = 1 if kind == "months" else 3
        moments = [datetime(t.year, (t.month - 1) // size * size + 1, 1, tzinfo=UTC) for t in moments]
        form = str(generator.choice(["{y}-{m:02d}", "{m:02d}/{y}", "{name} {y}"])) if size == 1 else "{y}Q{q}"
        names = MONTHS[str(generator.choice([*MONTHS]))].split()
        cells: list[Any] = [
            form.format(y=t.year, m=t.month, q=(t.month + 2) // 3, name=names[t.month - 1]) for t in moments
        ]
        return Drawn(name, cells, seconds(moments), kind)
    steps = {"epoch_ms": 1e-3, "excel days": 86400.0, "yyyymmdd": 86400.0, "excel": 60.0}
    moments = [rounded(moment, timedelta(seconds=steps.get(kind, 1.0))) for moment in moments]
    truth = seconds(moments)
    numbers: dict[str, list[Any]] = {
        "epoch": truth.astype(int).tolist(),
        "epoch_ms": np.round(truth * 1000).astype(int).tolist(),
        "excel": (truth / 86400 + 25569).round(9).tolist(),
        "excel days": (truth / 86400 + 25569).round().astype(int).tolist(),
        "yyyymmdd": [int(f"{t:%Y%m%d}") for t in moments],
        "yyyymmddhhmmss": [int(f"{t:%Y%m%d%H%M%S}") for t in moments],
    }
    cells = numbers[kind]
    return Drawn(name, [str(cell) for cell in cells] if generator.random() < 0.5 else cells, truth, kind)


def draw_mixed(generator: np.random.Generator) -> Drawn:
    """Draw a column in which some cells are not written as the others are."""
    _, write, step = draw_format(generator, may_be_short=False)
    _, other, other_step = draw_format(generator, may_be_short=False)
    moments = [rounded(moment, step) for moment in draw_moments(generator)]
    cells: list[Any] = [write(moment) for moment in moments]
    truth = seconds(moments)
    kind = str(generator.choice(["two formats", "a word", "words", "a day that stands for none"]))
    share = float(generator.choice([0.004, 0.02, 0.05, 0.15, 0.4]))
    for row in generator.choice(N_ROWS, max(1, int(share * N_ROWS)), replace=False):
        if kind == "two formats":
            moment = rounded(moments[row], other_step)
            cells[row], truth[row] = other(moment), moment.timestamp()
        elif kind == "words":
            cells[row], truth[row] = str(generator.choice(WORDS)), np.nan
        else:
            cells[row], truth[row] = (
                WORDS[len(cells[0]) % len(WORDS)] if kind == "a word" else STAND_INS[row % len(STAND_INS)],
                np.nan,
            )
    return Drawn("when", cells, truth, kind)


def draw_ambiguous(generator: np.random.Generator) -> Drawn:
    """Draw a column in which nothing tells the order of day, month and year, or the century."""
    kind = str(generator.choice(["day or month", "two orders", "short years", "old short years", "zones"]))
    moments = [rounded(moment, timedelta(days=1)) for moment in draw_moments(generator)]
    mark = str(generator.choice(["/", "-"]))
    if kind == "day or month":
        moments = [moment.replace(day=(moment.day - 1) % 12 + 1) for moment in moments]
        cells = [f"{t:%d}{mark}{t:%m}{mark}{t:%Y}" for t in moments]
    elif kind == "two orders":
        cells = [
            f"{t:%d}{mark}{t:%m}{mark}{t:%Y}" if row % 3 else f"{t:%m}{mark}{t:%d}{mark}{t:%Y}"
            for row, t in enumerate(moments)
        ]
    elif kind == "short years":
        cells = [f"{t.year % 100:02d}{mark}{t:%m}{mark}{t:%d}" for t in moments]
    elif kind == "old short years":
        moments = [t.replace(year=t.year - 60, day=min(t.day, 28)) for t in moments]
        cells = [f"{t:%d}.{t:%m}.{t.year % 100:02d}" for t in moments]
    else:
        cells = [f"{t:%Y-%m-%d} 10:30{'+02:00' if row % 2 else ''}" for row, t in enumerate(moments)]
        moments = [t + timedelta(hours=8.5 if row % 2 else 10.5) for row, t in enumerate(moments)]
    return Drawn("when", [*cells], seconds(moments), kind)


def seconds(moments: list[datetime]) -> np.ndarray[Any, Any]:
    """Return moments as seconds since 1970-01-01, ``(n_rows,)``."""
    return np.array([moment.timestamp() for moment in moments])


def verdict(drawn: Drawn) -> str:
    """Return "right", "warned" or "silent", the last of a column that is neither."""
    frame = as_frame({drawn.name: drawn.cells})
    (column,) = infer_schema(frame).columns
    if column.kind == "date" and not column.dropped:
        values = column.parse_quantities(frame[drawn.name]).values
        if np.allclose(values, drawn.truth, rtol=0, atol=2e-3, equal_nan=True):
            return "right"
    return "warned" if column.note else "silent"


def draw_columns(n_columns: int, seed: int) -> list[Drawn]:
    """Draw the columns: half clean, a fifth ambiguous, the rest mixed."""
    columns = []
    for number in range(n_columns):
        generator = np.random.default_rng([seed, number])
        draw = draw_clean if number % 2 == 0 else draw_ambiguous if number % 10 in (1, 5) else draw_mixed
        columns.append(draw(generator))
    return columns


if __name__ == "__main__":
    report(draw_columns, verdict, lambda number, result: result == "silent" or (result == "warned" and number % 2 == 0))
