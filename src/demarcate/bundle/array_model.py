"""Build a model whose networks numpy computes from a validated model file; needs no torch."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from numpy.typing import NDArray

from demarcate.bundle.model_spec import ModelSpec
from demarcate.inference.numpy_predictor import ArrayState, NumpyPredictor
from demarcate.nn import Network, family_of


def build_numpy_predictor(spec: ModelSpec, tensors: Mapping[str, NDArray[Any]]) -> NumpyPredictor:
    """Return the model of a specification and of the weights among the tensors, which stay in the file's memory."""
    values = {field.name: getattr(spec, field.name) for field in fields(ModelSpec)}
    states = tuple(_state(network, f"members.{number}", tensors) for number, network in enumerate(spec.networks))
    return NumpyPredictor(states=states, **values)


def computes_all(spec: ModelSpec) -> bool:
    """Return whether numpy computes all networks of a model."""
    return all(family_of(network).computes_arrays for network in spec.networks)


def _state(network: Network, member: str, tensors: Mapping[str, NDArray[Any]]) -> ArrayState:
    """Return the parameters of a member."""
    return [tuple(tensors[f"{member}.{name}"] for name in names) for names in family_of(network).tensor_names(network)]
