"""What a studio opens with in Python: data, networks and their training as a state of the page."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from demarcate.datasets import BUILT_IN, Dataset
from demarcate.errors import SettingError
from demarcate.studio.state import LIMITS

if TYPE_CHECKING:
    from demarcate.engine import Training
    from demarcate.nn import Network
    from demarcate.studio.tables import Tables

NETWORK_SETTINGS = ("hidden", "activation", "dropout", "head")
TRAINING_SETTINGS = ("optimizer", "lr", "weight_decay", "batch_size", "schedule", "epochs", "patience")


def opening_state(
    begin: Mapping[str, Any],
    tables: "Tables",
    data: Any = None,
    networks: "Mapping[str, Network] | None" = None,
    training: "Training | Mapping[str, Training] | None" = None,
    target: str | None = None,
) -> dict[str, Any]:
    """Return a state with these data and networks, and everything else as in ``begin``; the data are among ``tables``.

    Raises
    ------
    SettingError
        If a network or a training has what no card has, or there are too many of them.
    StudioError
        If the data cannot be read.
    """
    state = {**begin, "data": {**begin["data"], **_data_state(data, target, tables)}}
    if networks is not None or training is not None:
        state["cards"] = _cards(begin["cards"][0], networks, training)
    return state


def _data_state(data: Any, target: str | None, tables: "Tables") -> dict[str, Any]:
    """Return the settings of the data: a built-in set by its name, else a table that was opened."""
    if data is None:
        return {}
    if isinstance(data, str) and data in BUILT_IN:
        return {"source": data}
    if isinstance(data, str) or hasattr(data, "__fspath__"):
        opened = tables.open(data)
        return {"source": "table", "table": opened.id, "target": target or getattr(opened, "target", None)}
    if isinstance(data, Dataset):
        table = tables.add(data.frame, data.name, target or data.target)
    else:
        table = tables.add(data, "table", target)
    categorical = list(data.categorical) if isinstance(data, Dataset) else []
    return {"source": "table", "table": table.id, "target": table.target, "categorical": categorical}


def _cards(
    begin: Mapping[str, Any],
    networks: "Mapping[str, Network] | None",
    training: "Training | Mapping[str, Training] | None",
) -> list[dict[str, Any]]:
    """Return a card for each network."""
    from demarcate.engine import Training
    from demarcate.nn import Network

    named = dict(networks) if networks is not None else {str(begin["name"]): None}
    if not 1 <= len(named) <= LIMITS["cards"]:
        raise SettingError(f"the studio shows 1 to {LIMITS['cards']} networks, got {len(named)}")
    cards = []
    for name, network in named.items():
        own = training.get(name) if isinstance(training, Mapping) else training
        card = {**begin, "id": name[:40] or "network", "name": name[:60]}
        card |= {} if network is None else _settings(network, Network, NETWORK_SETTINGS)
        card |= {} if own is None else _settings(own, Training, TRAINING_SETTINGS)
        cards.append(card)
    return cards


def _settings(given: Any, kind: type[Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the settings of a network or training that a card has; the others must be their defaults."""
    if type(given) is not kind:
        raise SettingError(f"the studio shows networks that are a {kind.__name__}, got {given!r}")
    usual = kind()
    for each in fields(kind):
        value = getattr(given, each.name)
        if each.name not in names and value != getattr(usual, each.name):
            raise SettingError(f"the studio trains with {each.name} {getattr(usual, each.name)!r}, got {value!r}")
    settings = {name: getattr(given, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}
