"""A command: its arguments are those of its command line, and its defaults may come from a file of settings."""

from collections.abc import Callable, Iterable
from typing import Any

from demarcate.cli.command_list import COMMANDS, command_named
from demarcate.cli.console import notify
from demarcate.cli.error_handling import places_in_files, with_flags
from demarcate.cli.option_groups import option_types, setting_flags
from demarcate.cli.repeated_options import SingleValueCommand
from demarcate.cli.settings_file import NEVER_IN_A_FILE, FileOption, FileSettings, find_settings, read_settings
from demarcate.cli.shown_settings import in_words, print_settings
from demarcate.errors import SettingError
from demarcate.formatting import listed, visible


class Command(SingleValueCommand):
    """A command whose defaults ``demarcate.toml`` may set, and that can print where its settings come from."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, with the settings of files in place of defaults."""
        if not ctx.resilient_parsing:
            ctx.obj = self._file_settings(ctx, args)
            ctx.default_map = ctx.obj.values
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, or print its settings if that is asked for."""
        settings: FileSettings = ctx.obj
        if ctx.params.get("show_settings"):
            try:
                print_settings(ctx, settings)
            except SettingError as error:
                flags = {**setting_flags(ctx.command.callback), "random_state": "--seed"}
                ctx.fail(with_flags(str(error), flags))
            return None
        used = {name: path for name, path in settings.sources.items() if _comes_from(ctx, name) == "DEFAULT_MAP"}
        if used and not ctx.params.get("quiet"):
            for path in dict.fromkeys(used.values()):
                words = [
                    f"{_key(name)} {visible(in_words(settings.values[name]))}" for name in used if used[name] == path
                ]
                notify(f"Settings of {path}: {listed(words)}.")
        with places_in_files(self._places(ctx, used, settings)):
            return super().invoke(ctx)

    def _places(self, ctx: Any, used: Iterable[str], settings: FileSettings) -> dict[str, str]:
        """Return where files set the options that they set, by the options' flags."""
        flags = {each.name: flag for each in self.get_params(ctx) for flag in each.opts if flag.startswith("--")}
        return {flags[name]: settings.places[name] for name in used if name in flags}

    def _file_settings(self, ctx: Any, args: list[str]) -> FileSettings:
        """Return what files set for this command; a file that is wrong ends it."""
        # A table decides which file is read, so it has to be known before the options are.
        paths = find_settings(self.parsed_once(ctx, args).get("table"))
        if not paths:
            return FileSettings()
        commands = {name: command.callback for name, command in ctx.parent.command.commands.items()}
        commands |= {name: command_named(name) for name in COMMANDS}
        options = {name: _options_of(command) for name, command in commands.items()}
        try:
            return read_settings(paths, ctx.info_name, options)
        except ValueError as error:
            ctx.fail(str(error))
            raise


def _options_of(command: Callable[..., None]) -> dict[str, FileOption]:
    """Return the options of a command by the names that a file may call them: as the option is, or as Python does."""
    options: dict[str, FileOption] = {}
    for name, flag, kind, is_list in option_types(command):
        if name not in NEVER_IN_A_FILE:
            of_flag = flag.partition("/")[0].removeprefix("--").replace("-", "_")
            options |= dict.fromkeys((name, of_flag), FileOption(name, kind, is_list))
    return options


def _comes_from(ctx: Any, name: str) -> str:
    source = ctx.get_parameter_source(name)
    return "" if source is None else str(source.name)


def _key(name: str) -> str:
    return name.removeprefix("as_").replace("_", "-")
