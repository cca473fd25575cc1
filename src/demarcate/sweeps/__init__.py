"""Sweeps and tournaments: many configurations and several seeds of each, trained as populations and compared."""

from demarcate.sweeps.grid import Between, Configuration
from demarcate.sweeps.lineup import Size
from demarcate.sweeps.result import Sweep
from demarcate.sweeps.sweep import check_sweep, sweep
from demarcate.sweeps.tournament import Savings
from demarcate.sweeps.winner import Lead, Winner

__all__ = ["Between", "Configuration", "Lead", "Savings", "Size", "Sweep", "Winner", "check_sweep", "sweep"]
