"""The lines of a listing that read the rows of a studio and split them; every listing begins with them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from demarcate.studio.script_parts import call, literal, named
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import OpenedTable

GENERATED = ("blobs", "circles", "moons")
POINTS_A_LINE = 6


@dataclass(frozen=True)
class ListingRows:
    """Lines that make ``X`` and ``y``, an array of labels, and the row numbers of each part.

    Attributes
    ----------
    imports
        The names that the lines need, by module.
    lines
        The lines themselves.
    is_matrix
        Whether ``X`` is an array of numbers; else it is a polars frame.
    notes
        What has to be done before the listing runs.
    """

    imports: dict[str, tuple[str, ...]]
    lines: tuple[str, ...]
    is_matrix: bool
    notes: tuple[str, ...] = ()


def rows_with_demarcate(data: StudioData, opened: OpenedTable | None) -> ListingRows:
    """Return the lines with the library's own data sets and reader, which leave ``data`` for `train`."""
    source, added = data.data.source, data.data.added
    if source in GENERATED and not added:
        made = (*_generator_call(data, "data = datasets."), "y = data.y")
        return _with_split(data, {"demarcate": ("datasets",)}, made, is_matrix=False)
    if source == "heart":
        made = ("data = datasets.heart()", "y = data.y")
        return _with_split(data, {"demarcate": ("datasets",)}, made, is_matrix=False)
    plain = plain_rows(data, opened)
    split = plain.lines.index("")
    lines = (*plain.lines[:split], "data = X, y", *plain.lines[split:])
    return ListingRows(plain.imports, lines, plain.is_matrix, plain.notes)


def plain_rows(data: StudioData, opened: OpenedTable | None) -> ListingRows:
    """Return the lines with scikit-learn's generators; a table is read by the library's reader."""
    source, added = data.data.source, data.data.added
    if source == "heart":
        made: tuple[str, ...] = ("X, y = datasets.heart()",)
        dropped = [name for name in data.data.drop if name in data.read.frame.columns]
        if dropped:
            made += (f"X = X.drop({literal(dropped)})",)
        return _with_split(data, {"demarcate": ("datasets",)}, made, is_matrix=False)
    if source == "table":
        assert opened is not None, "the rows of an opened table have one"
        return _rows_of_table(data, opened)
    imports: dict[str, tuple[str, ...]] = {"numpy": ("np",)} if added else {}
    lines: list[str] = []
    if source in GENERATED:
        imports["sklearn.datasets"] = (f"make_{source}",)
        lines += _generator_call(data, "X, y = make_")
    if added:
        lines += _added_lines(data, source)
    return _with_split(data, imports, tuple(lines), is_matrix=True)


def _generator_call(data: StudioData, begin: str) -> list[str]:
    """Return the call of a generator, with the names that it has in the library and in scikit-learn."""
    own = data.data
    knobs: dict[str, Any] = {
        "blobs": {"centers": own.centers, "cluster_std": own.cluster_std},
        "circles": {"noise": own.noise, "factor": own.factor},
        "moons": {"noise": own.noise},
    }[own.source]
    given = {"n_samples": own.n_samples, **knobs, "random_state": own.random_state}
    return call(f"{begin}{own.source}(", named(given))


def _added_lines(data: StudioData, source: str) -> list[str]:
    """Return the lines that set points by hand, after others or alone."""
    added = data.data.added
    points = [f"[{x!r}, {y!r}]" for x, y, _ in added]
    lines = ["points = [", *_wrapped(points), "]", "labels = [", *_wrapped([str(code) for *_, code in added], 24), "]"]
    if source in GENERATED:
        return [*lines, "X, y = np.vstack([X, points]), np.append(y, labels)"]
    return [*lines, "X, y = np.array(points, dtype=float), np.array(labels)"]


def _wrapped(items: list[str], width: int = POINTS_A_LINE) -> list[str]:
    groups = (items[start : start + width] for start in range(0, len(items), width))
    return [f"    {', '.join(group)}," for group in groups]


def _rows_of_table(data: StudioData, opened: OpenedTable) -> ListingRows:
    """Return the lines that read an opened table as it was read, without rows that have no label."""
    target, source = data.table.target, opened.source or opened.name
    lines = [f"table = datasets.read_table({literal(source)})"]
    imports: dict[str, tuple[str, ...]] = {"demarcate": ("datasets",)}
    if data.read.rows is not None:
        lines.append(f"table = table.drop_nulls({literal(target)})")
    left_out = [target, *(name for name in data.data.drop if name in data.read.frame.columns)]
    lines.append(f"X, y = table.drop({literal(left_out)}), table[{literal(target)}].to_numpy()")
    if np.issubdtype(data.classes.dtype, np.integer) and not opened.frame[target].dtype.is_integer():
        lines.append("y = y.astype(int)")
    if data.data.added:
        lines += _added_to_table(data)
        imports["numpy"], imports["polars"] = ("np",), ("pl",)
    notes = () if opened.source else (f"Put {opened.name} beside the script: it was dropped on the page.",)
    if opened.source and not Path(opened.source).is_absolute() and "://" not in opened.source:
        notes = (f"Run it in the folder from which {opened.source} can be opened.",)
    return _with_split(data, imports, tuple(lines), is_matrix=False, notes=notes)


def _added_to_table(data: StudioData) -> list[str]:
    """Return the lines that set points after the rows of a table of two columns."""
    added, classes = data.data.added, data.classes.tolist()
    (x, y), labels = data.read.frame.columns, [classes[code] for *_, code in added]
    columns = {x: [point[0] for point in added], y: [point[1] for point in added]}
    return [
        f"points = pl.DataFrame({literal(columns)})",
        "X = pl.concat([X.cast(pl.Float64), points])",
        f"y = np.append(y, {literal(labels)})",
    ]


def _with_split(
    data: StudioData,
    imports: dict[str, tuple[str, ...]],
    lines: tuple[str, ...],
    *,
    is_matrix: bool,
    notes: tuple[str, ...] = (),
) -> ListingRows:
    """Return lines with those that split the rows after them."""
    parts, seed = data.parts, data.split.seed
    split = [""]
    rest = f"range({len(data.codes)})"
    sizes = {"test_rows": len(parts.test), "validation_rows": len(parts.validation)}
    for (name, size), by_class in zip(sizes.items(), parts.stratified, strict=True):
        if not size:
            continue
        is_last = name == "validation_rows" or not sizes["validation_rows"]
        left = "train_rows" if is_last else "other_rows"
        arguments = [rest, f"test_size={size}", f"random_state={seed}"]
        if by_class:
            arguments.append("stratify=y" if rest.startswith("range") else f"stratify=y[{rest}]")
        split += call(f"{left}, {name} = train_test_split(", arguments)
        rest = left
    return ListingRows(
        {**imports, "sklearn.model_selection": ("train_test_split",)}, (*lines, *split), is_matrix, notes
    )
