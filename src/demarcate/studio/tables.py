"""The tables and model files that a session has: opened by path, dropped on the page, or given in a notebook."""

import os
import secrets
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from demarcate.formatting import counted, quoted
from demarcate.studio.caught_warnings import noted
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed

# A session has its tables before anything heavy is imported: the page's first message does not wait for polars.
if TYPE_CHECKING:
    import polars as pl

    from demarcate.inference import Predictor

MODEL_SUFFIX = ".safetensors"
MAX_ROWS, MAX_CELLS = 100_000, 5_000_000
"""The largest table that the studio shows; `demarcate fit` takes any."""
MAX_OPENED = 20
"""Tables and models that one session has."""
USUAL_TARGETS = ("target", "label", "class", "y")
"""Names by which a column is suggested as the target, in any case."""
FEW_VALUES = 20
"""A column with at most so many distinct values may be the target."""


@dataclass(frozen=True, eq=False)
class OpenedTable:
    """A table of a session, of plain types."""

    id: str
    name: str
    frame: "pl.DataFrame"
    target: str | None
    """The column that is suggested as the one to predict."""
    notices: tuple[str, ...] = ()
    source: str | None = None
    """The path or address it was opened from; None of one that was dropped or given."""

    def facts(self) -> dict[str, Any]:
        """Return what the page's form shows of it."""
        return dict(self._facts)

    @cached_property
    def _facts(self) -> dict[str, Any]:
        """The same, which of a large table takes a while to find out."""
        from demarcate.tabular import infer_schema

        kinds = {column.name: column.kind for column in infer_schema(self.frame).columns}
        columns = [
            {
                "name": cells.name,
                "kind": kinds[cells.name],
                "n_distinct": cells.drop_nulls().n_unique(),
                "missing": cells.null_count(),
            }
            for cells in self.frame.get_columns()
        ]
        own = {"id": self.id, "name": self.name, "kind": "table", "n_rows": self.frame.height, "columns": columns}
        return {**own, "target": self.target, "notices": list(self.notices)}


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A model file of a session; its table is not in it."""

    id: str
    name: str
    predictor: "Predictor"

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be done with it."""
        columns = ", ".join(quoted(column.name) for column in self.predictor.schema.used[:6])
        return (
            f"{self.name} is a model without its table. Open a table with its columns ({columns}): Ask shows its map.",
        )

    def facts(self) -> dict[str, Any]:
        """Return what the page's form shows of it."""
        columns = [
            {"name": column.name, "kind": column.kind, "n_distinct": len(column.categories), "missing": 0}
            for column in self.predictor.schema.used
        ]
        own = {"id": self.id, "name": self.name, "kind": "model", "n_rows": 0, "columns": columns}
        return {**own, "target": self.predictor.target, "notices": list(self.notices)}


class Tables:
    """The tables and models of a session by their ids; threads may open and read them at once."""

    def __init__(self) -> None:
        self._opened: dict[str, OpenedTable | OpenedModel] = {}
        self._lock = threading.Lock()

    def copy(self) -> "Tables":
        """Return a collection that begins with the same tables; what either opens later, it has alone."""
        copied = Tables()
        with self._lock:
            copied._opened.update(self._opened)
        return copied

    def open(self, source: str | os.PathLike[str], name: str | None = None) -> OpenedTable | OpenedModel:
        """Open a table or a model file by its path or address; ``name`` is the one it is called by.

        Raises
        ------
        StudioError
            If it cannot be read, is refused as ``fit`` refuses it, or is too large for the studio.
        """
        from demarcate.io.tables import read_table
        from demarcate.tabular import as_frame

        called = name or Path(str(source)).name
        with placed("data", "table"):
            if called.casefold().endswith(MODEL_SUFFIX):
                from demarcate.bundle import read_bundle

                return self._add(OpenedModel(_new_id(), called, read_bundle(source)))
            with noted() as notices:
                frame = as_frame(read_table(source) if name is None else _read_named(Path(source), name))
        return self.add(frame, called, notices=tuple(notices), source=str(source) if name is None else None)

    def add(
        self,
        frame: Any,
        name: str,
        target: str | None = None,
        notices: tuple[str, ...] = (),
        source: str | None = None,
    ) -> OpenedTable:
        """Add a table that is in memory, of any library; ``target`` None suggests the column to predict."""
        from demarcate.tabular import as_frame

        with placed("data", "table"):
            plain = as_frame(frame)
        _check_size(plain, name)
        opened = OpenedTable(_new_id(), name, plain, target or suggested_target(plain), notices, source)
        self._add(opened)
        return opened

    def table(self, table_id: str | None) -> OpenedTable:
        """Return a table by its id; StudioError for one that is not there, or is a model."""
        opened = self._opened.get(table_id or "")
        if isinstance(opened, OpenedTable):
            return opened
        if opened is not None:
            problem = PlacedProblem.of(
                "data", f"{opened.name} is a model, not a table", "Open a table with its columns", field="table"
            )
        elif table_id:
            problem = PlacedProblem.of("data", "The table is no longer open", "Open or drop it again", field="table")
        else:
            problem = PlacedProblem.of("data", "No table is open", "Open or drop one", field="table")
        raise StudioError([problem])

    def model(self, table_id: str | None) -> OpenedModel:
        """Return a model by its id; StudioError for one that is not there."""
        opened = self._opened.get(table_id or "")
        if isinstance(opened, OpenedModel):
            return opened
        raise StudioError([PlacedProblem.of("ask", "The model file is not open", "Open or drop it again")])

    def models(self) -> list[OpenedModel]:
        """Return the models, in the order in which they were opened."""
        return [opened for opened in self._opened.values() if isinstance(opened, OpenedModel)]

    def facts(self) -> list[dict[str, Any]]:
        """Return what the page's form shows of all of them."""
        return [opened.facts() for opened in list(self._opened.values())]

    def _add(self, opened: OpenedTable | OpenedModel) -> OpenedTable | OpenedModel:
        with self._lock:
            if len(self._opened) >= MAX_OPENED:
                fact = f"{counted(len(self._opened), 'table')} and models are open, the most that a session has"
                raise StudioError([PlacedProblem.of("data", fact, "Open another page", field="table")])
            self._opened[opened.id] = opened
        return opened


def suggested_target(frame: "pl.DataFrame") -> str | None:
    """Return the column that is most likely the one to predict: by its name, else the last or first of few values.

    Examples
    --------
    >>> import polars as pl
    >>> suggested_target(pl.DataFrame({"age": [30, 40, 50], "Class": ["a", "b", "a"]}))
    'Class'
    """
    by_name = {name.casefold(): name for name in reversed(frame.columns)}
    for usual in USUAL_TARGETS:
        if usual in by_name:
            return by_name[usual]
    few = [cells.name for cells in frame.get_columns() if 2 <= cells.n_unique() <= min(FEW_VALUES, frame.height // 2)]
    if not few:
        return None
    return frame.columns[-1] if few[-1] == frame.columns[-1] else few[0]


def _check_size(frame: "pl.DataFrame", name: str) -> None:
    """Refuse a table that is too large to be trained on while one looks."""
    if frame.height <= MAX_ROWS and frame.height * frame.width <= MAX_CELLS:
        return
    fact = f"{name} has {frame.height:,} rows of {counted(frame.width, 'column')}, and the studio takes at most "
    fact += f"{MAX_ROWS:,} rows and {MAX_CELLS:,} cells"
    remedy = "Open a sample of its rows, or train on it with demarcate fit"
    raise StudioError([PlacedProblem.of("data", fact, remedy, field="table")])


class _NamedFile:
    """An open file that messages call by another name than its path."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._file, self.name = file, name

    def read(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def _read_named(path: Path, name: str) -> "pl.DataFrame":
    """Read a table under the name that it had on the page."""
    from demarcate.io.tables import read_table

    with path.open("rb") as file:
        return read_table(cast("IO[bytes]", _NamedFile(file, name)))


def _new_id() -> str:
    return secrets.token_urlsafe(9)
