"""The tensors that a document requires; needs no torch."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from demarcate.bundle.document_rules import check_document
from demarcate.bundle.rules import bundle_error, shown
from demarcate.errors import BundleError, SettingError
from demarcate.nn import FAMILIES, Network, family_of
from demarcate.nn.spec import n_outputs

FORMAT_VERSION = 6
_MAX_REASON = 200

TensorSpec = tuple[type[np.generic], tuple[int, ...]]
"""The dtype and the shape of a tensor."""


def expected_tensors(document: Mapping[str, Any]) -> dict[str, TensorSpec]:
    """Return the tensors that a document requires, or raise BundleError if it does not describe a model."""
    version = document.get("format_version")
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        fact = f"The file has format {shown(version)}; this version reads formats 1 to {FORMAT_VERSION}"
        raise bundle_error(fact, "Upgrade demarcate: pip install --upgrade demarcate")
    try:
        check_document(document)
        return dict(_tensor_specs(document))
    except (ValueError, SettingError) as error:
        raise invalid_document(error) from error


def parse_network(member: Mapping[str, Any]) -> Network:
    """Return the specification of a member's network."""
    fields = {**member["network"], "hidden": tuple(member["network"]["hidden"])}
    return FAMILIES[fields.pop("family", Network.family)].network_type(**fields)


def invalid_document(reason: Exception | str) -> BundleError:
    """Return the error of a document that describes no model."""
    text = str(reason).removesuffix(".")
    # As repr spells it: text from a hostile document does not reach a terminal as it is.
    text = repr(text if len(text) <= _MAX_REASON else f"{text[:_MAX_REASON]}...")[1:-1]
    remedy = "Save the model again with this version of demarcate, or fetch the file again"
    return bundle_error(f"The document does not describe a model: {text}", remedy)


def _tensor_specs(document: Mapping[str, Any]) -> Iterator[tuple[str, TensorSpec]]:
    n_classes = len(document["classes"]["values"])
    for number, entry in enumerate(document["encoders"]):
        n_numbers = sum(own["n_numbers"] for own in (*entry["columns"], entry.get("trees", {"n_numbers": 0})))
        yield f"encoders.{number}.numbers", (np.float64, (n_numbers,))
    for number, member in enumerate(document["members"]):
        network = parse_network(member)
        d_in = document["encoders"][member["encoder"]]["n_encoded"]
        shapes = family_of(network).named_shapes(network, d_in, n_outputs(document["head"], n_classes))
        for name, shape in shapes.items():
            yield f"members.{number}.{name}", (np.float32, shape)
    if document.get("costs") is not None:
        yield "costs.matrix", (np.float64, (n_classes, n_classes))
    if document.get("conformal") is not None:
        n_rows = sum(document["conformal"]["class_rows"])
        yield "conformal.truths", (np.float64, (n_rows,))
        if document["conformal"].get("is_weighted"):
            yield "conformal.weights", (np.float64, (n_rows,))
    if (document.get("trained_on") or {}).get("n_groups") is not None:
        yield "trained_on.groups", (np.int64, (document["trained_on"]["n_groups"],))
