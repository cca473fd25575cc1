"""The registry of network families."""

from demarcate.errors import SettingError
from demarcate.nn.family import Family
from demarcate.nn.mlp_family import MLP
from demarcate.nn.module_network import ModuleNetwork
from demarcate.nn.residual_family import RESIDUAL
from demarcate.nn.spec import Network

FAMILIES: dict[str, Family] = {family.name: family for family in (MLP, RESIDUAL)}
"""Every family of networks that a model file may hold, by name; one that names none holds multilayer perceptrons."""


def family_of(network: Network) -> Family:
    """Return the family that a specification belongs to.

    Raises
    ------
    SettingError
        If there is no family of that name.

    Examples
    --------
    >>> family_of(Network(hidden=(8,))).name
    'mlp'
    """
    if isinstance(network, ModuleNetwork):
        return network.own_family
    if network.family not in FAMILIES:
        raise SettingError(f"a network's family must be one of {', '.join(FAMILIES)}, got {network.family!r}")
    return FAMILIES[network.family]
