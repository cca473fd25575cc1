"""The kinds of network in a model, in words: for the terminal, the report, and the summary of a model file."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from demarcate.formatting import counted, percent
from demarcate.nn import Network

if TYPE_CHECKING:
    from demarcate.bundle.model_spec import ModelSpec
    from demarcate.inference import Predictor


@dataclass(frozen=True)
class NetworkKind:
    """Members of a model that have one specification and read the same: encoded columns, or leaves of trees as well.

    ``n_trees`` is of the encoders of these members, which are alike in it unless a fold has trees of its own number;
    it is 0 without leaves. ``share`` is what the members weigh in the mean of probabilities, together.
    """

    network: Network
    n_trees: int
    n_members: int
    share: float


def network_kinds(model: Union["ModelSpec", "Predictor"]) -> list[NetworkKind]:
    """Return the kinds of a model's members, in their order."""
    members: dict[tuple[Network, bool], list[int]] = {}
    trees = [0 if encoder.leaves is None else encoder.leaves.n_trees for encoder in model.encoders]
    for member, (network, encoder) in enumerate(zip(model.networks, model.encoding, strict=True)):
        members.setdefault((network, trees[encoder] > 0), []).append(member)
    shares = model.weights or [1 / len(model.encoding)] * len(model.encoding)
    return [
        NetworkKind(
            network,
            max(trees[model.encoding[member]] for member in own),
            len(own),
            sum(shares[member] for member in own),
        )
        for (network, _), own in members.items()
    ]


def networks_in_words(model: Union["ModelSpec", "Predictor"], done: str = "") -> str:
    """Return how many networks of which kinds there are, and what the kinds weigh; ``done`` is how they were made."""
    kinds = network_kinds(model)
    networks, words = counted(len(model.encoding), "network"), _words(kinds)
    if len(kinds) == 1:
        return f"{networks} {words[0]}" + (f", {done}" if done else "")
    parts = [f"{kind.n_members:,} {text}, {percent(kind.share)}" for kind, text in zip(kinds, words, strict=True)]
    parts[0] = f"{kinds[0].n_members:,} {words[0]}, which weigh {percent(kinds[0].share)}"
    return f"{networks}{f' {done}' if done else ''}: {', '.join(parts[:-1])}, and {parts[-1]}"


def _words(kinds: list[NetworkKind]) -> list[str]:
    """Return what each kind is, with its other settings where its widths and leaves are those of another kind."""
    texts = []
    for kind in kinds:
        widths = "-".join(map(str, kind.network.hidden))
        text = f"of {widths} hidden units" if widths else "without hidden layers"
        texts.append(text + (f" that read the leaves of {counted(kind.n_trees, 'tree')}" if kind.n_trees else ""))
    return [
        text if texts.count(text) == 1 else f"{text} ({_settings(kind.network)})"
        for kind, text in zip(kinds, texts, strict=True)
    ]


def _settings(network: Network) -> str:
    """Return the settings of a network beside its widths."""
    text = f"{network.family}, {network.activation}, dropout {network.dropout:g}"
    return text + (f", input dropout {network.input_dropout:g}" if network.input_dropout else "")
