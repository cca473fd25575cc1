"""Between a fitted predictor and the document and tensors of a model file.

The document holds ``format_version``, ``target``, ``classes``, ``schema``, ``encoders``, ``head``, ``members``,
``calibration``, ``threshold`` and ``record``; the tensors are ``encoders.N.numbers`` (float64) and, for each linear
layer of each member, ``members.N.K.weight`` and ``members.N.K.bias``, where K is the layer's place in the member's
``torch.nn.Sequential``: the tensors of a member are its state dict.

That was format 1. Format 2 has ``costs`` and ``conformal`` as well, with the tensors ``costs.matrix`` and
``conformal.truths`` (float64) where they are not null, and a ``calibration`` that may be a temperature. A model that
needs none of these is still written in format 1, so that what was read is written again with the same bytes.

Format 3 has the keys of format 2, encoders that cut numbers into pieces, and networks with ``input_dropout``, which is
written only where it is not 0. A model with neither is written in one of the formats before.
"""

import warnings
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import torch
from numpy.typing import NDArray

from demarcate.bundle.model_spec import Contents, contents_of, described
from demarcate.bundle.tensor_spec import FORMAT_VERSION, expected_tensors
from demarcate.inference import Predictor
from demarcate.nn import MemberState, head_for, linear_names

__all__ = ["FORMAT_VERSION", "build", "expected_tensors", "from_document", "to_document"]


def to_document(predictor: Predictor) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The document and tensors that say all there is to say of a predictor."""
    tensors: dict[str, NDArray[Any]] = {}
    for number, encoder in enumerate(predictor.encoders):
        tensors[f"encoders.{number}.numbers"] = encoder.state()[1]
    for number, (network, state) in enumerate(zip(predictor.networks, predictor.states(), strict=True)):
        for name, (weight, bias) in zip(linear_names(network), state, strict=True):
            tensors[f"members.{number}.{name}.weight"] = weight.cpu().numpy()
            tensors[f"members.{number}.{name}.bias"] = bias.cpu().numpy()
    if predictor.costs is not None:
        tensors["costs.matrix"] = predictor.costs.matrix
    if predictor.conformal is not None:
        tensors["conformal.truths"] = predictor.conformal.truths
    told = {field.name: getattr(predictor, field.name) for field in fields(Contents)}
    return described(Contents(**{**told, "head": predictor.head.name})), tensors


def from_document(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """The predictor that `to_document` described; the tensors are of the shapes `expected_tensors` gave.

    Raises
    ------
    BundleError
        If the document does not describe a model, or `to_document` would describe the model differently.
    """
    return build(contents_of(document, tensors), tensors)


def build(contents: Contents, tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """The predictor with these contents and the weights among the tensors, which it copies once."""
    told = {field.name: getattr(contents, field.name) for field in fields(Contents)}
    told["head"] = head_for(contents.head, len(contents.classes))
    with warnings.catch_warnings():
        # torch warns of memory that may not be written to: it is only read, into the stacks of a predictor's own.
        warnings.filterwarnings("ignore", "The given NumPy array is not writ", UserWarning)
        states: list[MemberState] = [
            [
                (torch.from_numpy(tensors[f"{member}.weight"]), torch.from_numpy(tensors[f"{member}.bias"]))
                for member in (f"members.{number}.{name}" for name in linear_names(network))
            ]
            for number, network in enumerate(contents.networks)
        ]
    return Predictor.of(states=states, **told)
