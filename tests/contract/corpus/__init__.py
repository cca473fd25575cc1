"""Hostile tables, a module for each kind of oddity."""

from corpus import dates, exports, files, labels, names, numbers, sizes, text, types

CASES = (
    *files.CASES,
    *exports.CASES,
    *names.CASES,
    *numbers.CASES,
    *text.CASES,
    *dates.CASES,
    *types.CASES,
    *labels.CASES,
    *sizes.CASES,
)
