"""Labels that are one word in several spellings: found, and merged where the caller asks for it."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from demarcate.formatting import INVISIBLE, listed, quoted
from demarcate.tabular.cells import TRUTH_OF_WORDS, number_spelling

MERGE_REMEDY = "merge_labels=True (--merge-labels) makes one class of each group, named by its most frequent spelling"


def spelling_keys(labels: Iterable[str]) -> dict[str, str]:
    """Return for each label a key that its other spellings share.

    Keys leave out case, surplus spaces, invisible characters, how accents are composed, and how a number is spelled.
    Where all labels are words for yes and no, and both occur, the keys are ``true`` and ``false``.
    """
    keys = {label: spelling_key(label) for label in labels}
    truths = {label: TRUTH_OF_WORDS.get(key, "") for label, key in keys.items()}
    return truths if {*truths.values()} == {"true", "false"} else keys


def spelling_key(label: str) -> str:
    """Return a label without case, surplus spaces, invisible characters, and the spelling of a number."""
    if label.isascii():
        text = " ".join(label.split()).casefold()
    else:
        seen = "".join(char for char in label if unicodedata.category(char) != "Cf" and not INVISIBLE.match(char))
        folded = unicodedata.normalize("NFC", seen).casefold()
        text = " ".join(unicodedata.normalize("NFC", folded).split())
    return number_spelling(text) or text


def merged_labels(counts: Mapping[str, int]) -> dict[str, str]:
    """Return for each label the most frequent of its spellings, the first of equally frequent ones."""
    groups = _groups(counts)
    names = {key: max(labels, key=lambda label: counts[label]) for key, labels in groups.items()}
    return {label: names[key] for key, labels in groups.items() for label in labels}


def spelling_notice(counts: Mapping[str, int]) -> str:
    """Return a warning that lists all groups of labels of one word with their rows; empty if there are none."""
    groups = [group for group in _groups(counts).values() if len(group) > 1]
    if not groups:
        return ""
    shown = "; ".join(_listed_group(group, counts) for group in groups[:8])
    more = f" and {len(groups) - 8:,} more groups" if len(groups) > 8 else ""
    fact = f"labels that seem to be one word in several spellings are classes of their own: {shown}{more}"
    return f"{fact}. {MERGE_REMEDY}"


def _groups(counts: Mapping[str, int]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for label, key in spelling_keys(counts).items():
        groups.setdefault(key, []).append(label)
    return groups


def _listed_group(group: list[str], counts: Mapping[str, int]) -> str:
    """Return the spellings of a word, the most frequent first, with characters spelled out where they look alike."""
    shown = {label: quoted(label) for label in group}
    looks = [_look(text) for text in shown.values()]
    if len(set(looks)) < len(looks):
        shown = {label: ascii(label) for label in group}
    ordered = sorted(group, key=lambda label: -counts[label])
    return listed([f"{shown[label]} ({counts[label]:,})" for label in ordered])


def _look(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


class KnownSpellings:
    """The classes of a model that merges spellings: finds the class of a label by any of them."""

    def __init__(self, codes: Mapping[str, int]) -> None:
        keys = spelling_keys(codes)
        self._codes = {keys[label]: code for label, code in codes.items()}
        self._are_truths = self._codes.keys() == {"true", "false"}

    def code(self, label: Any) -> int:
        """Return the class index of a label, -1 for an unknown one."""
        key = spelling_key(str(label))
        return self._codes.get(TRUTH_OF_WORDS.get(key, key) if self._are_truths else key, -1)
