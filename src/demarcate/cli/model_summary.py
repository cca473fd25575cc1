"""What there is to say of a model file beside its columns and scores, as words under names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from demarcate.formatting import MAX_LISTED, counted, listed
from demarcate.nn import Network, family_of, n_outputs

if TYPE_CHECKING:
    from demarcate.bundle.model_spec import ModelSpec
    from demarcate.bundle.read_model import ModelFile


def facts(audited: "ModelFile") -> list[tuple[str, str]]:
    """Names and words, in the order in which they are shown."""
    contents = audited.spec
    record, conformal = contents.record, contents.conformal
    named = [
        ("networks", f"{len(contents.networks)}, of {span(parameters(contents))} parameters"),
        *(("layers", layers) for layers in _layers(contents.networks)),
        ("encoders", f"{len(contents.encoders)}, of {span(each.n_encoded for each in contents.encoders)} columns each"),
        ("head", contents.head),
        ("decision", _decision(contents)),
        ("costs", _costs(contents)),
        ("temperature", "" if contents.temperature is None else f"{contents.temperature:.3g}"),
        ("prediction sets", "" if conformal is None else f"by {len(conformal.truths):,} rows"),
        ("trained on", f"{record['n_samples']:,} rows" if "n_samples" in record else ""),
        ("rows of classes", listed([f"{label}: {rows:,}" for label, rows in record.get("class_rows", {}).items()])),
        ("training", _ended(record.get("members", []))),
        ("audit", _audit(record.get("audit", []))),
        ("sample", _sample(record)),
    ]
    for name, value in record.get("provenance", {}).items():
        named.append((name if name in ("seed", "data_sha256") else f"made with {name}", str(value)))
    sizes = f"{len(audited.data):,} bytes, {audited.n_header_bytes:,} of them header"
    tensors = counted(len(audited.tensors), "tensor")
    named.append(("file", f"format {audited.document['format_version']}, {sizes}, {tensors}"))
    named.append(("sha256", audited.sha256))
    return [(name, words) for name, words in named if words]


def _sample(record: Mapping[str, Any]) -> str:
    """On how many rows a table was looked at that did not fit in memory."""
    if "n_sampled" not in record:
        return ""
    return f"{record['n_sampled']:,} rows, drawn at random, for the audit and logistic regression"


def as_json(audited: "ModelFile") -> dict[str, Any]:
    """The file's document, and beside it what the document does not say of the file."""
    contents = audited.spec
    return {
        **audited.document,
        "cost_matrix": None if contents.costs is None else contents.costs.matrix.tolist(),
        "sha256": audited.sha256,
        "sizes": {
            "bytes": len(audited.data),
            "header_bytes": audited.n_header_bytes,
            "parameters": parameters(contents),
            "tensors": {
                name: {"dtype": str(tensor.dtype), "shape": list(tensor.shape), "bytes": tensor.nbytes}
                for name, tensor in audited.tensors.items()
            },
        },
    }


def parameters(contents: "ModelSpec") -> list[int]:
    """How many weights and biases each network has.

    Its widths tell: the audit has compared them with the file's tensors.
    """
    outputs = n_outputs(contents.head, len(contents.classes))
    return [
        sum(map(prod, family_of(network).named_shapes(network, contents.encoders[place].n_encoded, outputs).values()))
        for place, network in zip(contents.encoding, contents.networks, strict=True)
    ]


def encoded(contents: "ModelSpec") -> dict[str, str]:
    """For each column that is read, its encoder's kind and how many encoded columns it becomes.

    Encoders of different folds may differ in both.
    """
    found = {}
    for place, column in enumerate(contents.schema.used):
        encoders = [encoder.encoders[place] for encoder in contents.encoders]
        kinds = sorted({encoder.kinds[place] for encoder in contents.encoders})
        found[column.name] = f"{'/'.join(kinds)}: {span(len(encoder.names('')) for encoder in encoders)}"
    return found


def span(counts: Iterable[int]) -> str:
    """The least and the most of several counts, which may be one.

    Examples
    --------
    >>> span([3, 3]), span([4, 1200])
    ('3', '4 to 1,200')
    """
    ordered = sorted(set(counts))
    return f"{ordered[0]:,}" if len(ordered) == 1 else f"{ordered[0]:,} to {ordered[-1]:,}"


def hidden(network: Network) -> str:
    """A network's hidden widths.

    Examples
    --------
    >>> hidden(Network((16, 8))), hidden(Network(()))
    ('16,8', 'none')
    """
    return ",".join(map(str, network.hidden)) or "none"


def _layers(networks: Sequence[Network]) -> list[str]:
    """What networks are, a line for each kind."""
    kinds = Counter(
        f"hidden {hidden(network)}, {network.activation}, dropout {network.dropout:g}"
        + (f", input dropout {network.input_dropout:g}" if network.input_dropout else "")
        for network in networks
    )
    lines = [words if len(kinds) == 1 else f"{words} ({counted(n, 'network')})" for words, n in kinds.items()]
    more = len(lines) - MAX_LISTED
    return lines[:MAX_LISTED] + ([f"and {counted(more, 'kind')} more"] if more > 0 else [])


def _decision(contents: "ModelSpec") -> str:
    if contents.threshold is not None:
        return f"{contents.classes.tolist()[1]} from a probability of {contents.threshold:.4g}"
    if contents.costs is None:
        return "the likelier class" if len(contents.classes) == 2 else "the likeliest class"
    abstain = contents.costs.abstain
    return "what costs least" + ("" if abstain is None else f", or for none at a cost of {abstain:g}")


def _costs(contents: "ModelSpec") -> str:
    """Each decision that costs something else than by default: 1 for a mistake, nothing for being right."""
    if contents.costs is None:
        return ""
    labels = contents.classes.tolist()
    named = [
        f"{label} decided as {labels[decided]} costs {cost:g}"
        for true, (label, row) in enumerate(zip(labels, contents.costs.matrix.tolist(), strict=True))
        for decided, cost in enumerate(row)
        if cost != (true != decided)
    ]
    return listed(named) or "1 for every mistake"


def _ended(members: Sequence[Mapping[str, Any]]) -> str:
    """What is to be known of how training ended; empty where it ran its course."""
    if not any(member.get("timed_out") for member in members):
        return ""
    return f"ended by its time limit after {counted(max(member['epochs'] for member in members), 'epoch')}"


def _audit(findings: Sequence[Mapping[str, Any]]) -> str:
    """How many findings of each severity the table had when it was learned from."""
    severities = Counter(str(finding.get("severity")) for finding in findings)
    return ", ".join(counted(n, severity) for severity, n in severities.items())
