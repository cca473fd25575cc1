"""Names of columns that differ in spelling only, and those that a model does not know."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from demarcate.formatting import listed, quoted

_MAX_COMPARED = 200
"""Names whose letters are compared one by one: of more only the case and the punctuation."""
_CLOSE = 0.75
_MAX_NAMED = 5


def similar_names(missing: Sequence[str], present: Sequence[str]) -> dict[str, str]:
    """Return for missing names those present that differ in case, spaces, punctuation or a typo, each used once."""
    similar = _same_letters(missing, present)
    absent = [name for name in missing if name not in similar]
    left = [name for name in present if name not in similar.values()]
    if len(absent) <= _MAX_COMPARED and len(left) <= _MAX_COMPARED:
        for name in absent:
            if close := get_close_matches(name.casefold(), [other.casefold() for other in left], 1, _CLOSE):
                match = next(other for other in left if other.casefold() == close[0])
                similar[name] = match
                left.remove(match)
    return {name: similar[name] for name in missing if name in similar}


def _same_letters(missing: Sequence[str], present: Sequence[str]) -> dict[str, str]:
    """Return names with the same letters and digits, where there is one such name on either side."""
    wanted, offered = _by_letters(missing), _by_letters(present)
    pairs = ((names, offered.get(letters, [])) for letters, names in wanted.items() if letters)
    return {names[0]: others[0] for names, others in pairs if len(names) == len(others) == 1}


def _by_letters(names: Sequence[str]) -> Mapping[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("".join(filter(str.isalnum, name.casefold())), []).append(name)
    return groups


def unknown_columns(names: Sequence[str]) -> str:
    """Return what there is to say of columns that a model does not know.

    Examples
    --------
    >>> unknown_columns(["id"])
    "unknown columns are not used: 'id'"
    """
    return f"unknown columns are not used: {listed(names, _MAX_NAMED, write=quoted)}"
