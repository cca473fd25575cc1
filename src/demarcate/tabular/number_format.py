"""How the numbers of a column are written: decimal and thousands separators, a unit, durations."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from demarcate.errors import SettingError

DECIMALS = (".", ",")
THOUSANDS = ("", ",", ".", " ", "'")
Notation = Literal["plain", "number", "duration"]
NOTATIONS: tuple[Notation, ...] = ("plain", "number", "duration")


@dataclass(frozen=True)
class NumberFormat:
    """How the numbers of a column are written; the default is that of programming languages."""

    decimal: str = "."
    thousands: str = ""  # empty where numbers are not grouped
    unit: str = ""  # what stands before or after every number, such as € or cm
    # As programming languages or as people write numbers; a duration is hours, minutes and seconds between colons.
    notation: Notation = "plain"

    def __post_init__(self) -> None:
        check_separators(self.decimal, self.thousands)
        if self.notation not in NOTATIONS or not isinstance(self.unit, str):
            raise SettingError(f"a notation must be one of {', '.join(NOTATIONS)} with a unit in text, got {self}")

    def to_json(self) -> dict[str, str]:
        """Return the format as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Any) -> "NumberFormat":
        """Return the format that `to_json` described; raise ValueError if it describes none."""
        if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
            raise ValueError("a number format is not described by text")
        if set(document) != {"decimal", "thousands", "unit", "notation"}:
            raise ValueError("a number format does not have a decimal, thousands, a unit and a notation")
        try:
            return cls(**document)
        except SettingError as error:
            raise ValueError(str(error)) from None


def check_separators(decimal: str | None, thousands: str | None) -> None:
    """Refuse separators that no number has."""
    if decimal is not None and decimal not in DECIMALS:
        raise SettingError(f"decimal must be a point or a comma, got {decimal!r}")
    if thousands is not None and thousands not in THOUSANDS:
        raise SettingError(f"thousands must be a comma, a point, a space, an apostrophe or empty, got {thousands!r}")
    if decimal is not None and decimal == thousands:
        raise SettingError(f"decimal and thousands must be different characters, got {decimal!r} for both")


PLAIN = NumberFormat()
"""Numbers as programming languages write them."""
