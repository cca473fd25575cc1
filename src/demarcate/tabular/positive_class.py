"""Which of two classes is the positive one: named by the caller, or said by the labels themselves; never guessed."""

from collections.abc import Hashable, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import Problem, SettingError
from demarcate.formatting import listed, quoted

NEGATIVE_AND_POSITIVE = (
    ("0", "1"),
    ("-1", "1"),
    ("-1", "+1"),
    ("-", "+"),
    ("false", "true"),
    ("f", "t"),
    ("no", "yes"),
    ("n", "y"),
    ("off", "on"),
    ("negative", "positive"),
    ("neg", "pos"),
    ("n", "p"),
    ("absent", "present"),
    ("absence", "presence"),
    ("undetected", "detected"),
    ("not detected", "detected"),
    ("normal", "abnormal"),
    ("control", "case"),
    ("controls", "cases"),
    ("nein", "ja"),
    ("nee", "ja"),
    ("nej", "ja"),
    ("nei", "ja"),
    ("non", "oui"),
    ("no", "si"),
    ("no", "sí"),
    ("no", "sì"),
    ("não", "sim"),
    ("nao", "sim"),
)
"""Labels that say which of them is positive, in any case; docs/use.md lists them. Healthy and ill are not among them:
whether the ill or the healthy are looked for is known to whoever looks."""


def positive_code(classes: Sequence[Any] | NDArray[Any], pos_label: Any = None) -> int | None:
    """Return the code of the positive class, or None if it is not known.

    Parameters
    ----------
    classes
        The labels, in the order of their codes.
    pos_label
        The label of the positive class, written as labels may be (1, 1.0, "1"); None if it is not named, and is then
        the one that labels of `NEGATIVE_AND_POSITIVE` say themselves.

    Raises
    ------
    SettingError
        If ``pos_label`` is not one of the labels, or there are more than two.

    Examples
    --------
    >>> positive_code(["P", "n"]), positive_code(["cancer", "healthy"]), positive_code(["cancer", "healthy"], "cancer")
    (0, None, 0)
    """
    labels = np.asarray(classes).tolist()
    if pos_label is not None:
        return _named_code(labels, pos_label)
    from demarcate.tabular.labels import canonical_label

    words = [canonical_label(label).casefold().replace("\N{MINUS SIGN}", "-") for label in labels]
    says = {tuple(words): 1, tuple(reversed(words)): 0}
    return next((code for pair, code in says.items() if pair in NEGATIVE_AND_POSITIVE), None)


def positive_or_second(positive: int | None) -> int:
    """Return the code of the class that curves of two classes are drawn of: the second where none is positive."""
    return 1 if positive is None else positive


def _named_code(labels: list[Any], pos_label: Any) -> int:
    if len(labels) != 2:
        fact = f"pos_label is {quoted(pos_label)}, and there are {len(labels)} classes: {listed(labels, write=quoted)}"
        raise SettingError.of([Problem(fact, "Leave it out: a class is positive where there is one other")])
    from demarcate.tabular.label_reader import LabelReader
    from demarcate.tabular.label_types import to_labels
    from demarcate.tabular.labels import canonical_label

    (label,) = to_labels([pos_label])
    code = LabelReader(labels).code(label) if isinstance(label, Hashable) else -1
    if code < 0:
        fact = f"pos_label is {quoted(pos_label)}, and the labels are {quoted(labels[0])} and {quoted(labels[1])}"
        by_word = {canonical_label(label).casefold(): label for label in labels}
        close = get_close_matches(canonical_label(pos_label).casefold(), by_word, 1)
        remedy = f"Did you mean {quoted(by_word[close[0]])}?" if close else "Name one of them"
        raise SettingError.of([Problem(fact, remedy)])
    return code
