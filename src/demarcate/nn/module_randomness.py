"""Random numbers of callers' own modules, which draw from torch's global generators."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor

GLOBAL_GENERATOR = threading.RLock()
"""Held while torch's global generators, or a module's parameters, are set aside for one network."""

_STREAM = 0x94D049BB133111EB
"""Keeps a seed's random numbers for a module's layers and for the order of rows apart."""


@contextmanager
def drawing_from(generator: torch.Generator) -> Iterator[None]:
    """Let torch's global generator on the CPU go on from a generator, which is advanced by what was drawn."""
    with GLOBAL_GENERATOR:
        outer = torch.get_rng_state()
        torch.set_rng_state(generator.get_state())
        try:
            yield
        finally:
            generator.set_state(torch.get_rng_state())
            torch.set_rng_state(outer)


class ModuleRandomness:
    """A network's own state of torch's global generators: set while it is entered, and set aside otherwise.

    So a seed gives the same dropout whatever else draws random numbers, and a training resumes where it stopped.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self._device = device
        seed = (seed * 0x9E3779B97F4A7C15 + _STREAM) % (1 << 63)
        self._own = {"cpu": torch.Generator("cpu").manual_seed(seed).get_state()}
        if device.type == "cuda":
            self._own["cuda"] = torch.Generator(device).manual_seed(seed).get_state()
        self._outer: dict[str, Tensor] = {}

    def __enter__(self) -> None:
        GLOBAL_GENERATOR.acquire()
        self._outer = self._global()
        self._set(self._own)

    def __exit__(self, *_: object) -> None:
        self._own = self._global()
        self._set(self._outer)
        self._outer = {}
        GLOBAL_GENERATOR.release()

    def state(self) -> dict[str, Tensor]:
        """Return the state of its generators."""
        return self._global() if self._outer else self._own

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        self._own = {name: tensor.clone() for name, tensor in state.items()}

    def _global(self) -> dict[str, Tensor]:
        states = {"cpu": torch.get_rng_state()}
        if self._device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self._device)
        return states

    def _set(self, states: Mapping[str, Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if "cuda" in states:
            torch.cuda.set_rng_state(states["cuda"], self._device)
