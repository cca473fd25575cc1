"""The lines of a listing that make inputs of the columns of a table, by statistics of its training rows."""

from collections.abc import Sequence

from demarcate.encoding.categorical import MAX_CATEGORIES, MIN_ROWS
from demarcate.encoding.numeric import LIMIT
from demarcate.studio.listing_rows import ListingRows
from demarcate.studio.script_parts import call, literal, named
from demarcate.studio.studio_data import StudioData
from demarcate.tabular import Column


def input_lines(data: StudioData, rows: ListingRows) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Return the lines that make ``inputs`` and ``codes``, and what they import."""
    codes = "labels, codes = np.unique(y, return_inverse=True)"
    if rows.is_matrix:
        lines = ["inputs = X"]
        if data.data.standardise:
            lines = [
                "# Mean and deviation are those of the training rows alone: nothing of the others leaks in.",
                "mean, deviation = X[train_rows].mean(0), X[train_rows].std(0)",
                f"inputs = np.clip((X - mean) / deviation, -{LIMIT:g}, {LIMIT:g})",
            ]
        return [*lines, "inputs = torch.tensor(inputs, dtype=torch.float32)", codes], {}
    columns = data.table.schema.used
    if not all(map(_is_plain, columns)):
        return _encoded_lines(data, codes), {"demarcate": ("Network", "Training", "train")}
    return [*_column_functions(data, columns), "", *_matrix_lines(columns), codes], {"polars": ("pl",)}


def _is_plain(column: Column) -> bool:
    """Tell whether a few lines can encode a column: numbers and categories that are written in the usual way."""
    if column.is_written_unusually:
        return False
    if column.kind == "boolean":
        return set(column.categories) <= {"false", "true"}
    return column.kind == "numerical" or (column.kind == "categorical" and len(column.categories) <= MAX_CATEGORIES)


def _encoded_lines(data: StudioData, codes: str) -> list[str]:
    """Return lines that have demarcate encode the columns: dates, texts, and numbers written in their own ways."""
    parts = ", ".join(name for name in ("train_rows", "validation_rows", "test_rows") if len(getattr(data, name)))
    options: dict[str, object] = {} if data.data.standardise else {"standardise": False}
    options |= {"categorical": list(data.data.categorical)} if data.data.categorical else {}
    return [
        "# Dates, texts and numbers that are written in their own ways: demarcate makes inputs of them.",
        *call("run = train(", ["(X, y)", "Network(())", "Training(epochs=1)", f"split=({parts})", *named(options)]),
        'inputs = run["network"].encode(X)',
        codes,
    ]


def _column_functions(data: StudioData, columns: Sequence[Column]) -> list[str]:
    """Return the functions that make columns of inputs, of training rows' statistics alone."""
    has_numbers = any(column.kind == "numerical" for column in columns)
    has_others = any(column.kind != "numerical" for column in columns)
    scale = "    scaled = filled"
    if data.data.standardise:
        scale = f"    scaled = np.clip((filled - seen.mean()) / (seen.std() or 1), -{LIMIT:g}, {LIMIT:g})"
    of_numbers = [
        "",
        "def number(name):",
        '    """Return a column of numbers scaled, and another where cells are missing among the training rows."""',
        "    cells = X[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()",
        "    missing = np.isnan(cells)",
        "    seen = cells[train_rows][~missing[train_rows]]",
        "    filled = np.where(missing, np.median(seen), cells)",
        scale,
        "    return [scaled, missing] if missing[train_rows].any() else [scaled]",
    ]
    of_categories = [
        "",
        *([""] if has_numbers else []),
        "def category(name):",
        f'    """Return a column for each category of {MIN_ROWS} training rows, for rarer and for missing ones."""',
        '    cells = X[name].cast(pl.String).str.strip_chars().fill_null("").to_numpy().astype(str)',
        "    seen = cells[train_rows]",
        f'    words = [word for word in sorted(set(seen) - {{""}}) if (seen == word).sum() >= {MIN_ROWS}]',
        '    others = [~np.isin(cells, [*words, ""]), cells == ""]',
        "    columns = np.stack([*(cells == word for word in words), *others], 1).astype(float)",
        "    shares = columns[train_rows].mean(0)",
        "    # What no training row had is as the average training row.",
        "    columns[columns[:, shares == 0].any(1)] = shares",
        "    return list(columns[:, shares > 0].T)",
    ]
    return [*(of_numbers if has_numbers else []), *(of_categories if has_others else []), ""]


def _matrix_lines(columns: Sequence[Column]) -> list[str]:
    kinds = {column.name: "number" if column.kind == "numerical" else "category" for column in columns}
    return [
        "columns = [",
        *(f"    *{kind}({literal(name)})," for name, kind in kinds.items()),
        "]",
        "inputs = torch.tensor(np.stack(columns, 1), dtype=torch.float32)",
    ]
