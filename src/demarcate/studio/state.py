"""The state of a page: everything it shows, read from JSON and checked, all problems at once; no torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

from demarcate.engine.optimizers import OPTIMIZERS
from demarcate.nn.spec import ACTIVATION_NAMES, HEAD_NAMES, HeadName
from demarcate.studio.placed_problem import Place, PlacedProblem, StudioError
from demarcate.studio.value_rules import (
    NAMES,
    FieldReader,
    RefusedValueError,
    flag,
    list_of,
    number,
    one_of,
    optional,
    pair_of_texts,
    shown,
    text,
    whole,
)

SOURCES = ("moons", "circles", "blobs", "heart", "table", "drawn")
"""Where rows come from; ``drawn`` has those alone that were added by hand."""

LIMITS = {
    "cards": 4,
    "layers": 6,
    "units": 256,
    "seeds": 5,
    "epochs": 100_000,
    "samples": 20_000,
    "centers": 10,
    "added": 1_000,
    "seed": 2**31 - 1,
}
"""The most of each thing that a page may ask for."""

DRAWN_EXTENT = (-3.0, 3.0, -3.0, 3.0)
"""Left, right, bottom and top of the map of points that are all set by hand: it does not move while they are."""

LARGEST_SHARE = 0.9
"""Validation and test rows are at most this share of all rows together: some are left to train on."""


def _setting(default: Any, reader: FieldReader) -> Any:
    """Declare a field: its default, and how a value from JSON is read."""
    return field(default=default, metadata={"reader": reader})


def _added_point(value: Any) -> tuple[float, float, int]:
    """Read a point added by hand: x, y, and the class by number."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != 3:
        raise RefusedValueError(value)
    place = number(-1e6, 1e6).read
    return place(value[0]), place(value[1]), whole(0, LIMITS["centers"] - 1).read(value[2])


def _held(value: Any) -> dict[str, float | str | None]:
    """Read the values at which columns are held."""
    if not isinstance(value, Mapping):
        raise RefusedValueError(value)
    read: dict[str, float | str | None] = {}
    for name, each in value.items():
        read[str(name)] = each if each is None or isinstance(each, str) else number(-1e300, 1e300).read(each)
    return read


_HELD = FieldReader("values by the names of columns", _held)
_POINT = FieldReader("points of x, y and a class by number", _added_point)


class _Part:
    """A part of a state, whose fields say how they are read."""

    @classmethod
    def read(cls, value: Any, where: Place, problems: list[PlacedProblem], card: str | None = None) -> Self:
        """Read a part from JSON; what is missing has its default, and problems are added to the list."""
        if not isinstance(value, Mapping):
            fact = f"{cls.__name__.removesuffix('State').lower()} is {shown(value)}"
            problems.append(PlacedProblem.of(where, fact, "Give an object of settings by name", card=card))
            value = {}
        settings: dict[str, Any] = {}
        for each in fields(cls):  # type: ignore[arg-type]
            if each.name not in value:
                continue
            reader: FieldReader = each.metadata["reader"]
            try:
                settings[each.name] = reader.read(value[each.name])
            except RefusedValueError as error:
                fact = f"{each.name} is {shown(error.value)}"
                problem = PlacedProblem.of(where, fact, f"Give {reader.description}", field=each.name, card=card)
                problems.append(problem)
        return cls(**settings)


@dataclass(frozen=True)
class DataState(_Part):
    """Where the rows come from; the knobs of a generator are those of `demarcate.datasets`."""

    source: str = _setting("moons", one_of(SOURCES))
    n_samples: int = _setting(300, whole(10, LIMITS["samples"]))
    noise: float = _setting(0.3, number(0, 10))
    factor: float = _setting(0.5, number(0, 0.99))
    centers: int = _setting(4, whole(2, LIMITS["centers"]))
    cluster_std: float = _setting(1.5, number(0, 20))
    random_state: int = _setting(0, whole(0, LIMITS["seed"]))
    table: str | None = _setting(None, optional(text(200)))
    target: str | None = _setting(None, optional(text(1000)))
    categorical: tuple[str, ...] = _setting((), NAMES)
    drop: tuple[str, ...] = _setting((), NAMES)
    added: tuple[tuple[float, float, int], ...] = _setting((), list_of(_POINT, LIMITS["added"]))
    standardise: bool = _setting(True, flag())


@dataclass(frozen=True)
class SplitState(_Part):
    """Which shares of all rows are held out, and the seed that draws them."""

    validation: float = _setting(0.2, number(0, 0.8))
    test: float = _setting(0.2, number(0, 0.8))
    seed: int = _setting(0, whole(0, LIMITS["seed"]))


@dataclass(frozen=True)
class ViewState(_Part):
    """The two axes of the maps, and the values at which other columns are held."""

    columns: tuple[str, str] | None = _setting(None, optional(pair_of_texts()))
    held: Mapping[str, float | str | None] = field(default_factory=dict, metadata={"reader": _HELD})


@dataclass(frozen=True)
class CardState(_Part):
    """One network, how it is trained, and with how many seeds."""

    id: str = _setting("", text(40, empty=False))
    name: str = _setting("network", text(60))
    hidden: tuple[int, ...] = _setting((16, 16), list_of(whole(1, LIMITS["units"]), LIMITS["layers"]))
    activation: str = _setting("tanh", one_of(ACTIVATION_NAMES))
    dropout: float = _setting(0.0, number(0, 0.95))
    head: HeadName = _setting("auto", one_of(("auto", *HEAD_NAMES)))
    optimizer: str = _setting("adam", one_of(tuple(OPTIMIZERS)))
    lr: float = _setting(0.01, number(0, 1000, above=True))
    weight_decay: float = _setting(0.0, number(0, 1000))
    batch_size: int | None = _setting(32, optional(whole(1, 1_000_000)))
    schedule: Literal["constant", "cosine"] = _setting("constant", one_of(("constant", "cosine")))
    epochs: int = _setting(500, whole(1, LIMITS["epochs"]))
    patience: int | None = _setting(None, optional(whole(1, LIMITS["epochs"])))
    seed: int = _setting(0, whole(0, LIMITS["seed"] - LIMITS["seeds"]))
    seeds: int = _setting(1, whole(1, LIMITS["seeds"]))


@dataclass(frozen=True)
class State:
    """What a page shows; the decision and other parts that only the browser reads are left out.

    Examples
    --------
    >>> state = State.of({"data": {"noise": 0.1}, "cards": [{"id": "a", "hidden": [4]}]})
    >>> state.data.noise, state.cards[0].hidden, state.split.test
    (0.1, (4,), 0.2)
    >>> State.of({"data": {"noise": -1}, "cards": [{"id": "a", "lr": 0}]})
    Traceback (most recent call last):
    demarcate.studio.placed_problem.StudioError: 2 problems:
    - noise is -1. Give a number from 0 to 10.
    - lr is 0. Give a number above 0, at most 1000.
    """

    data: DataState
    split: SplitState
    view: ViewState
    cards: tuple[CardState, ...]

    @classmethod
    def of(cls, value: Any) -> "State":
        """Read a state from JSON; what is missing has its default, and what is unknown is left out.

        Raises
        ------
        StudioError
            With all problems, each with its card and field.
        """
        if not isinstance(value, Mapping):
            fact = f"The state is {shown(value)}"
            raise StudioError([PlacedProblem.of("connection", fact, "Send an object with data, split, view and cards")])
        problems: list[PlacedProblem] = []
        data = DataState.read(value.get("data", {}), "data", problems)
        split = SplitState.read(value.get("split", {}), "data", problems)
        if split.validation + split.test > LARGEST_SHARE:
            fact = f"validation and test are {split.validation + split.test:.0%} of the rows together"
            problems.append(PlacedProblem.of("data", fact, f"Give at most {LARGEST_SHARE:.0%}", field="test"))
        view = ViewState.read(value.get("view", {}), "view", problems)
        cards = _cards(value.get("cards", []), problems)
        if problems:
            raise StudioError(problems)
        return cls(data, split, view, cards)


def _cards(value: Any, problems: list[PlacedProblem]) -> tuple[CardState, ...]:
    """Read one to four cards, whose ids differ."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not 1 <= len(value) <= LIMITS["cards"]:
        count = len(value) if isinstance(value, list) else shown(value)
        problems.append(PlacedProblem.of("card", f"cards: {count}", f"Show 1 to {LIMITS['cards']} cards"))
        return ()
    cards = []
    for each in value:
        name = each.get("id") if isinstance(each, Mapping) else None
        cards.append(CardState.read(each, "card", problems, name if isinstance(name, str) else None))
    ids = [card.id for card in cards]
    for each in sorted({each for each in ids if ids.count(each) > 1}):
        fact = f"{ids.count(each)} cards have the id {shown(each)}"
        problems.append(PlacedProblem.of("card", fact, "Give each card an id of its own", card=each, field="id"))
    return tuple(cards)
