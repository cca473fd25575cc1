"""Tables larger than the memory allowed: read column by column, and kept in files."""

from demarcate.trainingset.column_store import StoredColumns
from demarcate.trainingset.memory_budget import Allowance, allowance
from demarcate.trainingset.read_on_disk import StoredTable, read_stored
from demarcate.trainingset.validate import Learnable, learnable

__all__ = ["Allowance", "Learnable", "StoredColumns", "StoredTable", "allowance", "learnable", "read_stored"]
