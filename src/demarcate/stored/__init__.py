"""Tables larger than the memory allowed: read column by column, and kept in files."""

from demarcate.stored.allowance import Allowance, allowance
from demarcate.stored.columns import StoredColumns
from demarcate.stored.table import StoredTable, read_stored

__all__ = ["Allowance", "StoredColumns", "StoredTable", "allowance", "read_stored"]
