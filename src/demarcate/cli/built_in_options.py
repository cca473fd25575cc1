"""The options that shape a built-in data set: the arguments of its function."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from demarcate.cli.error_handling import UsageError
from demarcate.cli.option_groups import option, setting
from demarcate.formatting import listed

if TYPE_CHECKING:
    from demarcate.datasets import Dataset

_NAMES = {"data_seed": "random_state"}
"""Options that are not called as the argument is: --seed is that of the training."""


def read_centers(text: str) -> int | list[list[float]]:
    """Return a number of centres, or the points in text such as ``0,0;5,5``."""
    try:
        return int(text) if text.strip().isdigit() else [_numbers(point) for point in text.split(";")]
    except ValueError:
        raise UsageError(f"--centers is {text!r}", "Give their number, or points such as '0,0;5,5'") from None


def read_deviations(text: str) -> float | list[float]:
    """Return one standard deviation, or those in a list such as ``0.5,2``."""
    try:
        deviations = _numbers(text)
    except ValueError:
        raise UsageError(f"--cluster-std is {text!r}", "Give a number, or one for each centre: 0.5,2") from None
    return deviations[0] if len(deviations) == 1 else deviations


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",")]


_READERS = {"centers": read_centers, "cluster_std": read_deviations}


@dataclass(frozen=True, kw_only=True)
class BuiltInOptions:
    """The shape of a built-in data set; an option is an argument of the function of that name."""

    n_samples: int | None = setting("Rows of blobs or circles, 1000 if not given, or moons, 300.", metavar="N")
    noise: float | None = setting("Noise of circles or moons, a standard deviation; 0.05 and 0.3 if not given.")
    factor: float | None = setting("Radius of the inner circle, 0.5 if not given; that of the outer is 1.")
    n_features: int | None = setting("Columns of blobs, 2 if not given.", metavar="N")
    centers: str | None = setting("Centres of blobs, 4 if not given: their number, or points such as '0,0;5,5'.")
    cluster_std: str | None = setting("Standard deviation of blobs, 1.5 if not given, or one for each centre: 0.5,2.")
    data_seed: int | None = option("Seed of the points of blobs or circles, 42 if not given, or moons, 0.")

    def dataset(self, name: str) -> "Dataset":
        """Return the built-in data set of this name, in the shape that the options give it."""
        from demarcate.datasets import BUILT_IN
        from demarcate.datasets.generators import MAX_SEED

        takes = _arguments(name)
        if wrong := [each for each in self._given() if _NAMES.get(each, each) not in takes]:
            own = (
                listed([_flag(each) for each in _option_names() if _NAMES.get(each, each) in takes]) or "no such option"
            )
            raise UsageError(f"{_flag(wrong[0])} is no option of {name}", f"It takes {own}{_others(wrong[0])}")
        if self.data_seed is not None and not 0 <= self.data_seed <= MAX_SEED:
            raise UsageError(f"--data-seed is {self.data_seed}", f"Give a whole number from 0 to {MAX_SEED}")
        values = self._given().items()
        return BUILT_IN[name](**{_NAMES.get(each, each): _READERS.get(each, _same)(value) for each, value in values})

    def refuse_shape(self, source: str) -> None:
        """Refuse the options for a table that is not built in."""
        if given := [*self._given()]:
            fact = f"{_flag(given[0])} shapes a built-in data set, and {source!r} is a table of its own"
            raise UsageError(fact, f"Leave it out{_others(given[0])}")

    def without_shape(self) -> Self:
        """Return the options for another table than the one that they shape."""
        return replace(self, **dict.fromkeys(_option_names()))

    def shape_words(self) -> list[str]:
        """Return the options as words of a command line."""
        return [word for name, value in self._given().items() for word in (_flag(name), str(value))]

    def _given(self) -> dict[str, Any]:
        return {name: value for name in _option_names() if (value := getattr(self, name)) is not None}


def _option_names() -> Sequence[str]:
    return [each.name for each in fields(BuiltInOptions)]


def _arguments(name: str) -> Sequence[str]:
    from demarcate.datasets import BUILT_IN

    return [*inspect.signature(BUILT_IN[name]).parameters]


def _others(option_name: str) -> str:
    """Return which data sets take an option, as the end of a sentence."""
    from demarcate.datasets import BUILT_IN

    names = [name for name in BUILT_IN if _NAMES.get(option_name, option_name) in _arguments(name)]
    return f"; {_flag(option_name)} is for {listed(names)}"


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _same(value: Any) -> Any:
    return value
