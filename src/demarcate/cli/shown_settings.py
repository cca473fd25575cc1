"""``--show-settings``: every setting of a command, its value, and where it comes from."""

import functools
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperOption

from demarcate.cli.console import print_json, print_table
from demarcate.cli.option_groups import add_option, setting_names, settings_among

if TYPE_CHECKING:
    from demarcate.cli.settings_file import FileSettings

_UNSHOWN = frozenset({"help", "debug", "show_settings", "as_json", "quiet"})
"""Options that are about the output of this run."""


def with_shown_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the option ``--show-settings``, which the command's class reads."""

    @functools.wraps(command)
    def run(*, show_settings: bool, **values: Any) -> None:
        assert not show_settings
        command(**values)

    shown = typer.Option("--show-settings", help="Print every setting, its value and where it comes from; run nothing.")
    add_option(run, "show_settings", Annotated[bool, shown], default=False)
    return run


def print_settings(ctx: Any, settings: "FileSettings") -> None:
    """Print a command's settings, as one JSON object if that is asked for; refuse those that it would refuse."""
    _check(ctx)
    rows = [*_settings(ctx, settings)]
    if ctx.params.get("as_json"):
        print_json({name: {"value": value, "from": source} for name, value, source in rows})
        return
    shown = [(name, in_words(value), source) for name, value, source in rows]
    print_table(f"Settings of demarcate {ctx.info_name}", ("setting", "value", "from"), shown)


def _check(ctx: Any) -> None:
    """Raise `SettingError` for a setting of a classifier that is out of its range."""
    from demarcate.cli.options import check_settings

    if (seed := ctx.params.get("seed")) is None:
        return
    settings = settings_among(ctx.command.callback, ctx.params)
    settings.pop("random_state", None)
    if "preset" not in ctx.params:
        # Options take lists of values to try.
        settings = {}
    if settings:
        from demarcate.classifier import DemarcateClassifier

        known = inspect.signature(DemarcateClassifier).parameters
        settings = {name: value for name, value in settings.items() if name in known}
    check_settings(settings, seed)


def _settings(ctx: Any, settings: "FileSettings") -> Iterator[tuple[str, Any, str]]:
    """Yield name, value and origin of each setting; None where it has no value."""
    of_preset = _preset_settings(ctx.params)
    names = setting_names(ctx.command.callback)
    for each in ctx.command.get_params(ctx):
        if not isinstance(each, TyperOption) or each.name in _UNSHOWN:
            continue
        flag = max(each.opts, key=len).removeprefix("--")
        value, source = ctx.params[each.name], ctx.get_parameter_source(each.name).name
        if source == "COMMANDLINE":
            yield flag, value, "command line"
        elif source == "DEFAULT_MAP":
            yield flag, value, settings.sources[each.name]
        elif value in (None, (), []) and (named := names.get(each.name, each.name)) in of_preset:
            # An option that switches something off is off where the setting is on.
            own, origin = of_preset[named]
            yield flag, not own if each.name.startswith("no_") else own, origin
        else:
            yield flag, value if value not in (None, (), []) else _default_of(each.help or ""), "default"


def _preset_settings(params: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    """Return the value and the origin of each setting that a preset decides, for a command that has presets."""
    if "preset" not in params:
        return {}
    from demarcate.classifier.presets import LESSON, LESSON_TABLES, preset_settings

    name = params["preset"] or "default"
    settings = {key: (value, f"preset {name}") for key, value in preset_settings(name).items()}
    of_table = LESSON_TABLES.get(params.get("table", ""), {}) if name == LESSON else {}
    return {**settings, **{key: (value, f"preset {name}, for this table") for key, value in of_table.items()}}


def _default_of(help_text: str) -> str | None:
    """Return the default that a help text names, if it does."""
    match = re.search(r"\[default: (?:by preset, )?([^\]]+)\]", help_text)
    return match[1] if match else None


def in_words(value: Any) -> str:
    """Return a value as the command line takes it; a dash for none."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return "-" if value is None else str(value)
