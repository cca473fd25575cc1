"""Dataclasses of options, expanded into the signatures of commands: an option is one field, written once."""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from demarcate.cli.completion import Complete

Marker = TypeVar("Marker")


@dataclass(frozen=True)
class Setting:
    """Marks an option as an argument in Python, of another name or converted from the option's value if it says so."""

    name: str = ""
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class OutputFile:
    """Marks an option as the name of a file that the command writes."""

    kind: Literal["model", "page", "picture", "table", "recording", "export"]


def option(
    text: str,
    *flags: str,
    default: Any = None,
    metavar: str | None = None,
    marker: Setting | OutputFile | None = None,
    complete: Complete | None = None,
) -> Any:
    """Declare a field of a group as an option by its help text; ``flags`` are needed where its name does not do."""
    declared = typer.Option(*flags, help=text, metavar=metavar, autocompletion=complete)
    return field(default=default, metadata={"typer": (declared, marker)})


def setting(text: str, *flags: str, name: str = "", read: Callable[[Any], Any] | None = None, **details: Any) -> Any:
    """Declare a field as an option that is an argument in Python."""
    return option(text, *flags, marker=Setting(name, read), **details)


def argument(text: str, metavar: str, default: Any = MISSING, complete: Complete | None = None) -> Any:
    """Declare a field as an argument, which must be given unless it has a default."""
    declared = typer.Argument(help=text, metavar=metavar, autocompletion=complete)
    return field(default=default, metadata={"typer": (declared,)})


def expand_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with each parameter that is a group, a dataclass, replaced by one parameter for each field.

    Fields are declared by `option`, or annotated as typer reads them. An option that two groups share is an error.
    """
    groups: dict[str, type[Any]] = {}
    parameters: list[inspect.Parameter] = []
    for parameter in _parameters(command):
        group = parameter.annotation
        if isinstance(group, type) and is_dataclass(group):
            groups[parameter.name] = group
            parameters += _parameters(group)
        else:
            parameters.append(parameter)

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
        marker.name or name: marker.read(value) if marker.read else value
        for group in groups
        for name, _, marker in _marked(_annotations(type(group)), Setting)
        if (value := getattr(group, name)) not in (None, [])
    }


def settings_among(command: Callable[..., None], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of an expanded command's values that are settings and are set, converted, under Python's names."""
    return {
        marker.name or name: marker.read(values[name]) if marker.read else values[name]
        for name, _, marker in _marked(command.__annotations__, Setting)
        if values.get(name) not in (None, [], ())
    }


def setting_flags(command: Callable[..., None]) -> dict[str, str]:
    """Return the option, such as ``--folds``, for the Python name of each setting of an expanded command."""
    return {marker.name or name: flag for name, flag, marker in _marked(command.__annotations__, Setting)}


def setting_names(command: Callable[..., None]) -> dict[str, str]:
    """Return the Python name of each setting of an expanded command by the name of its option."""
    return {name: marker.name or name for name, _, marker in _marked(command.__annotations__, Setting)}


def option_types(command: Callable[..., None]) -> Iterator[tuple[str, str, type[Any], bool]]:
    """Yield name, flag and type of each option of an expanded command, and whether it may be repeated."""
    for name, annotation in command.__annotations__.items():
        metadata = getattr(annotation, "__metadata__", ())
        if not any(isinstance(each, OptionInfo) for each in metadata):
            continue
        declared = annotation.__origin__
        # An option without a default value is ``int | None``, one that may be repeated ``list[int] | None``.
        kind = next(each for each in get_args(declared) or (declared,) if each is not NoneType)
        kind = kind if get_origin(declared) is not list else declared
        is_list = get_origin(kind) is list
        yield name, _flag_of(name, metadata), get_args(kind)[0] if is_list else kind, is_list


def output_files(group: object) -> Iterator[tuple[str, str, OutputFile]]:
    """Yield option, name and kind of each file that the options of a group name."""
    for name, flag, marker in _marked(_annotations(type(group)), OutputFile):
        if (path := getattr(group, name)) is not None:
            yield flag, path, marker


def output_paths(command: Callable[..., None], values: Mapping[str, Any]) -> list[str]:
    """Return the names of the files that an expanded command is to write."""
    return [values[name] for name, _, _ in _marked(command.__annotations__, OutputFile) if values[name]]


def _annotations(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the resolved annotations of a function or a dataclass, with the declarations of its fields."""
    hints = get_type_hints(function, include_extras=True)
    annotated: Any = Annotated
    for declared in fields(function) if is_dataclass(function) else ():
        if "typer" in declared.metadata:
            hints[declared.name] = annotated[hints[declared.name], *declared.metadata["typer"]]
    return hints


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters of a function or a dataclass as keywords, with their resolved annotations."""
    annotations = _annotations(function)
    return [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=annotations[name])
        for name, parameter in inspect.signature(function).parameters.items()
    ]


def _sign(command: Callable[..., None], parameters: list[inspect.Parameter]) -> None:
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}


def _marked(annotations: Mapping[str, Any], kind: type[Marker]) -> Iterator[tuple[str, str, Marker]]:
    """Yield name, flag and marker of each annotation that has a marker of this kind."""
    for name, annotation in annotations.items():
        metadata = getattr(annotation, "__metadata__", ())
        for marker in metadata:
            if isinstance(marker, kind):
                yield name, _flag_of(name, metadata), marker


def _flag_of(name: str, metadata: Iterable[Any]) -> str:
    """Return the option, such as ``--folds``, of a parameter with such metadata."""
    names = [flag for option in metadata for flag in getattr(option, "param_decls", None) or ()]
    return next((flag for flag in names if flag.startswith("--")), f"--{name.replace('_', '-')}")
