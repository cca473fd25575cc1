"""How the numbers of a column are written, decided by all its cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.cells import find_numbers, strip
from demarcate.tabular.column_options import CellOptions
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.number_format import DECIMALS, PLAIN, NumberFormat
from demarcate.tabular.number_grammar import APPROXIMATE, FRACTION, LIMIT_ABOVE, LIMIT_BELOW, RANGE, NumberParts
from demarcate.tabular.odd_cells import OddCells

_GROUPS = r"^[1-9][0-9]{0,2}(?:[.,][0-9]{3})$"
"""Digits that are either in groups of thousands or have three decimals."""
_SIGNED_GROUPS = r"^[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+$"
_MIN_GROUPS, _GROUP_SHARE = 30, 0.97
_MIN_DIFFERENT = 10
"""Different numbers of a column, at least, among which a word is an exception and not one category of several."""
_MAX_OTHERS = 3
"""Different cells that are no numbers, at most, in a short column of numbers; and cells that a note lists."""
_MIN_SHARE, _MIN_MIXED = 0.5, 0.25
"""Share of the different cells that are numbers from which the others are noticed: mostly, or in several formats."""
_MAX_CATEGORIES = 12
"""Ranges and fractions of more different values are quantities that are written in a way that is not read."""

_NAMES = {".": "point", ",": "comma", " ": "space", "'": "apostrophe"}


@dataclass(frozen=True)
class NumberReading:
    """How the cells of a column are read as numbers, and what a user is told of it."""

    format: NumberFormat
    odd: tuple[str, ...] = ()
    """Cells that are no numbers, and are read as missing."""
    notes: tuple[str, ...] = ()
    other: NumberFormat | None = None
    """The other way in which all cells can be read, if there is one: they are in groups of three digits."""
    example: str = ""
    """The first cell that can be read in both ways, with its row."""
    is_settled: bool = True
    """Whether the cells show which character is the decimal separator."""
    is_plain: bool = False
    """Whether all cells are numbers of programming languages."""
    is_likely: bool = False
    """Whether cells that can be read in two ways still show which it is: other numbers have no separator."""

    @property
    def shortest_format(self) -> NumberFormat:
        """The format, or the plain one where that reads the same."""
        is_plain = self.is_plain and self.format == NumberFormat(notation="number")
        return PLAIN if is_plain else self.format

    @property
    def note(self) -> str:
        """What a user is told of the column."""
        return ". ".join(filter(None, (self._doubt(), *self.notes)))

    def _doubt(self) -> str:
        if self.other is None:
            return ""
        is_grouped = bool(self.format.thousands)
        separator = self.format.thousands if is_grouped else self.format.decimal
        taken = "between thousands" if is_grouped else "as decimal separator"
        fact = f"{self.example} could be thousands or decimals: the {_NAMES[separator]} is read {taken}"
        this, other = self.format.decimal, self.other.decimal
        return f"{fact}. --decimal {this} (decimal in Python) confirms it, --decimal {other} reads the other"


def are_groups_of_three(words: pl.Series) -> bool:
    """Return whether points in distinct numbers could stand between thousands: in all of them, or in all but a few."""
    with_point = words.filter(words.str.contains(".", literal=True))
    return len(with_point) > 0 and _are_mostly(with_point.str.contains(_SIGNED_GROUPS))


def infer_numbers(name: str, cells: pl.Series, words: pl.Series, options: CellOptions) -> NumberReading | str:
    """Return how the numbers of a column are read, or else a note on it, empty where it is nothing but words.

    ``words`` are the distinct stripped texts of the cells that are not missing.
    """
    # Infinite cells are missing, with a warning, however numbers are written.
    words = words.filter(~words.cast(pl.Float64, strict=False).is_infinite().fill_null(value=False))
    parts = NumberParts.of(words)
    n_numbers = int(parts.is_number.sum())
    if not n_numbers or n_numbers < min(_MIN_MIXED * len(words), len(words) - _MAX_OTHERS):
        return _written_otherwise(cells, words, parts.is_number)
    if (parts.parts["mark"].is_not_null() | ~parts.is_number).all():
        return ""
    if parts.parts["duration"].is_not_null().sum() > n_numbers / 2:
        reading, values = NumberReading(NumberFormat(notation="duration")), parts.durations()
    else:
        reading, values = _separators(parts, words, cells, options)
    unit, has_bare, is_of_unit = _unit(parts, values.is_not_null())
    reading = replace(reading, format=replace(reading.format, unit=unit))
    is_read = values.is_not_null() & is_of_unit
    n_different = int(is_read.sum())
    if has_bare and n_different < _MIN_DIFFERENT:
        return ""
    odd: OddCells | None = None
    if not is_read.all():
        odd = OddCells.of(cells, words.filter(~is_read).to_list(), words)
        are_exceptions = odd.are_few or (odd.stand_for_missing and n_different >= _MIN_DIFFERENT)
        if n_different < 2 or not are_exceptions:
            has_unit = bool(unit) and not has_bare
            note = _mixed(name, odd, words, is_read, parts.units(parts.letter_unit), has_unit=has_unit)
            return note or _written_otherwise(cells, words, parts.is_number)
        reading = replace(reading, odd=odd.words)
    notes = [odd.note("numbers", name)] if odd else []
    if has_bare:
        notes.append(_bare_note(cells, words, parts, is_read, unit))
    notes += _mark_notes(cells, words.filter(is_read), parts.parts["mark"].filter(is_read))
    is_plain = bool(find_numbers(words)[0].all())
    return replace(reading, notes=(*reading.notes, *notes), is_plain=is_plain)


def _separators(
    parts: NumberParts, words: pl.Series, cells: pl.Series, options: CellOptions
) -> tuple[NumberReading, pl.Series]:
    """Return the separators that most digits fit, and the numbers they make of them.

    Where all digits with a separator are in groups of three, numbers below 1000 have none if it is between thousands,
    and nearly all have one if it is decimal. Without such numbers a comma is taken to be between thousands.
    """
    bodies = parts.parts["body"]
    candidates = [
        (decimal, thousands)
        for decimal in DECIMALS
        for thousands in ("", ",", ".", " ", "'")
        if decimal != thousands
        and options.decimal in (None, decimal)
        and options.thousands in (None, thousands)
        and (not thousands or options.thousands or bodies.str.contains(thousands, literal=True).any())
    ]
    letter = parts.letter_unit
    values = {candidate: parts.values(*candidate, letter) for candidate in candidates}
    n_fits = {candidate: len(value) - value.null_count() for candidate, value in values.items()}
    best = max(candidates, key=lambda each: n_fits[each])
    equal = [each for each in candidates if n_fits[each] == n_fits[best]]
    swapped = {(".", ""): (",", "."), (",", ""): (".", ",")}
    reading = NumberReading(NumberFormat(*best, notation="number"))
    for plain, grouped in swapped.items():
        if plain in equal and grouped in equal:
            is_likely = bool((~bodies.str.contains("[.,]")).fill_null(value=False).any())
            best, other = (grouped, plain) if is_likely or plain[0] == "," else (plain, grouped)
            reading = NumberReading(
                NumberFormat(*best, notation="number"),
                other=NumberFormat(*other, notation="number"),
                example=_place(cells, words.filter(bodies.str.contains(_GROUPS).fill_null(value=False))),
                is_settled=False,
                is_likely=is_likely,
            )
    has_separator = bodies.str.contains("[.,]").any()
    reading = replace(reading, is_settled=reading.is_settled and bool(has_separator))
    read = values[best]
    if best[0] == "," and best[1] != "." and read.null_count():
        # A decimal point beside decimal commas is a decimal point.
        points = parts.values(".", "", letter)
        is_point = read.is_null() & points.is_not_null()
        if is_point.any() and not bodies.filter(is_point).str.contains(_GROUPS).any():
            read = read.zip_with(~is_point, points)
            reading = replace(reading, notes=(_both_note(cells, words, bodies, is_point),))
    is_left_open = options.decimal is None and options.thousands is None and reading.other is None
    if is_left_open and (stray := _stray_groups(bodies, *best)) is not None:
        reading = replace(reading, notes=(*reading.notes, _stray_note(cells, words, stray, best[0])))
    return reading, read


def _stray_groups(bodies: pl.Series, decimal: str, thousands: str) -> pl.Series | None:
    """Return which digits look as if their separator was of the other kind, or None if none do.

    Nearly all have groups of three; or all others have the same number of decimals, zeros at the end included; or no
    number has both separators, though numbers of either side of 1000 have one.
    """
    with_decimal = bodies.str.contains(decimal, literal=True).fill_null(value=False)
    is_group = bodies.str.contains(_GROUPS).fill_null(value=False)
    fractions = bodies.filter(with_decimal).str.split(decimal).list.last()
    lengths = set(fractions.str.len_chars().unique())
    is_stray = is_group & with_decimal
    if is_stray.any() and _are_mostly(is_stray.filter(with_decimal)):
        return is_stray
    if is_stray.any() and len(lengths) == 2 and lengths < {1, 2, 3}:
        others = fractions.filter(fractions.str.len_chars() != 3)
        return is_stray if others.str.ends_with("0").any() else None
    if thousands in (".", ",") and with_decimal.any():
        with_thousands = bodies.str.contains(thousands, literal=True).fill_null(value=False)
        if with_thousands.any() and not (with_thousands & with_decimal).any():
            return with_thousands
    return None


def _stray_note(cells: pl.Series, words: pl.Series, is_stray: pl.Series, decimal: str) -> str:
    fact = f"{_place(cells, words.filter(is_stray))} could be thousands or decimals, unlike others"
    return f"{fact}: read with a decimal {_NAMES[decimal]} as they are. Write all numbers in one way, or leave it empty"


def _are_mostly(is_group: pl.Series) -> bool:
    """Return whether more are groups of three than would be of rounded numbers, a tenth of which end in a zero."""
    n_groups = int(is_group.sum())
    return n_groups == len(is_group) or (n_groups >= _MIN_GROUPS and n_groups >= _GROUP_SHARE * len(is_group))


def _unit(parts: NumberParts, is_number: pl.Series) -> tuple[str, bool, pl.Series]:
    """Return the unit of most numbers, whether others have none, and which have either."""
    units = parts.units(parts.letter_unit)
    counts = units.filter(is_number).value_counts(sort=True, name="n")
    with_unit = counts.filter(counts[units.name] != "")
    if not len(with_unit):
        return "", False, units == ""
    n_bare = int(counts.filter(counts[units.name] == "")["n"].sum())
    unit = str(with_unit[units.name][0])
    # A unit behind a few of the numbers is an oddity of these.
    if int(with_unit["n"][0]) < n_bare:
        return "", False, units == ""
    return unit, n_bare > 0, (units == unit) | (units == "")


def _written_otherwise(cells: pl.Series, words: pl.Series, is_number: pl.Series) -> str:
    """Return a note on many different ranges or fractions, among numbers or not, which are not read as quantities."""
    for pattern, kind in ((RANGE, "a range"), (FRACTION, "a fraction")):
        is_one = words.str.contains(pattern)
        if len(words) > _MAX_CATEGORIES and is_one.any() and (is_one | is_number).sum() > _MIN_SHARE * len(words):
            place = _place(cells, words.filter(is_one))
            return f"{place} is {kind}, as others are: read as categories. Write numbers, or a column for each end"
    return ""


def _mixed(name: str, odd: OddCells, words: pl.Series, is_read: pl.Series, units: pl.Series, *, has_unit: bool) -> str:
    """Return a note on a column of numbers and other things, if most of it are numbers."""
    n_read = int(is_read.sum())
    if n_read < _MIN_SHARE * len(words) or n_read < (_MAX_OTHERS if has_unit else _MIN_DIFFERENT):
        return ""
    number, other = quoted(words.filter(is_read)[0]), quoted(odd.words[0])
    of_others = units.filter(~is_read).drop_nulls().unique(maintain_order=True).to_list()
    if of_others and has_unit:
        others = listed(of_others, _MAX_OTHERS, write=quoted)
        fact = f"numbers of several units: {number}, and row {odd.row:,} holds {other} ({others}): read as categories"
        return f"{fact}. Convert the cells to one unit, or leave the others empty"
    fact = f"most cells are numbers such as {number}, but row {odd.row:,} holds {other}: read as categories"
    if len(odd.words) > _MAX_OTHERS:
        return f"{fact}, as are {len(odd.words) - 1} more spellings. Correct or empty them to read numbers"
    asked = f"--numerical {quoted(name)} with --missing {quoted(','.join(odd.words))} (numerical, missing in Python)"
    return f"{fact}. {asked} reads numbers"


def _bare_note(cells: pl.Series, words: pl.Series, parts: NumberParts, is_read: pl.Series, unit: str) -> str:
    is_bare = is_read & (parts.units(parts.letter_unit) == "")
    bare, with_unit = _place(cells, words.filter(is_bare)), quoted(words.filter(is_read & ~is_bare)[0])
    fact = f"{bare} has no unit, and others have {quoted(unit)} as {with_unit} has: read as the same unit"
    return f"{fact}. Convert the cells if it is another"


def _both_note(cells: pl.Series, words: pl.Series, bodies: pl.Series, is_point: pl.Series) -> str:
    is_comma = bodies.str.contains(",", literal=True).fill_null(value=False)
    point = _place(cells, words.filter(is_point))
    if not is_comma.any():
        return f"{point} has a decimal point, and no number a decimal comma: read with the point"
    comma = quoted(words.filter(is_comma)[0])
    fact = f"{point} has a decimal point, and others a decimal comma as {comma} has: both are read as decimals"
    return f"{fact}. --decimal . or --decimal , (decimal in Python) reads one of them"


def _mark_notes(cells: pl.Series, words: pl.Series, marks: pl.Series) -> list[str]:
    """Return a note on limits, and one on approximate numbers."""
    notes = []
    below, above = (words.filter((marks == mark).fill_null(value=False)) for mark in (LIMIT_BELOW, LIMIT_ABOVE))
    limits = pl.concat([below, above])
    if len(limits):
        halved = f"{quoted(below[0])} as half of it" if len(below) else ""
        whole = f"{quoted(above[0])} as the limit" if len(above) else ""
        how = " and ".join(filter(None, (halved, whole)))
        n_cells = _n_cells(cells, limits)
        fact = f"{counted(n_cells, 'cell')} {'is a limit' if n_cells == 1 else 'are limits'}, first in row "
        fact += f"{_row(cells, limits):,}: {how}"
        notes.append(
            f"{fact}. --missing {quoted(','.join(limits.head(_MAX_OTHERS)))} (missing in Python) reads them as missing"
        )
    about = words.filter((marks == APPROXIMATE).fill_null(value=False))
    if len(about):
        n_cells = _n_cells(cells, about)
        fact = (
            f"{counted(n_cells, 'cell')} {'is' if n_cells == 1 else 'are'} approximate, such as {_place(cells, about)}"
        )
        notes.append(
            f"{fact}: read as the number. --missing {quoted(str(about[0]))} (missing in Python) reads it as missing"
        )
    return notes


def _place(cells: pl.Series, words: pl.Series) -> str:
    """Return the first cell that is one of the words, with its row."""
    row = _row(cells, words)
    return f"{quoted(strip(cells.slice(row - 1, 1))[0])} in row {row:,}"


def _row(cells: pl.Series, words: pl.Series) -> int:
    return int(strip(cells).is_in(words.to_list()).fill_null(value=False).arg_max() or 0) + 1


def _n_cells(cells: pl.Series, words: pl.Series) -> int:
    return int(strip(cells).is_in(words.to_list()).fill_null(value=False).sum())


def settle(readings: Sequence[NumberReading], decimals: Iterable[str] = ()) -> list[NumberReading]:
    """Return readings in which the columns that show their decimal separator decide about those that do not.

    ``decimals`` are the separators of other columns.
    """
    decimals = {*decimals, *(reading.format.decimal for reading in readings if reading.is_settled)}
    if len(decimals) != 1:
        return [*readings]
    (decimal,) = decimals
    return [_settled(reading, decimal) for reading in readings]


def _settled(reading: NumberReading, decimal: str) -> NumberReading:
    if reading.other is None or (reading.is_likely and reading.format.decimal != decimal):
        return reading
    chosen = reading.format if reading.format.decimal == decimal else reading.other
    return replace(reading, format=replace(chosen, unit=reading.format.unit), other=None)
