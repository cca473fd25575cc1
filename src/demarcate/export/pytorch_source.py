"""``model.py`` of a model in plain PyTorch: what `export.plain_torch` has, cut to this model's columns and networks."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from demarcate.errors import ExportError
from demarcate.export.plain_torch import cell_readers, plain_decisions, plain_networks
from demarcate.export.plain_torch.column_inputs import RowInputs
from demarcate.export.plain_torch.plain_model import PlainClassifier, PlainTextClassifier, read_weights
from demarcate.export.pytorch_columns import PlainColumns
from demarcate.export.source_slices import SourceSlices
from demarcate.formatting import INVISIBLE, visible
from demarcate.inference import NumpyPredictor
from demarcate.nn import Network, ResidualNetwork
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.residual_module import ResidualModule
from demarcate.tabular.positive_class import positive_or_second

MAX_LINE = 119
_HEADS = {"softmax": plain_networks.softmax_probabilities, "logit": plain_networks.sigmoid_probabilities}
_HEAD = '''"""{title}

A model in plain PyTorch, from the cells of a row to a label, in five steps:

1. cells are read as numbers, codes of categories and texts,
2. which become the inputs of the networks;
3. the networks make logits of them,
4. and the mean of their probabilities is that of the model,
5. from which the label follows.

`load` returns the model with its weights, which stand beside this file. Written by demarcate; it does not need it.
"""

from __future__ import annotations

'''
_LOAD = '''def load(folder: Path = Path(__file__).parent) -> {classifier}:
    """Return the model with the weights that stand beside this file."""
    weights = read_weights(folder / "weights.safetensors")
    return {classifier}(weights, COLUMNS, INPUTS, members(), {head}, temperature={temperature})


def decide(probabilities: NDArray[np.float64]) -> list[Any]:
    """Step 5: return the label that follows from each row of probabilities ``(n_rows, n_classes)``{none}."""
    return {decision}
'''


def model_source(model: NumpyPredictor, columns: PlainColumns) -> str:
    """Return the text of ``model.py``."""
    slices = SourceSlices()
    slices.imports |= {("pathlib", "Path", "Path"), ("typing", "Any", "Any"), ("numpy", "", "np")}
    slices.imports |= {("numpy.typing", "NDArray", "NDArray"), ("torch", "", "torch"), ("torch", "nn", "nn")}
    slices.imports |= {(type(label).__module__, type(label).__name__, type(label).__name__) for label in _odd(model)}
    sections = [*_sections(model, columns, slices)]
    title = f"Predicts {visible(model.target)!r} from {len(columns.readers):,} columns of a table.".replace(
        "\\", "\\\\"
    )
    return _HEAD.format(title=title.replace('"', "'")) + slices.import_lines() + "\n\n" + "\n\n\n".join(sections)


def _sections(model: NumpyPredictor, columns: PlainColumns, slices: SourceSlices) -> Iterable[str]:
    """Return the parts of the file below its imports, one for each step."""
    readers = list(dict.fromkeys(map(type, columns.readers)))
    yield _step("1: cells as numbers, codes of categories and texts", slices.take(cell_readers.read_rows, *readers))
    yield _listed("COLUMNS = ", [literal_call(reader) for reader in columns.readers])
    inputs = list(dict.fromkeys(kind for kinds in columns.inputs for kind in kinds))
    yield _step("2: inputs of the networks", slices.take(*inputs, RowInputs))
    yield _inputs(columns.inputs)
    used = {type(network) for network in model.networks}
    kinds = [plain_networks.mlp] * (Network in used) + [ResidualModule] * (ResidualNetwork in used)
    yield _step("3: networks", slices.take(plain_networks.PlainMember, *kinds))
    yield _members(model)
    head = _HEADS[model.head]
    has_texts = any(isinstance(reader, cell_readers.TextCells) for reader in columns.readers)
    classifier = PlainTextClassifier if has_texts else PlainClassifier
    yield _step("4: probabilities", slices.take(head, classifier, read_weights))
    decision, call = _decision(model)
    yield _step("5: labels", slices.take(decision))
    yield f"TARGET = {literal(model.target)}\n" + _listed("CLASSES = ", map(literal, model.classes.tolist()))
    none = ", None where it is cheaper not to decide" if model.costs is not None and model.costs.abstain else ""
    temperature = 1.0 if model.temperature is None else model.temperature
    yield _LOAD.format(
        classifier=classifier.__name__, head=head.__name__, temperature=temperature, decision=call, none=none
    )


def _step(title: str, text: str) -> str:
    """Return a part of the file under its heading."""
    return f"# --- Step {title} ---\n\n\n{text}"


def _inputs(inputs: Sequence[Sequence[type]]) -> str:
    """Return the classes of inputs of each encoder; alike ones stand once."""
    groups = [(kinds, len(list(alike))) for kinds, alike in groupby(inputs)]
    parts = []
    for kinds, n_alike in groups:
        names = _listed("", [kind.__name__ for kind in kinds])
        parts.append(f"{n_alike} * [{names}]" if n_alike > 1 else f"[{names}]")
    return f"# For each fold, the inputs of each column.\nINPUTS = {' + '.join(parts)}"


def _members(model: NumpyPredictor) -> str:
    """Return the function that makes the networks."""
    weights = model.weights or [1.0] * model.n_members
    lines = [
        f"        PlainMember({encoder}, {weight!r}, {_network(network, model, encoder)}),"
        for encoder, weight, network in zip(model.encoding, weights, model.networks, strict=True)
    ]
    head = ["def members() -> list[PlainMember]:", '    """Return the networks, whose weights are yet to be loaded."""']
    return "\n".join([*head, "    return [", *lines, "    ]"])


def _network(network: Network, model: NumpyPredictor, encoder: int) -> str:
    """Return the call that makes a network."""
    n_outputs = 1 if model.head == "logit" else len(model.classes)
    widths = network.widths(model.encoders[encoder].n_encoded, n_outputs)
    module = ACTIVATIONS[network.activation].module
    activation = "None" if module is None else f"nn.{getattr(module, '__name__', '')}"
    if isinstance(network, ResidualNetwork):
        return f"ResidualModule({literal(widths)}, {activation}, {network.dropout!r}, like=torch.empty(0))"
    if type(network) is not Network:
        raise ExportError(f"Networks of the family {network.family} are not written in plain PyTorch. Export to onnx.")
    dropout = f", dropout={network.dropout!r}" if network.dropout else ""
    return f"mlp({', '.join(map(str, widths))}, activation={activation}{dropout})"


def _decision(model: NumpyPredictor) -> tuple[Any, str]:
    """Return the function that decides, and its call."""
    begin = "(probabilities, CLASSES"
    if model.costs is not None:
        arguments = [
            literal(model.costs.matrix.tolist()),
            *([repr(model.costs.abstain)] * (model.costs.abstain is not None)),
        ]
        return plain_decisions.least_cost, f"least_cost{begin}, {', '.join(arguments)})"
    if model.threshold is not None:
        positive = positive_or_second(model.positive)
        return plain_decisions.from_threshold, f"from_threshold{begin}, {model.threshold!r}, {positive})"
    return plain_decisions.likeliest, f"likeliest{begin})"


def _odd(model: NumpyPredictor) -> list[Any]:
    """Return the labels whose type has to be imported."""
    return [label for label in model.classes.tolist() if type(label).__module__ != "builtins"]


def _listed(begin: str, items: Iterable[str]) -> str:
    """Return a list in one line, or with a line for each item, behind its beginning."""
    own = list(items)
    line = f"{begin}[{', '.join(own)}]"
    return line if len(line) <= MAX_LINE else "\n".join([f"{begin}[", *(f"    {item}," for item in own), "]"])


def literal_call(reader: Any) -> str:
    """Return the call that makes a reader of cells; what is empty is left out."""
    fields = [(name, value) for name, value in vars(reader).items() if name in reader.__dataclass_fields__]
    first, *others = fields
    arguments = [literal(first[1]), *(f"{name}={literal(value)}" for name, value in others if value)]
    return f"{type(reader).__name__}({', '.join(arguments)})"


def literal(value: Any) -> str:
    r"""Return a value as code: text in double quotes on one line, with its invisible characters spelled out.

    Examples
    --------
    >>> print(literal('say "hi"\n'), literal((1,)), literal(["a", 0.5]))
    "say \"hi\"\n" (1,) ["a", 0.5]
    """
    if isinstance(value, str):
        return f'"{"".join(map(_escaped, value))}"'
    if isinstance(value, tuple):
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, date | datetime):
        return repr(value).removeprefix("datetime.")
    return repr(value)


def _escaped(character: str) -> str:
    """Return a character as it stands between double quotes."""
    if character in ('"', "\\"):
        return f"\\{character}"
    is_visible = character.isprintable() and not INVISIBLE.match(character)
    return character if is_visible else character.encode("unicode_escape").decode("ascii")
