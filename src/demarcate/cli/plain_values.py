"""Values of options that need no conversion, read without the library that typer converts values with.

typer builds a pydantic type for every option of a command, also for those that nobody gives; importing pydantic and
building them takes longer than `demarcate inspect` has.
"""

import re
from collections.abc import Iterable
from typing import Any

_NUMBERS: dict[Any, re.Pattern[str]] = {
    int: re.compile("[0-9]{1,15}"),
    float: re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?"),
}
"""Numbers that nobody reads in another way."""


class PlainValue:
    """Reads one option or argument: text, and what is not given, as they are; typer converts everything else."""

    def __init__(self, parameter: Any) -> None:
        self._parameter = parameter

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value that typer would return."""
        annotation, is_list = param.type_descriptor.annotation, param.multiple or param.nargs == -1
        if value is None:
            return () if is_list else None
        if annotation == list[str] and is_list and isinstance(value, list | tuple) and all(map(_is_text, value)):
            return list(value)
        if annotation is str and not is_list and _is_text(value):
            return value
        if annotation in (int, float) and type(value) is annotation:
            return value  # a default
        if (
            annotation in _NUMBERS
            and _is_text(value)
            and _NUMBERS[annotation].fullmatch(value)
            and not _is_ranged(param)
        ):
            return annotation(value)
        self._parameter._runtime_param = None  # noqa: SLF001 - typer builds it anew
        return self._parameter.get_runtime_param().coerce(value, param=param, ctx=ctx)


def _is_ranged(parameter: Any) -> bool:
    info = parameter.type_descriptor.parameter_info
    return info.min is not None or info.max is not None


def _is_text(value: Any) -> bool:
    return type(value) is str


def read_plainly(parameters: Iterable[Any]) -> None:
    """Have options and arguments read by `PlainValue`, where typer has pydantic convert their values."""
    for parameter in parameters:
        info = getattr(getattr(parameter, "type_descriptor", None), "parameter_info", None)
        # Other versions of typer convert in another way, and are left to it.
        if info is not None and info.parser is None and getattr(parameter, "_runtime_param", parameter) is None:
            parameter._runtime_param = PlainValue(parameter)  # noqa: SLF001 - typer has no public way
