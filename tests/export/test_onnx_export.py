"""An ONNX file gives the labels and probabilities of its model, and is written only then."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import count

import numpy as np
import pytest
from random_models import random_model

import demarcate
from demarcate.encoding import ColumnEncoder
from demarcate.encoding.encoder_registry import ENCODERS
from demarcate.errors import ExportError
from demarcate.evaluation import Costs
from demarcate.export.encoder_parts import ENCODERS_OF_QUANTITIES
from demarcate.export.exporting import with_arrays
from demarcate.export.onnx_export import check_onnx, export_onnx, onnx_bytes
from demarcate.export.onnx_inputs import onnx_inputs
from demarcate.export.onnx_networks import not_in_graphs
from demarcate.nn import ACTIVATION_NAMES, FAMILIES, Network, ResidualNetwork
from demarcate.tabular import as_frame
from demarcate.tabular.label_types import class_array, common_type

onnxruntime = pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

pytestmark = pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
KINDS = ("numerical", "categorical", "boolean", "date")


@pytest.fixture(scope="module")
def mixed():
    """A model of numbers and categories, and rows for it."""
    made = random_model(4, n_rows=60, kinds=("numerical", "categorical"), odd_names=False)
    return replace(made.model, costs=None, threshold=None), made.table


def _run(data, inputs):
    session = onnxruntime.InferenceSession(data)
    return dict(zip([output.name for output in session.get_outputs()], session.run(None, inputs), strict=True))


def _inputs(model, table):
    frame = as_frame(table)
    return onnx_inputs(model, frame, model.parse(frame))


def _shifted(state, by=1):
    """Parameters of a network with another bias of its last layer."""
    *before, (*weights, bias) = state
    return [*before, (*weights, bias + np.arange(by, by + len(bias), dtype=np.float32))]


def _names(made):
    return {column.name for column in made.model.schema.used}


def _many(kinds):
    return (random_model(seed, kinds=kinds) for seed in count())


@pytest.mark.parametrize("seed", range(12))
def test_a_graph_of_any_kind_of_model_agrees_with_it(seed):
    # Made rows have spellings of their own; these are the rows of the model's maker.
    made = random_model(seed, n_rows=40, kinds=KINDS)
    check = check_onnx(made.model, onnx_bytes(made.model), made.table)
    assert check.n_rows > 40
    assert check.max_difference < 1e-5


def test_a_fitted_classifier_gives_a_file_of_named_inputs_and_two_outputs(tmp_path):
    X, y = demarcate.datasets.moons(n_samples=60)
    classifier = demarcate.DemarcateClassifier(preset="fast", hidden=(4,), epochs=2, n_folds=2).fit(X, y)
    model = with_arrays(classifier)
    check = export_onnx(model, tmp_path / "moons.onnx", table=X)
    graph = onnx.load(tmp_path / "moons.onnx")
    onnx.checker.check_model(graph, full_check=True)
    assert [each.name for each in graph.graph.input] == ["x1", "x2"]
    assert [each.name for each in graph.graph.output] == ["label", "probabilities"]
    assert [each.version for each in graph.opset_import] == [20, 4]
    assert {each.key: each.value for each in graph.metadata_props} == {
        "target": "target",
        "classes": '["0", "1"]',
        "decision": "the likeliest class",
        "columns": '{"x1": "numerical", "x2": "numerical"}',
    }
    assert check.n_rows > len(X)
    outputs = _run(graph.SerializeToString(), _inputs(model, X))
    assert outputs["probabilities"] == pytest.approx(model.predict_proba(X), abs=1e-6)
    assert outputs["label"].tolist() == model.predict(X).tolist()


def test_each_node_has_a_name_of_its_own(mixed):
    names = [node.name for node in onnx.load_from_string(onnx_bytes(mixed[0])).graph.node]
    assert all(names)
    assert len(names) == len({*names})


def test_a_temperature_raises_the_least_of_two_probabilities_as_in_the_model():
    made = next(made for made in _many(kinds=("numerical",)) if made.model.head == "logit")
    states = tuple(_shifted(state, by=40) for state in made.model.states)
    model = replace(made.model, states=states, temperature=8.0)
    probabilities = model.predict_proba(made.table)
    assert probabilities.min() > 1e-4
    assert _run(onnx_bytes(model), _inputs(model, made.table))["probabilities"] == pytest.approx(
        probabilities, abs=1e-6
    )


def test_a_row_has_the_probabilities_that_it_has_among_others(mixed):
    model, X = mixed
    data, inputs = onnx_bytes(model), _inputs(model, X)
    every = _run(data, inputs)["probabilities"]
    for rows in (slice(0, 1), slice(7, 9)):
        own = _run(data, {name: cells[rows] for name, cells in inputs.items()})
        assert own["probabilities"] == pytest.approx(every[rows], abs=1e-6)
        assert own["label"].shape == every[rows, 0].shape


def test_a_model_gives_the_same_bytes_each_time(mixed):
    model, _ = mixed
    assert onnx_bytes(model) == onnx_bytes(model)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([3, 2**62, 7], [3, 2**62, 7]),
        ([3, 2**63, 7], ["3", "9223372036854775808", "7"]),
        ([0.5, 1.5, 2.5], [0.5, 1.5, 2.5]),
        ([date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)], ["2024-01-01", "2024-01-02", "2024-01-03"]),
    ],
)
def test_labels_are_what_the_classes_are_or_else_text(classes, expected):
    made = next(made for made in _many(kinds=("numerical",)) if len(made.model.classes) == 3)
    model = replace(made.model, classes=class_array(classes, common_type(classes)), costs=None)
    labels = _run(onnx_bytes(model), _inputs(model, made.table))["label"].tolist()
    assert {*labels} <= {*expected}
    assert labels == [expected[code] for code in model.decisions(model.predict_proba(made.table)).tolist()]


def test_a_row_that_is_not_decided_has_the_empty_label(mixed):
    model, X = mixed
    least = 1 - model.predict_proba(X).max(1)
    undecided = model.deciding(Costs.of(model.classes, None, abstain=float(np.median(least))))
    labels = _run(onnx_bytes(undecided), _inputs(undecided, X))["label"].tolist()
    assert labels == ["" if label is None else str(label) for label in undecided.predict(X)]
    assert 0 < labels.count("") < len(labels)


def test_an_output_that_a_column_is_named_after_has_another_name():
    made = next(made for made in _many(kinds=KINDS) if "label" in _names(made))
    outputs = [output.name for output in onnx.load_from_string(onnx_bytes(made.model)).graph.output]
    assert outputs[0] == "label_"
    assert not {*outputs} & _names(made)


def test_text_is_refused_by_name():
    made = random_model(1, kinds=("text",), odd_names=False)
    names = ", ".join(f"'{name}'" for name in sorted(_names(made)))
    with pytest.raises(ExportError, match=rf"cannot read the text of the columns {names}\. Train without them: --drop"):
        onnx_bytes(made.model)


def test_a_table_is_compared_in_blocks(mixed, monkeypatch):
    model, X = mixed
    monkeypatch.setattr("demarcate.export.onnx_export._BLOCK_ROWS", 7)
    assert check_onnx(model, onnx_bytes(model), X).max_difference < 1e-6


@pytest.mark.parametrize("network", [replace(Network(), activation=name) for name in ACTIVATION_NAMES])
def test_every_activation_is_in_graphs(network, mixed):
    assert not not_in_graphs(replace(mixed[0], networks=(network, ResidualNetwork())))


def test_every_family_and_encoder_is_in_graphs_but_those_of_text():
    assert {*FAMILIES} == {network.family for network in (Network(), ResidualNetwork())}
    words = {encoder for encoder in ENCODERS if {*encoder.reads} & {"categorical", "boolean"}}
    assert all(encoder.vocabulary.fget is not ColumnEncoder.vocabulary.fget for encoder in words)
    assert {*ENCODERS} - words - {*ENCODERS_OF_QUANTITIES} == {each for each in ENCODERS if each.reads == ("text",)}


def test_a_part_that_no_graph_computes_is_refused_by_name(mixed, monkeypatch):
    model, _ = mixed
    monkeypatch.setattr("demarcate.export.onnx_networks._ACTIVATIONS", {})
    names = sorted({network.activation for network in model.networks})
    with pytest.raises(ExportError, match=f"^An ONNX graph does not compute '{names[0]}'.*Choose another encoder"):
        onnx_bytes(model)


def test_a_graph_of_another_model_is_refused(mixed):
    model, X = mixed
    other = replace(model, states=(_shifted(model.states[0]), *model.states[1:]))
    with pytest.raises(ExportError, match=r"gives other probabilities than the model, by up to 0\.\d+ \(row \d+\)"):
        check_onnx(model, onnx_bytes(other), X)


def test_a_graph_that_decides_otherwise_is_refused(mixed):
    model, X = mixed
    data = onnx_bytes(replace(model, classes=model.classes[::-1]))
    with pytest.raises(ExportError, match=r"gives another label than the model \(row \d+\)"):
        check_onnx(model, data, X)


def test_a_graph_that_does_not_run_is_refused(mixed):
    model, _ = mixed
    with pytest.raises(ExportError, match=r"^onnxruntime does not run the ONNX graph \(.+\)\. Nothing was written"):
        check_onnx(model, b"no graph")


def test_nothing_is_written_where_the_graph_differs(mixed, tmp_path, monkeypatch):
    model, _ = mixed
    (tmp_path / "model.onnx").write_bytes(b"before")
    data = onnx_bytes(replace(model, states=(_shifted(model.states[0]), *model.states[1:])))
    monkeypatch.setattr("demarcate.export.onnx_export.onnx_bytes", lambda _: data)
    with pytest.raises(ExportError):
        export_onnx(model, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_bytes() == b"before"


def test_an_export_imports_no_torch():
    code = "import sys, demarcate.export.onnx_export; assert 'onnx' not in sys.modules and 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
