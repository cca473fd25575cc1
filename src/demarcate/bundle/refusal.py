"""How the model file's readers and writers say no."""

from demarcate.errors import BundleError, Problem

DAMAGED = "Fetch the file again from where it was saved, or save the model again"
LONGEST_SHOWN = 80


def refused(rule: str, found: str, remedy: str = DAMAGED) -> BundleError:
    """Return the error for a model file that breaks a rule.

    Parameters
    ----------
    rule
        What must hold, a sentence without its full stop.
    found
        What was found instead, and where.
    remedy
        What to do about it; the default is for a file that was damaged on its way.

    Examples
    --------
    >>> print(refused("A model file has a header", "it has 3 bytes", "Fetch it again"))
    A model file has a header: it has 3 bytes. Fetch it again.
    """
    return BundleError(str(Problem(rule, found, remedy)))


def shown(value: object) -> str:
    """Return a value's `repr`, cut where a hostile file would flood the message.

    Examples
    --------
    >>> shown("weight"), len(shown("w" * 1_000_000))
    ("'weight'", 83)
    """
    # A string is cut first: the repr of a hostile one may be many times its length.
    text = repr(value[: LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."
