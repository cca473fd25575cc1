"""The specification of a caller's own ``torch.nn.Module``; needs no torch until it is used."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from demarcate.errors import SettingError
from demarcate.nn.spec import Network

if TYPE_CHECKING:
    from torch import nn

    from demarcate.nn.module_family import ModuleFamily


@dataclass(frozen=True)
class ModuleNetwork(Network):
    """A caller's own module, as a specification: trained by autograd, alone, with whatever its ``forward`` does.

    `train`, `sweep` and `diagnose` make it of a ``torch.nn.Module`` that is no plain chain of linear layers, one
    activation and dropout. Its layers are its own: ``hidden``, ``activation`` and ``dropout`` do not apply.

    Parameters
    ----------
    module
        The module, which is not changed: copies of it are trained.
    build
        A function without arguments that builds such a module, called once for each seed after
        ``torch.manual_seed(seed)``; None draws the weights of other seeds by the layers' own ``reset_parameters``.
    d_in, d_out
        The numbers of a row that it reads, and the logits that it returns.
    reason
        Why it is no `Network`, in words.

    Raises
    ------
    SettingError
        If a setting of `Network` is given that its module decides.
    """

    family: ClassVar[str] = "module"

    hidden: tuple[int, ...] = ()
    module: Any = None
    build: Callable[[], Any] | None = None
    d_in: int = 0
    d_out: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for each in fields(Network):
            if each.name != "head" and getattr(self, each.name) != getattr(_PLAIN, each.name):
                raise SettingError(f"{each.name} must be left to the module, whose layers are its own")

    @cached_property
    def own_family(self) -> "ModuleFamily":
        """The family of networks with this module."""
        from demarcate.nn.module_family import ModuleFamily

        return ModuleFamily(self)

    @property
    def differs_in_eval_mode(self) -> bool:
        """Whether it may compute something else in training: only its module knows."""
        return True

    def without_dropout(self) -> "ModuleNetwork":
        """Return the same network with all of its dropout layers off."""
        from copy import deepcopy
        from dataclasses import replace

        from torch.nn.modules.dropout import _DropoutNd

        build = self.build

        def silenced(module: "nn.Module") -> "nn.Module":
            layers = [layer for layer in module.modules() if isinstance(layer, _DropoutNd)]
            for layer in layers:
                layer.p = 0.0
            return module

        if not any(isinstance(layer, _DropoutNd) and layer.p for layer in self.module.modules()):
            return self
        rebuilt = None if build is None else lambda: silenced(build())
        return replace(self, module=silenced(deepcopy(self.module)), build=rebuilt)


_PLAIN = Network(hidden=())
