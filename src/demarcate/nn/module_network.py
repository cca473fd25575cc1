"""The specification of a caller's own ``torch.nn.Module``; needs no torch until it is used."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from demarcate.errors import SettingError
from demarcate.nn.spec import Network

if TYPE_CHECKING:
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
        from demarcate.nn.module_family import SilencedBuild, has_dropout, silenced

        if not has_dropout(self.module):
            return self
        build = None if self.build is None else SilencedBuild(self.build)
        return replace(self, module=silenced(self.module), build=build)


_PLAIN = Network(hidden=())
