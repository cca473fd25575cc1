"""The facts about a model file beside its columns and scores, as names and text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from demarcate.bundle.network_kinds import NetworkKind, network_kinds
from demarcate.evaluation.scores import scores_from_json
from demarcate.formatting import MAX_LISTED, counted, listed, percent, quoted
from demarcate.nn import Network, family_of
from demarcate.nn.spec import n_outputs
from demarcate.tabular.positive_class import positive_or_second
from demarcate.tabular.splits import one_split_in_words
from demarcate.tabular.timestamps import SECONDS_OF_A_DAY, format_timestamp

if TYPE_CHECKING:
    from demarcate.bundle.model_spec import ModelSpec
    from demarcate.bundle.read_model import ModelFile
    from demarcate.encoding import TableEncoder
    from demarcate.evaluation.paired import PairedComparison
    from demarcate.evaluation.scores import Score

_OF_THE_FIT = ("seed", "data_sha256")
"""What a record of origin holds beside versions of programs."""
_SAMPLED = "drawn at random, for the audit and logistic regression"


def summarize(file: "ModelFile") -> list[tuple[str, str]]:
    """Return names and text in the order in which they are shown."""
    spec = file.spec
    record, conformal = spec.record, spec.conformal
    n_encoded = value_range(encoder.n_encoded for encoder in spec.encoders)
    severities = Counter(str(finding.get("severity")) for finding in record.get("audit", []))
    summary = [
        ("networks", f"{len(spec.networks)}, of {value_range(parameter_counts(spec))} parameters"),
        *(("layers", layers) for layers in _layers(network_kinds(spec))),
        ("shares of networks", _shares(spec.weights)),
        ("encoders", f"{len(spec.encoders)}, of {n_encoded} columns each"),
        ("trees", _trees(spec.encoders)),
        ("head", spec.head),
        ("decision", _decision(spec)),
        ("positive class", "" if spec.positive is None else str(spec.classes.tolist()[spec.positive])),
        ("costs", _costs(spec)),
        ("temperature", "" if spec.temperature is None else f"{spec.temperature:.3g}"),
        ("prediction sets", "" if conformal is None else f"by {len(conformal.truths):,} rows"),
        ("trained on", _n_rows(spec)),
        ("split", one_split_in_words(**record["split"]) if "split" in record else ""),
        ("rows of classes", listed([f"{label}: {rows:,}" for label, rows in record.get("class_rows", {}).items()])),
        *_training_rows(spec),
        ("training", _time_limit(record.get("members", []))),
        ("audit", ", ".join(counted(n, severity) for severity, n in severities.items())),
        ("sample", f"{record['n_sampled']:,} rows, {_SAMPLED}" if "n_sampled" in record else ""),
    ]
    provenance = record.get("provenance", {})
    own = [name for name in _OF_THE_FIT if name in provenance]
    summary += [(f"made with {name}", str(value)) for name, value in provenance.items() if name not in own]
    summary += [(name, str(provenance[name])) for name in own]
    sizes = f"{len(file.data):,} bytes, {file.n_header_bytes:,} of them header"
    tensors = counted(len(file.tensors), "tensor")
    summary.append(("file", f"format {file.document['format_version']}, {sizes}, {tensors}"))
    summary.append(("sha256", file.sha256))
    return [(name, text) for name, text in summary if text]


def summary_json(file: "ModelFile") -> dict[str, Any]:
    """Return the file's document, and the facts about the file that the document does not hold."""
    spec = file.spec
    return {
        **file.document,
        "cost_matrix": None if spec.costs is None else spec.costs.matrix.tolist(),
        "sha256": file.sha256,
        "sizes": {
            "bytes": len(file.data),
            "header_bytes": file.n_header_bytes,
            "parameters": parameter_counts(spec),
            "tensors": {
                name: {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "bytes": tensor.nbytes}
                for name, tensor in file.tensors.items()
            },
        },
    }


def parameter_counts(spec: "ModelSpec") -> list[int]:
    """Return the number of weights and biases of each network, from its shapes."""
    outputs = n_outputs(spec.head, len(spec.classes))
    return [
        sum(map(prod, family_of(network).named_shapes(network, spec.encoders[place].n_encoded, outputs).values()))
        for place, network in zip(spec.encoding, spec.networks, strict=True)
    ]


def encoded_columns(spec: "ModelSpec") -> dict[str, str]:
    """Return each column's kind of encoder and number of encoded columns; encoders of folds may differ in both."""
    encoded = {}
    for place, column in enumerate(spec.schema.used):
        encoders = [encoder.encoders[place] for encoder in spec.encoders]
        kinds = sorted({encoder.kinds[place] for encoder in spec.encoders})
        encoded[column.name] = f"{'/'.join(kinds)}: {value_range(len(encoder.names('')) for encoder in encoders)}"
    return encoded


def column_values(spec: "ModelSpec") -> dict[str, str]:
    """Return each column's categories, or the range of its values, as far as the file keeps them."""
    from demarcate.tabular.summaries import range_in_words

    ranges, texts = {} if spec.trained_on is None else spec.trained_on.ranges, {}
    for column in spec.schema.columns:
        if (values := ranges.get(column.name)) is None:
            texts[column.name] = listed(column.categories)
        elif column.kind == "numerical":
            texts[column.name] = range_in_words(values.least, values.greatest)
        else:
            texts[column.name] = f"{column.written(values.least)} to {column.written(values.greatest)}"
    return texts


def missing_counts(spec: "ModelSpec") -> dict[str, int]:
    """Return the missing cells of each column in training, as far as the file keeps them: of numbers and dates."""
    trained_on = spec.trained_on
    return (
        {}
        if trained_on is None
        else {name: trained_on.n_rows - values.n_values for name, values in trained_on.ranges.items()}
    )


def comparisons(spec: "ModelSpec") -> "list[PairedComparison]":
    """Return the comparisons with baselines on the same rows, logistic regression first."""
    from demarcate.evaluation.paired import DECIDING, PairedComparison

    recorded = sorted(spec.record.get("comparison", {}).items())
    compared = [PairedComparison.from_json(document) for _, document in recorded]
    return [each for each in compared if DECIDING in each.differences]


def positive_scores(spec: "ModelSpec") -> "dict[str, Score]":
    """Return precision, recall and F1 of the positive class, as far as the file keeps them."""
    if spec.positive is None:
        return {}
    label = str(spec.classes.tolist()[spec.positive])
    return scores_from_json(spec.record.get("class_scores", {}).get(label, {}))


def value_range(counts: Iterable[int]) -> str:
    """Return the least and the greatest of several counts, which may be one."""
    ordered = sorted(set(counts))
    return f"{ordered[0]:,}" if len(ordered) == 1 else f"{ordered[0]:,} to {ordered[-1]:,}"


def layer_widths(network: Network) -> str:
    """Return a network's hidden widths."""
    return ",".join(map(str, network.hidden)) or "none"


def _n_rows(spec: "ModelSpec") -> str:
    if spec.trained_on is not None:
        return counted(spec.trained_on.n_rows, "row")
    return f"{spec.record['n_samples']:,} rows" if "n_samples" in spec.record else ""


def _training_rows(spec: "ModelSpec") -> list[tuple[str, str]]:
    """Return what depends on what among the training rows: groups, time and weights."""
    if (trained_on := spec.trained_on) is None:
        return []
    groups = "" if trained_on.groups is None else counted(len(trained_on.groups), "group")
    if trained_on.group_columns:
        groups += f", by {listed(trained_on.group_columns, write=quoted)}"
    time = ""
    if trained_on.latest is not None:
        is_date = trained_on.is_date
        latest = format_timestamp(trained_on.latest) if is_date else f"{trained_on.latest:.15g}"
        time = f"{quoted(trained_on.time_column)} up to {latest}" if trained_on.time_column else f"up to {latest}"
        if trained_on.gap:
            gap = f"{trained_on.gap / SECONDS_OF_A_DAY:g} days" if is_date else f"{trained_on.gap:g}"
            time += f", labels known {gap} later"
    weights = quoted(trained_on.weight_column) if trained_on.weight_column else ""
    return [("groups", groups), ("time", time), ("weights", weights)]


def _layers(kinds: Sequence[NetworkKind]) -> list[str]:
    """Return a line for each kind of network."""
    lines = []
    for kind in kinds:
        network, share = kind.network, f"{counted(kind.n_members, 'network')}, {percent(kind.share)} of the mean"
        line = "" if network.family == Network.family else f"{network.family}, "
        line += f"hidden {layer_widths(network)}, {network.activation}, dropout {network.dropout:g}"
        line += f", input dropout {network.input_dropout:g}" if network.input_dropout else ""
        line += f", leaves of {counted(kind.n_trees, 'tree')}" if kind.n_trees else ""
        lines.append(line if len(kinds) == 1 else f"{line} ({share})")
    n_more = len(lines) - MAX_LISTED
    return lines[:MAX_LISTED] + ([f"and {counted(n_more, 'kind')} more"] if n_more > 0 else [])


def _shares(weights: Sequence[float] | None) -> str:
    """Return the least and the greatest share of a network in the mean of probabilities, if they differ."""
    return "" if weights is None else f"{min(weights):.3g} to {max(weights):.3g} of the mean"


def _trees(encoders: "Sequence[TableEncoder]") -> str:
    """Return how many trees have leaves among the encoded columns, and in which of the encoders."""
    grown = [encoder.leaves for encoder in encoders if encoder.leaves is not None]
    if not grown:
        return ""
    n_trees, n_leaves = (value_range(getattr(own, name) for own in grown) for name in ("n_trees", "n_leaves"))
    return f"{n_trees} of {n_leaves} leaves, in {len(grown)} of {counted(len(encoders), 'encoder')}"


def _decision(spec: "ModelSpec") -> str:
    if spec.threshold is not None:
        return f"{spec.classes.tolist()[positive_or_second(spec.positive)]} from a probability of {spec.threshold:.4g}"
    if spec.costs is None:
        return "the likelier class" if len(spec.classes) == 2 else "the likeliest class"
    abstain = spec.costs.abstain
    return "what costs least" + ("" if abstain is None else f", or for none at a cost of {abstain:g}")


def _costs(spec: "ModelSpec") -> str:
    """Return each decision whose cost differs from the default: 1 for a mistake, 0 for the true class."""
    if spec.costs is None:
        return ""
    labels = spec.classes.tolist()
    costs = [
        f"{label} decided as {labels[decided]} costs {cost:g}"
        for true, (label, row) in enumerate(zip(labels, spec.costs.matrix.tolist(), strict=True))
        for decided, cost in enumerate(row)
        if cost != (true != decided)
    ]
    return listed(costs) or "1 for every mistake"


def _time_limit(members: Sequence[Mapping[str, Any]]) -> str:
    if not any(member.get("timed_out") for member in members):
        return ""
    return f"ended by its time limit after {counted(max(member['epochs'] for member in members), 'epoch')}"
