"""Networks that callers bring: torch modules, or functions that build them, as specifications and initial weights."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from demarcate.encoding import TableEncoder
from demarcate.engine.backend import Backend
from demarcate.errors import NetworkWarning, SettingError, warn_caller
from demarcate.nn import MemberState, Network, family_of
from demarcate.nn.mlp_family import MLP
from demarcate.nn.module_network import ModuleNetwork
from demarcate.nn.module_randomness import drawing_from
from demarcate.nn.recognition import (
    RecognisedNetwork,
    UnrecognisedError,
    closing_function,
    looks_like_probabilities,
    recognise,
)
from demarcate.trainingset import TrainingSet

AnyNetwork = Network | nn.Module | Callable[[], nn.Module]
"""A specification, a module, or a function without arguments that builds one, such as its class."""

N_TRIED = 64
"""Rows on which a module is tried before it is trained."""


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """A module that a caller brings, or what builds it.

    Attributes
    ----------
    name
        Its name in messages.
    module
        A copy of the module in evaluation mode on the CPU, or one that was built.
    build
        What builds it anew; None for a module that is built already.
    """

    name: str
    module: nn.Module
    build: Callable[[], nn.Module] | None

    @classmethod
    def of(cls, name: str, given: Any) -> "OwnNetwork":
        """Copy a module, or build one; `SettingError` for anything else."""
        if isinstance(given, nn.Module):
            return cls(name, _copied(name, given), None)
        if not callable(given):
            raise SettingError(
                f"network {name!r} must be a Network, a torch.nn.Module or a function that builds one, "
                f"got {type(given).__name__}"
            )
        try:
            with drawing_from(Backend.generator(0)):
                module = given()
        except TypeError as error:
            raise SettingError(f"network {name!r} must be built without arguments, got TypeError: {error}") from error
        if not isinstance(module, nn.Module):
            raise SettingError(f"network {name!r} must build a torch.nn.Module, got {type(module).__name__}")
        return cls(name, _copied(name, module), _BuiltAlike(given))

    @property
    def preliminary(self) -> Network:
        """Its specification before any row was seen, with the head that the last linear layer tells."""
        if self._is_lazy:
            return ModuleNetwork(module=self.module)
        recognised = self._recognised()
        if isinstance(recognised, RecognisedNetwork):
            return recognised.network
        outputs = [layer.out_features for layer in self.module.modules() if isinstance(layer, nn.Linear)][-1:]
        return ModuleNetwork(head="logit" if outputs == [1] else "auto", module=self.module, reason=recognised)

    def specified(self, table: TrainingSet, encoders: Sequence[TableEncoder], rows: NDArray[np.int64]) -> Network:
        """Return its specification, after trying it on some rows of a table through the first encoder.

        It is a `Network` of the module's own shape where it is a plain chain of layers, else a `ModuleNetwork`. Raises
        a `SettingError` if the module does not return logits for the table's classes or reads rows of another width
        than an encoder gives, and warns if it returns probabilities.
        """
        widths = sorted({encoder.n_encoded for encoder in encoders})
        if len(widths) > 1:
            raise SettingError(
                f"network {self.name!r} must read rows of one width, got {' and '.join(map(str, widths))} numbers: "
                "training rows of some seeds lack a category. Train with seeds=1, or a Network"
            )
        x = torch.from_numpy(encoders[0].encode(table.cells(rows[:N_TRIED]))).float()
        return self._specified(x, len(table.classes))

    def _specified(self, x: Tensor, n_classes: int) -> Network:
        """Return its specification, after trying it on encoded rows ``(n_rows, d_in)``."""
        is_built_lazily = self._is_lazy
        logits = self._tried(x)
        d_out = self._checked_outputs(logits, x, n_classes)
        recognised = self._recognised()
        if isinstance(recognised, RecognisedNetwork):
            return recognised.network
        self._warn_of_probabilities(x)
        build = self.build
        if build is not None and is_built_lazily:
            build = _BuiltAlike(build, x[:2])
        return ModuleNetwork(
            head="logit" if d_out == 1 else "softmax",
            module=self.module,
            build=build,
            d_in=x.shape[1],
            d_out=d_out,
            reason=recognised,
        )

    def trained(self, state: MemberState) -> nn.Module:
        """Return the module, a plain chain of layers, with a trained network's parameters, in evaluation mode."""
        module = deepcopy(self.module)
        own = dict(module.named_parameters())
        with torch.no_grad():
            for names, tensors in zip(recognise(module).names, state, strict=True):
                for name, tensor in zip(names, tensors, strict=True):
                    own[name].copy_(tensor)
        return module

    def initial(self, network: Network, seed: int, *, is_first: bool) -> MemberState | None:
        """Return the weights that training with a seed starts from; None for those that its engine draws itself.

        A module starts with its own weights for the first seed, and draws others for further ones.
        """
        if self.build is None:
            return self._own_state(network, self.module) if is_first else None
        if isinstance(network, ModuleNetwork):
            return None
        with drawing_from(Backend.generator(seed)):
            built = recognise(self.build()).state
        widths = network.widths(built[0][0].shape[1], built[-1][0].shape[0])
        drawn = MLP.initial_state(widths, Backend.generator(seed), torch.float32)
        pairs = zip(built, drawn, strict=True)
        is_alike = all(torch.equal(one, other) for layers in pairs for one, other in zip(*layers, strict=True))
        return None if is_alike else built

    @property
    def _is_lazy(self) -> bool:
        """Whether some of its layers find their shapes when they see rows."""
        return any(is_lazy(parameter) for parameter in self.module.parameters())

    def _own_state(self, network: Network, module: nn.Module) -> MemberState:
        if isinstance(network, ModuleNetwork):
            return network.own_family.state_from(module, torch.float32)
        return recognise(module).state

    def _recognised(self) -> RecognisedNetwork | str:
        """Return the module as a multilayer perceptron, or why it is none."""
        try:
            return recognise(self.module)
        except UnrecognisedError as error:
            return str(error)

    def _tried(self, x: Tensor) -> Tensor:
        """Return what the module returns for encoded rows."""
        try:
            logits = self.module(x.clone())
        except Exception as error:  # whatever the caller's code raises
            first = next((layer for layer in self.module.modules() if isinstance(layer, nn.Linear)), None)
            remedy = f"got {type(error).__name__}: {error}"
            if first is not None and first.in_features != x.shape[1]:
                remedy = f"got a first layer that reads {first.in_features}. Begin with nn.Linear({x.shape[1]}, ...)"
            raise SettingError(
                f"network {self.name!r} must take the {x.shape[1]} numbers of an encoded row, {remedy}"
            ) from error
        if not isinstance(logits, Tensor):
            raise SettingError(f"network {self.name!r} must return a tensor of logits, got a {type(logits).__name__}")
        return logits

    def _checked_outputs(self, logits: Tensor, x: Tensor, n_classes: int) -> int:
        """Return the number of logits of a row, after checking their shape and that no probabilities are meant."""
        d_out = 1 if logits.shape == (len(x),) else int(logits.shape[-1]) if logits.ndim == 2 else 0
        allowed = {n_classes, 1} if n_classes == 2 else {n_classes}
        if len(logits) != len(x) or d_out not in allowed:
            wanted = "1 or 2" if n_classes == 2 else str(n_classes)
            raise SettingError(
                f"network {self.name!r} must return {wanted} logits a row for {n_classes} classes, got shape "
                f"{tuple(logits.shape)} for {len(x)} rows. End with nn.Linear(..., {n_classes})"
            )
        if not logits.isfinite().all():
            raise SettingError(f"network {self.name!r} must return finite logits, got {logits.flatten()[0].item():g}")
        if not any(parameter.requires_grad for parameter in self.module.parameters()):
            raise SettingError(
                f"network {self.name!r} must have a parameter to train, got none that requires a gradient"
            )
        if not logits.requires_grad:
            raise SettingError(
                f"network {self.name!r} must return logits that depend on parameters that are trained, got a tensor "
                "without a gradient. Leave detach, numpy, item and no_grad out of its forward"
            )
        function = closing_function(self.module)
        if function is not None:
            loss = "BCEWithLogitsLoss" if d_out == 1 else "CrossEntropyLoss"
            raise SettingError(
                f"network {self.name!r} must return logits, got probabilities of its last step, {function}: "
                f"{loss} applies it itself. Remove it, and apply it to predictions only"
            )
        return d_out

    def _warn_of_probabilities(self, x: Tensor) -> None:
        with torch.no_grad():
            if looks_like_probabilities(self.module, x):
                warn_caller(
                    NetworkWarning(
                        f"network {self.name!r} seems to return probabilities: all of its outputs are within 0 and 1. "
                        "The losses take logits: remove the softmax or sigmoid from its forward."
                    )
                )


@dataclass(frozen=True, eq=False)
class _BuiltAlike:
    """Builds a module as `OwnNetwork` holds it; ``x``, if given, are rows that tell lazy layers their shapes."""

    build: Callable[[], nn.Module]
    x: Tensor | None = None

    def __call__(self) -> nn.Module:
        # A copy: the function may return a module that its caller holds.
        module = _on_cpu(deepcopy(self.build()))
        if self.x is not None:
            with torch.no_grad():
                module(self.x)
        return module


def _copied(name: str, module: nn.Module) -> nn.Module:
    """Return a copy of a module on the CPU; `SettingError` for one that cannot be copied."""
    if isinstance(module, torch.jit.ScriptModule):
        raise SettingError(f"network {name!r} must be a Python module, got a scripted one. Pass what it was made of")
    if any(parameter.is_meta for parameter in module.parameters()):
        raise SettingError(f"network {name!r} must have parameters with numbers, got some on the meta device")
    try:
        return _on_cpu(deepcopy(module))
    except (RuntimeError, TypeError) as error:
        raise SettingError(
            f"network {name!r} must be a module that can be copied, got {type(error).__name__}: {error}. "
            "Pass the class, or a function that builds it"
        ) from error


def _on_cpu(module: nn.Module) -> nn.Module:
    """Return a module in float32 and evaluation mode on the CPU, without what spreads it over devices."""
    inner = module.module if isinstance(module, nn.DataParallel) else module
    return inner.cpu().float().eval()


def own_networks(networks: Mapping[str, Any]) -> dict[str, OwnNetwork]:
    """Return those of some networks that are no specifications, by name."""
    return {name: OwnNetwork.of(name, given) for name, given in networks.items() if not isinstance(given, Network)}


def own_or_given(network: AnyNetwork | None) -> tuple[OwnNetwork | None, Network]:
    """Return a caller's module, None if there is none, and its preliminary specification, or the given one."""
    if network is None or isinstance(network, Network):
        return None, network or Network()
    own = OwnNetwork.of("network", network)
    return own, own.preliminary


def base_network(
    own: OwnNetwork | None, network: Network, table: TrainingSet, rows: NDArray[np.int64], *, standardise: bool
) -> Network:
    """Return the specification that an experiment varies: of a caller's module, tried on some rows, or a given one."""
    return network if own is None else own.specified(table, [table.encoder(rows, standardise=standardise)], rows)


def initial_state(name: str, network: Network, source: Any, widths: Sequence[int]) -> MemberState:
    """Return initial weights for a network from a module like it, or from a state dict."""
    family = family_of(network)
    if isinstance(source, Mapping):
        return family.from_tensors(network, source, widths)
    if not isinstance(source, nn.Module):
        raise SettingError(
            f"initial[{name!r}] must be a torch.nn.Module or its state dict, got {type(source).__name__}"
        )
    if isinstance(network, ModuleNetwork) or isinstance(source, nn.Sequential) or network.family != Network.family:
        return family.from_module(network, source, widths)
    try:
        state = recognise(deepcopy(source).cpu().float()).state
    except UnrecognisedError as error:
        raise SettingError(f"initial[{name!r}] must be a plain chain of layers, as the network is: {error}") from error
    family.check_shapes(state, widths)
    return state
