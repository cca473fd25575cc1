"""Which tensors a document calls for; needs no torch."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from demarcate.bundle.document_rules import check_document
from demarcate.bundle.rules import refused, shown
from demarcate.errors import BundleError, SettingError
from demarcate.nn import Network, linear_names, n_outputs

FORMAT_VERSION = 3
_RULE = "A model file's document describes a model that demarcate can build"
_LONGEST_REASON = 200

Shape = tuple[type[np.generic], tuple[int, ...]]


def expected_tensors(document: Mapping[str, Any]) -> dict[str, Shape]:
    """Which tensors, of which types and shapes, a document calls for.

    Raises
    ------
    BundleError
        If the format is unknown or the document does not describe a model.

    Examples
    --------
    >>> expected_tensors({"format_version": 99})
    Traceback (most recent call last):
    demarcate.errors.BundleError: demarcate reads formats 1 to 3: the file is of format 99. Upgrade demarcate: ...
    """
    version = document.get("format_version")
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        known = f"demarcate reads formats 1 to {FORMAT_VERSION}"
        remedy = "Upgrade demarcate: pip install --upgrade demarcate"
        raise refused(known, f"the file is of format {shown(version)}", remedy)
    try:
        check_document(document)
        return dict(_shapes(document))
    except (ValueError, SettingError) as error:
        raise misdescribed(error) from error


def network_of(member: Mapping[str, Any]) -> Network:
    """The specification of a network as the document has it.

    Examples
    --------
    >>> spec = {"hidden": [3], "activation": "relu", "dropout": 0.5, "head": "auto"}
    >>> network_of({"encoder": 0, "network": spec}).hidden
    (3,)
    """
    spec = member["network"]
    return Network(**{**spec, "hidden": tuple(spec["hidden"])})


def misdescribed(error: Exception | str) -> BundleError:
    """The refusal of a document that describes no model, for a reason.

    Examples
    --------
    >>> str(misdescribed("column names repeat"))[:88]
    "A model file's document describes a model that demarcate can build: column names repeat."
    """
    reason = str(error)
    # As repr spells it: a hostile document's words do not reach a terminal as they are.
    cut = reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}..."
    remedy = "Save the model again with this version of demarcate, or fetch it from whoever did"
    return refused(_RULE, repr(cut)[1:-1], remedy)


def _shapes(document: Mapping[str, Any]) -> Iterator[tuple[str, Shape]]:
    n_classes = len(document["classes"]["values"])
    for number, entry in enumerate(document["encoders"]):
        yield f"encoders.{number}.numbers", (np.float64, (sum(column["n_numbers"] for column in entry["columns"]),))
    for number, member in enumerate(document["members"]):
        network = network_of(member)
        d_in = document["encoders"][member["encoder"]]["n_encoded"]
        widths = network.widths(d_in, n_outputs(document["head"], n_classes))
        for name, (n_inputs, n_units) in zip(linear_names(network), pairwise(widths), strict=True):
            yield f"members.{number}.{name}.weight", (np.float32, (n_units, n_inputs))
            yield f"members.{number}.{name}.bias", (np.float32, (n_units,))
    if document.get("costs") is not None:
        yield "costs.matrix", (np.float64, (n_classes, n_classes))
    if document.get("conformal") is not None:
        yield "conformal.truths", (np.float64, (sum(document["conformal"]["class_rows"]),))
