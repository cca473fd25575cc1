from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demarcate.bundle import inspect_bundle
from demarcate.bundle.format import decode, encode
from demarcate.bundle.network_kinds import NetworkKind
from demarcate.bundle.read_model import parse_model_file
from demarcate.cli.model_summary import (
    _layers,
    _trees,
    column_values,
    encoded_columns,
    layer_widths,
    missing_counts,
    parameter_counts,
    summarize,
    value_range,
)
from demarcate.encoding import TableEncoder
from demarcate.formatting import MAX_LISTED
from demarcate.nn import Network, ResidualNetwork
from demarcate.tabular import Column, Schema

GOLDEN = Path(__file__).parents[1] / "bundle" / "golden"


@pytest.fixture
def described():
    """What is said of a golden model with another record or other networks."""

    def facts_of(version, **changed):
        document, tensors = decode((GOLDEN / f"format_{version}.safetensors").read_bytes())
        return summarize(parse_model_file(encode({**document, **changed}, tensors)))

    return facts_of


def test_what_a_model_does_not_have_is_not_named(described):
    names = [name for name, _ in described(1)]
    assert not {"costs", "temperature", "prediction sets", "training", "audit"} & set(names)
    assert dict(described(1))["decision"] == "the likeliest class"


def test_what_is_on_record_is_told(described):
    findings = [{"severity": severity} for severity in ("note", "leak", "note")]
    members = [{"epochs": 7, "timed_out": True}, {"epochs": 9}]
    record = {"n_samples": 1234, "class_rows": {"a": 1000, "b": 234}, "audit": findings, "members": members}
    told = dict(described(1, record={**record, "provenance": {"seed": 3, "torch": "2.6"}}))
    assert told["trained on"] == "1,234 rows"
    assert told["rows of classes"] == "a: 1,000, b: 234"
    assert told["audit"] == "2 notes, 1 leak"
    assert told["training"] == "ended by its time limit after 9 epochs"
    assert (told["seed"], told["made with torch"]) == ("3", "2.6")


def test_origin_names_the_versions_together_and_then_the_seed_and_the_data(described):
    provenance = {"data_sha256": "ab", "demarcate": "0.1", "python": "3.11", "seed": 3, "torch": "2.6"}
    names = [name for name, _ in described(1, record={"provenance": provenance})]
    first = names.index("made with demarcate")
    assert names[first : first + 5] == [
        "made with demarcate",
        "made with python",
        "made with torch",
        "seed",
        "data_sha256",
    ]


def test_ranges_have_six_digits_and_missing_cells_are_counted():
    spec = inspect_bundle(GOLDEN / "format_4.safetensors").spec
    trained_on = spec.trained_on
    age = replace(trained_on.ranges["age"], n_values=6, least=-2.6144038506574, greatest=80.59822923099269)
    spec = replace(spec, trained_on=replace(trained_on, ranges={"age": age}))
    assert column_values(spec)["age"] == "-2.6144 to 80.5982"
    assert missing_counts(spec) == {"age": 2}


def test_shares_of_networks_are_told_where_they_differ(described):
    assert "shares of networks" not in dict(described(5))
    assert dict(described(6))["shares of networks"] == "0.125 to 0.5 of the mean"


def test_trees_are_counted_where_encoders_have_leaves(described):
    assert "trees" not in dict(described(5))
    schema = Schema((Column("x", "numerical"),))
    rows, codes = np.arange(40), np.arange(40) // 10 % 2
    parsed = {"x": np.arange(40.0)}
    plain = TableEncoder.fit(schema, parsed, rows)
    assert _trees([plain]) == ""
    assert _trees([plain, plain.with_trees(schema, parsed, rows, codes)]) == "24 of 8 leaves, in 1 of 2 encoders"


def test_networks_of_more_kinds_than_fit_are_counted():
    document, tensors = decode((GOLDEN / "format_1.safetensors").read_bytes())
    members, extra = list(document["members"]), {}
    # The third network is linear: it may be there again under every name of a nonlinearity it does not use.
    for number, activation in enumerate(["relu", "tanh", "silu", "gelu", "elu", "leaky_relu", "sigmoid"], start=3):
        members.append({**members[2], "network": {**members[2]["network"], "activation": activation}})
        for kind in ("weight", "bias"):
            extra[f"members.{number}.0.{kind}"] = tensors[f"members.2.0.{kind}"]
    file = parse_model_file(encode({**document, "members": members}, {**tensors, **extra}))
    layers = [words for name, words in summarize(file) if name == "layers"]
    assert len(layers) == MAX_LISTED + 1
    assert layers[-1] == "and 2 kinds more"
    assert len(parameter_counts(file.spec)) == 10


def test_the_family_of_a_network_is_named_where_it_is_no_perceptron():
    kinds = [
        NetworkKind(Network((16, 8)), n_trees=0, n_members=1, share=0.25),
        NetworkKind(ResidualNetwork((16, 8), input_dropout=0.1), n_trees=24, n_members=2, share=0.75),
    ]
    assert _layers(kinds) == [
        "hidden 16,8, relu, dropout 0 (1 network, 25% of the mean)",
        "residual, hidden 16,8, relu, dropout 0, input dropout 0.1, leaves of 24 trees (2 networks, 75% of the mean)",
    ]


def test_columns_say_what_encoders_make_of_them():
    found = encoded_columns(parse_model_file((GOLDEN / "format_3.safetensors").read_bytes()).spec)
    assert found["dose"] == "piecewise: 5"
    assert "unit" not in found


def test_counts_are_a_range_and_layers_their_widths():
    assert (value_range([3, 3]), value_range([4, 1200])) == ("3", "4 to 1,200")
    assert (layer_widths(Network((16, 8))), layer_widths(Network(()))) == ("16,8", "none")
