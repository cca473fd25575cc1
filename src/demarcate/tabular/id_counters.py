"""Ids that number the rows of a subject: ``S01_3`` is the third row of ``S01``."""

from __future__ import annotations

from demarcate.tabular.frame_libraries import polars as pl

MIN_DISTINCT_SHARE = 0.9
"""Ids of fewer distinct values, as a share of the rows, name several rows as they are."""
MIN_COARSE_PREFIXES = 10
_MAX_PARTS = 3
_MIN_WITH_COUNTER = 0.95
_MIN_SHARED = 0.15
_COUNTER = r"[A-Za-z]{0,8}[0-9]+|[A-Za-z]"
_PATTERNS = (
    rf"^(?P<prefix>.*[0-9A-Za-z])[^0-9A-Za-z]+(?P<counter>{_COUNTER})$",
    r"^(?P<prefix>.*[A-Za-z])(?P<counter>[0-9]+)$",
    r"^(?P<prefix>.*[0-9])(?P<counter>[A-Za-z])$",
)


def before_counters(ids: pl.Series) -> pl.Series | None:
    """Return what stands before the counter in each id; None if they do not number rows of subjects.

    Nearly every row has an id of its own, and counters begin again with each subject. Of ids with several counters
    (``S01_T2_3``) all are cut off that leave ten subjects or more.
    """
    present = ids.drop_nulls()
    if not len(present) or present.n_unique() < MIN_DISTINCT_SHARE * len(present):
        return None
    subjects = None
    for _ in range(_MAX_PARTS):
        parts = _split(ids)
        if parts["counter"].count() < _MIN_WITH_COUNTER * len(present) or not _restarts(parts):
            break
        ids = parts["prefix"].alias(ids.name)
        if subjects is not None and ids.n_unique() < MIN_COARSE_PREFIXES:
            break
        subjects = ids
    return subjects


def _split(ids: pl.Series) -> pl.DataFrame:
    """Return what stands before the last counter of each id, and the counter; null where there is none."""
    groups = [ids.str.extract_groups(pattern).struct.unnest() for pattern in _PATTERNS]
    return pl.DataFrame(
        {part: pl.select(pl.coalesce(*(group[part] for group in groups))).to_series() for part in ("prefix", "counter")}
    )


def _restarts(parts: pl.DataFrame) -> bool:
    """Return whether counters begin again with every prefix: each occurs with many prefixes instead of one."""
    pairs = parts.drop_nulls().unique()
    n_prefixes = pairs["prefix"].n_unique()
    if n_prefixes < 2:
        return False
    n_shared = pairs.select(pl.len().over("counter").mean()).item()
    return bool(n_shared >= max(2.0, _MIN_SHARED * n_prefixes))
