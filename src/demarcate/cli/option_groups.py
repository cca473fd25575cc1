"""Dataclasses of options, expanded into the signatures of commands: an option is one field, written once."""

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, Literal, TypeVar, get_type_hints

Marker = TypeVar("Marker")


def _unchanged(value: Any) -> Any:
    """Return the value itself."""
    return value


@dataclass(frozen=True)
class Setting:
    """Marks an option as an argument in Python, of another name or converted from the option's value if it says so."""

    name: str = ""
    read: Callable[[Any], Any] = _unchanged

    def convert(self, value: Any) -> Any:
        """Return the option's value as Python takes it."""
        return self.read(value)


@dataclass(frozen=True)
class OutputFile:
    """Marks an option as the name of a file that the command writes."""

    kind: Literal["model", "page", "picture", "table"]


def expand_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with each parameter that is a group, a dataclass, replaced by one parameter for each field.

    Fields and parameters are annotated as typer reads them. An option that two groups share is an error.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if is_dataclass(hint) and isinstance(hint, type)}
    parameters: list[inspect.Parameter] = []
    for name, parameter in inspect.signature(command).parameters.items():
        if name in groups:
            parameters += _field_parameters(groups[name])
        else:
            parameters.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[name]))

    @functools.wraps(command)
    def run(**values: Any) -> None:
        built = {
            name: group(**{field.name: values.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**values, **built)

    _sign(run, parameters)
    return run


def add_option(command: Callable[..., None], name: str, annotation: Any, default: Any) -> None:
    """Add an option to the signature of a command whose options are expanded."""
    added = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
    _sign(command, [*inspect.signature(command).parameters.values(), added])


def settings_of(*groups: object) -> dict[str, Any]:
    """Return the options of groups that are settings and have a value, converted, under their names in Python."""
    return {
        marker.name or name: marker.convert(value)
        for group in groups
        for name, _, marker in _marked(get_type_hints(type(group), include_extras=True), Setting)
        if (value := getattr(group, name)) not in (None, [])
    }


def setting_flags(command: Callable[..., None]) -> dict[str, str]:
    """Return the option, such as ``--folds``, for the Python name of each setting of an expanded command."""
    return {marker.name or name: flag for name, flag, marker in _marked(command.__annotations__, Setting)}


def output_files(group: object) -> Iterator[tuple[str, str, OutputFile]]:
    """Yield option, name and kind of each file that the options of a group name."""
    for name, flag, marker in _marked(get_type_hints(type(group), include_extras=True), OutputFile):
        if path := getattr(group, name):
            yield flag, path, marker


def output_paths(command: Callable[..., None], values: Mapping[str, Any]) -> list[str]:
    """Return the names of the files that an expanded command is to write."""
    return [values[name] for name, _, _ in _marked(command.__annotations__, OutputFile) if values[name]]


def _sign(command: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _field_parameters(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=_default(field), annotation=hints[field.name]
        )
        for field in fields(group)
    ]


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default


def _marked(annotations: Mapping[str, Any], kind: type[Marker]) -> Iterator[tuple[str, str, Marker]]:
    """Yield name, flag and marker of each annotation that has a marker of this kind."""
    for name, annotation in annotations.items():
        metadata = getattr(annotation, "__metadata__", ())
        names = [flag for option in metadata for flag in getattr(option, "param_decls", None) or ()]
        flag = next((flag for flag in names if flag.startswith("--")), f"--{name.replace('_', '-')}")
        for marker in metadata:
            if isinstance(marker, kind):
                yield name, flag, marker
