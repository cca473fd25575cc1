"""Options under the names that they once had: they are read, and not shown."""

from collections.abc import Container, Sequence

FORMER_NAMES = {"--folds": "--n-folds", "--seeds": "--n-seeds"}
"""Present names by former ones, for commands that have no option of the former name."""


def with_present_names(args: Sequence[str], options: Container[str]) -> list[str]:
    """Return the arguments of a command with its options under their present names.

    Examples
    --------
    >>> with_present_names(["moons", "--folds=4", "--seed", "1"], {"--n-folds", "--seed"})
    ['moons', '--n-folds=4', '--seed', '1']
    """
    named: list[str] = []
    for place, arg in enumerate(args):
        if arg == "--":
            return [*named, *args[place:]]
        flag, equals, value = arg.partition("=")
        present = FORMER_NAMES.get(flag)
        is_former = present in options and flag not in options
        named.append(f"{present}{equals}{value}" if is_former else arg)
    return named
