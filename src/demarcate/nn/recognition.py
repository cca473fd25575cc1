"""Recognise modules that are plain multilayer perceptrons, however their authors wrote them down.

A chain of linear layers with one activation between them, and with dropout after every one or none, is a `Network`: it
trains in a stack, by passes that are written by hand. Everything else is trained by autograd.
"""

import contextlib
import io
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.layout import MemberState
from demarcate.nn.mlp_family import MLP
from demarcate.nn.spec import Network

_ACTIVATION_FUNCTIONS: dict[Any, str] = {
    functional.relu: "relu",
    torch.relu: "relu",
    functional.tanh: "tanh",
    torch.tanh: "tanh",
    functional.sigmoid: "sigmoid",
    torch.sigmoid: "sigmoid",
    functional.silu: "silu",
    functional.gelu: "gelu",
    functional.elu: "elu",
    functional.leaky_relu: "leaky_relu",
}
_FAR = 10
"""The factor of inputs for which logits that happen to be within 0 and 1 no longer are."""
_ACTIVATION_METHODS = ("relu", "tanh", "sigmoid")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
_PROBABILITIES = {"softmax": "Softmax", "sigmoid": "Sigmoid"}


class UnrecognisedError(Exception):
    """Why a module is no `Network`, in words."""


@dataclass(frozen=True, eq=False)
class RecognisedNetwork:
    """A module's specification and parameters as a multilayer perceptron, and their names in the module, by layer."""

    network: Network
    state: MemberState
    names: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class _Linear:
    layer: nn.Linear


@dataclass(frozen=True)
class _Activation:
    name: str


@dataclass(frozen=True)
class _Dropout:
    rate: float


_Part = _Linear | _Activation | _Dropout


def recognise(module: nn.Module) -> RecognisedNetwork:
    """Return the multilayer perceptron that a module is.

    Raises
    ------
    UnrecognisedError
        If it is none; the message says why.

    Examples
    --------
    >>> recognise(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 4))).network
    Network(hidden=(8,), activation='tanh', dropout=0.0, head='softmax', input_dropout=0.0)
    """
    for layer in module.modules():
        if any(getattr(layer, hooks) for hooks in _HOOKS):
            raise UnrecognisedError(f"{type(layer).__name__} has hooks")
    parts = list(_parts(module))
    linears = [part.layer for part in parts if isinstance(part, _Linear)]
    _check_layers(module, linears)
    input_dropout, groups = _grouped(parts)
    activation, dropout = _common(groups)
    d_out = linears[-1].out_features
    network = Network(
        hidden=tuple(layer.out_features for layer in linears[:-1]),
        activation=activation,
        dropout=dropout,
        head="logit" if d_out == 1 else "softmax",
        input_dropout=input_dropout,
    )
    d_in = linears[0].in_features
    state = MLP.from_module(network, nn.Sequential(*linears), (d_in, *network.hidden, d_out))
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    own_names = tuple((names[id(layer.weight)], names[id(layer.bias)]) for layer in linears)
    return RecognisedNetwork(network, [tuple(part.cpu() for part in layer) for layer in state], own_names)


def _check_layers(module: nn.Module, linears: Sequence[nn.Linear]) -> None:
    """Refuse chains of layers whose parameters a stack would not train alike."""
    if not linears:
        raise UnrecognisedError("it has no linear layer")
    if len(set(map(id, linears))) < len(linears):
        raise UnrecognisedError("a layer is used more than once")
    if any(layer.bias is None for layer in linears):
        raise UnrecognisedError("a linear layer has no bias")
    own = {id(parameter) for layer in linears for parameter in layer.parameters()}
    if len(own) < 2 * len(linears):
        raise UnrecognisedError("layers share a parameter")
    parameters = list(module.parameters())
    if own != set(map(id, parameters)) or list(module.buffers()):
        raise UnrecognisedError("it has parameters or buffers outside the chain of its linear layers")
    if not all(parameter.requires_grad for parameter in parameters):
        raise UnrecognisedError("some of its parameters are frozen")
    if any(parameter.dtype != torch.float32 for parameter in parameters):
        raise UnrecognisedError("its parameters are not float32")


def _grouped(parts: Sequence[_Part]) -> tuple[float, list[list[_Activation | _Dropout]]]:
    """Return the dropout of inputs, and what follows each hidden linear layer."""
    groups: list[list[_Activation | _Dropout]] = [[]]
    for part in parts:
        if isinstance(part, _Linear):
            groups.append([])
        else:
            groups[-1].append(part)
    first, *hidden, last = groups
    if last:
        raise UnrecognisedError("something follows its last linear layer")
    if len(first) > 1 or any(isinstance(part, _Activation) for part in first):
        raise UnrecognisedError("an activation comes before its first linear layer")
    return sum(part.rate for part in first if isinstance(part, _Dropout)), hidden


def _common(groups: Sequence[list[_Activation | _Dropout]]) -> tuple[str, float]:
    """Return the activation and the dropout that are the same after every hidden layer."""
    kinds = set()
    for group in groups:
        names = [part.name for part in group if isinstance(part, _Activation)] or ["none"]
        rates = [part.rate for part in group if isinstance(part, _Dropout)] or [0.0]
        is_in_order = [type(part) for part in group] == sorted((type(part) for part in group), key=_ORDER.index)
        if len(names) > 1 or len(rates) > 1 or not is_in_order:
            raise UnrecognisedError("between its linear layers there is more than an activation and then dropout")
        kinds.add((names[0], rates[0]))
    if len(kinds) > 1:
        raise UnrecognisedError("activation or dropout differ between its layers")
    return next(iter(kinds), ("relu", 0.0))


_ORDER = [_Activation, _Dropout]


def _parts(module: nn.Module) -> Iterator[_Part]:
    """Yield the parts of a chain of layers, as its ``forward`` calls them."""
    if type(module) is nn.Sequential:
        for layer in module:
            yield from _parts(layer)
    elif type(module).__module__.startswith("torch.nn."):
        yield from _part(module)
    else:
        yield from _traced_parts(module)


def _part(layer: nn.Module) -> Iterator[_Part]:
    """Yield the part that one of torch's own layers is, if any."""
    # A subclass may compute something else.
    kind = type(layer)
    if kind is nn.Linear and isinstance(layer, nn.Linear):
        yield _Linear(layer)
    elif kind is nn.Dropout and isinstance(layer, nn.Dropout):
        yield from [_Dropout(layer.p)] if layer.p else []
    elif kind is nn.Identity or (isinstance(layer, nn.Flatten) and _keeps_rows(layer)):
        return
    else:
        name = next((name for name, made in _activation_modules() if _is_same(layer, made)), None)
        if name is None:
            raise UnrecognisedError(f"{kind.__name__} is no linear layer, activation or dropout of a Network")
        yield _Activation(name)


def _keeps_rows(layer: nn.Flatten) -> bool:
    """Return whether a layer leaves a matrix with a row for each input as it is."""
    return (layer.start_dim, layer.end_dim) == (1, -1)


def _activation_modules() -> Iterator[tuple[str, nn.Module]]:
    for name, activation in ACTIVATIONS.items():
        make: Callable[[], nn.Module] | None = activation.module
        if make is not None:
            yield name, make()


def _is_same(layer: nn.Module, made: nn.Module) -> bool:
    """Return whether two activations compute the same, which ``inplace`` does not change."""
    if type(layer) is not type(made):
        return False
    names = [name for name in getattr(made, "__constants__", ()) if name != "inplace"]
    return all(getattr(layer, name) == getattr(made, name) for name in names)


def _traced_parts(module: nn.Module) -> Iterator[_Part]:
    """Yield the parts of a module with a ``forward`` of its own, where that is a chain."""
    name = type(module).__name__
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            graph = _Tracer().trace(module)
            # What is computed and not used, such as a shape that is printed, changes no logits.
            graph.eliminate_dead_code(lambda node: node.op in ("placeholder", "call_module", "output"))
    except Exception as error:  # whatever the caller's code raises when it is given no numbers
        raise UnrecognisedError(f"the forward of {name} is no plain chain of layers") from error
    previous: fx.Node | None = None
    for node in graph.nodes:
        if node.op == "placeholder":
            if previous is not None:
                raise UnrecognisedError(f"the forward of {name} takes more than one argument")
            previous = node
            continue
        # In a chain every step takes the step before it, and nothing else that is computed.
        if [*node.all_input_nodes] != [previous]:
            raise UnrecognisedError(f"the forward of {name} is no plain chain of layers")
        if node.op == "output":
            if node.args != (previous,):
                raise UnrecognisedError(f"the forward of {name} returns more than logits")
            return
        yield from _node_parts(node, module, name)
        previous = node


def _node_parts(node: fx.Node, module: nn.Module, name: str) -> Iterator[_Part]:
    """Yield what a step of a traced forward is."""
    is_alone = len(node.args) == 1 and not set(node.kwargs) - {"inplace"}
    last = next(iter(node.users))
    if last.op == "output" and node.op == "call_method" and node.target == "squeeze":
        return  # one logit a row, without a column of its own
    if node.op == "call_module" and is_alone:
        yield from _parts(module.get_submodule(str(node.target)))
    elif node.op == "call_function" and node.target in _ACTIVATION_FUNCTIONS and is_alone:
        yield _Activation(_ACTIVATION_FUNCTIONS[node.target])
    elif node.op == "call_method" and node.target in _ACTIVATION_METHODS and is_alone:
        yield _Activation(str(node.target))
    else:
        step = getattr(node.target, "__name__", node.target)
        raise UnrecognisedError(f"the forward of {name} calls {step}")


class _Tracer(fx.Tracer):
    """Traces a module's own code, and takes every module it holds as one step, which is looked into afterwards."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:  # noqa: ARG002
        return True


def closing_function(module: nn.Module) -> str | None:
    """Return ``Softmax`` or ``Sigmoid`` if a module ends with one, so that it returns probabilities; else None."""
    layers = [layer for layer in module.modules() if not list(layer.children())]
    last = type(layers[-1]).__name__ if layers else ""
    if isinstance(module, nn.Sequential) and last in _PROBABILITIES.values():
        return last
    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
        *_, step, _ = _Tracer().trace(module).nodes
        if step.op == "call_module":
            return closing_function(module.get_submodule(str(step.target))) or _named(step.target, module)
        name = step.target if isinstance(step.target, str) else getattr(step.target, "__name__", "")
        return _PROBABILITIES.get(str(name))
    return None


def _named(target: Any, module: nn.Module) -> str | None:
    name = type(operator.attrgetter(str(target))(module)).__name__
    return name if name in _PROBABILITIES.values() else None


def looks_like_probabilities(module: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Return whether outputs stay within 0 and 1 where the inputs ``(n_rows, d_in)`` are made larger, too."""
    far = torch.cat([x, _FAR * x, -_FAR * x])
    outputs = module(far)
    is_within = bool(((outputs >= 0) & (outputs <= 1)).all())
    if outputs.ndim == 2 and outputs.shape[1] > 1:
        return is_within and bool((outputs.sum(1) - 1).abs().max() < 1e-3)
    return is_within and bool(outputs.std() > 1e-3)
