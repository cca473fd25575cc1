"""Convert between a fitted predictor and the document and tensors of a model file.

The document holds ``format_version``, ``target``, ``classes``, ``schema``, ``encoders``, ``head``, ``members``,
``calibration``, ``threshold`` and ``record``; the tensors are ``encoders.N.numbers`` (float64) and, for each linear
layer of each member, ``members.N.K.weight`` and ``members.N.K.bias``, where K is the layer's index in the member's
``torch.nn.Sequential``: the tensors of a member are its state dict.

That is format 1. Format 2 adds ``costs`` and ``conformal``, with the tensors ``costs.matrix`` and ``conformal.truths``
(float64) where they are not null, and a ``calibration`` that may be a temperature. A model that needs none of these is
still written in format 1, so that a file that was read is written again with the same bytes.

Format 3 has the keys of format 2, encoders that cut numbers into bins (``piecewise``), and networks with
``input_dropout``, which is written only if it is not 0. A model with neither is written in an earlier format.

Format 4 adds ``positive``, the code of the positive class of two, and ``trained_on``, with the tensor
``trained_on.groups`` (int64) where the rows had groups, and to ``conformal`` what rows weigh, ``new_weights`` and
``is_weighted``, with the tensor ``conformal.weights``. A model with none of these is written in an earlier format.

Format 5 adds to columns how their cells are written, the kind ``text``, types of classes beside text, numbers and
booleans, and ``merge_labels`` where spellings of a label are merged.

Format 6 adds ``trees`` to encoders that have leaves of trees, and to members the ``family`` of networks that are no
multilayer perceptrons, their ``weight`` in the mean of probabilities, where they differ, and the ``fold`` that each was
held out of, where that is not its encoder. A model with none of these is written in an earlier format.
"""

import warnings
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import torch
from numpy.typing import NDArray

from demarcate.bundle.model_spec import ModelSpec, parse_spec, spec_document
from demarcate.bundle.tensor_spec import FORMAT_VERSION, expected_tensors
from demarcate.errors import BundleError
from demarcate.inference import Predictor
from demarcate.nn import FAMILIES, MemberState, Network, family_of
from demarcate.nn.heads import head_for

__all__ = ["FORMAT_VERSION", "build_predictor", "expected_tensors", "from_document", "to_document"]


def to_document(predictor: Predictor) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return the document and the tensors of a predictor."""
    tensors: dict[str, NDArray[Any]] = {}
    for number, encoder in enumerate(predictor.encoders):
        tensors[f"encoders.{number}.numbers"] = encoder.state()[1]
    if any(network.family not in FAMILIES for network in predictor.networks):
        raise BundleError(
            "a model file cannot hold a module of your own, because it holds no code. Export the trained network: "
            "torch.export.save(torch.export.export(run.network, (run.encode(X),)), 'own.pt2'), or train a plain chain "
            "of linear layers, one activation and dropout"
        )
    for number, (network, state) in enumerate(zip(predictor.networks, predictor.states(), strict=True)):
        for name, tensor in family_of(network).state_dict(network, state).items():
            tensors[f"members.{number}.{name}"] = tensor.cpu().numpy()
    if predictor.costs is not None:
        tensors["costs.matrix"] = predictor.costs.matrix
    if predictor.conformal is not None:
        tensors["conformal.truths"] = predictor.conformal.truths
        if predictor.conformal.weights is not None:
            tensors["conformal.weights"] = predictor.conformal.weights
    if predictor.trained_on is not None and predictor.trained_on.groups is not None:
        tensors["trained_on.groups"] = predictor.trained_on.groups
    values = {field.name: getattr(predictor, field.name) for field in fields(ModelSpec)}
    return spec_document(ModelSpec(**{**values, "head": predictor.head.name})), tensors


def from_document(document: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """Return the predictor of a document and of tensors as `expected_tensors` requires, or raise BundleError."""
    return build_predictor(parse_spec(document, tensors), tensors)


def build_predictor(spec: ModelSpec, tensors: Mapping[str, NDArray[Any]]) -> Predictor:
    """Return the predictor of a specification and the weights among the tensors, which are copied once."""
    values = {field.name: getattr(spec, field.name) for field in fields(ModelSpec)}
    values["head"] = head_for(spec.head, len(spec.classes))
    with warnings.catch_warnings():
        # torch warns that the memory is read-only: it is only read, to be copied into the predictor's stacks.
        warnings.filterwarnings("ignore", "The given NumPy array is not writ", UserWarning)
        states = [_state(network, f"members.{number}", tensors) for number, network in enumerate(spec.networks)]
    return Predictor.of(states=states, **values)


def _state(network: Network, member: str, tensors: Mapping[str, NDArray[Any]]) -> MemberState:
    """Return the parameters of a member, in the memory of the file's tensors."""
    family = family_of(network)
    names = [name for layer in family.tensor_names(network) for name in layer]
    return family.state_of(network, {name: torch.from_numpy(tensors[f"{member}.{name}"]) for name in names})
