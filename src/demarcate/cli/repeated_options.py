"""Options that take one value, given several times: the last one would win without a word."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperCommand, TyperOption

from demarcate.cli.former_options import with_present_names
from demarcate.cli.plain_values import read_plainly
from demarcate.formatting import listed, quoted

UsageProblem: Any = typer.BadParameter.__mro__[1]
"""What typer raises for wrong arguments: it exports only this class's subclass, and has moved it between versions."""


class SingleValueCommand(TyperCommand):
    """A command that knows its options' former names, and refuses an option of one value that is given twice."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, unless an option contradicts itself."""
        parameters = self.get_params(ctx)
        read_plainly(parameters)
        known = [each for each in parameters if isinstance(each, TyperOption)]
        options = {flag: each for each in known for flag in (*each.opts, *each.secondary_opts)}
        args = with_present_names(args, options)
        if ctx.resilient_parsing:
            # A shell completes a line that is not whole yet.
            return super().parse_args(ctx, args)
        given: dict[str, list[str]] = {}
        for flag, value in _given_options(args, options):
            if not options[flag].multiple:
                given.setdefault(max(options[flag].opts, key=len), []).append(value or flag)
        for name, values in given.items():
            option = options[name]
            if not option.is_flag and len(values) > 1:
                ctx.fail(f"{name} is given {len(values)} times: {listed(values, write=quoted)}")
            if option.is_flag and len({value in option.secondary_opts for value in values}) > 1:
                ctx.fail(f"{listed(values)} contradict each other")
        return super().parse_args(ctx, args)

    def parsed_once(self, ctx: Any, args: Sequence[str]) -> dict[str, Any]:
        """Return the values on the command line by the names of their parameters; none if it cannot be parsed."""
        try:
            values, _, _ = self.make_parser(ctx).parse_args(args=with_present_names(args, self._flags(ctx)))
        except UsageProblem:
            return {}
        return dict(values)

    def _flags(self, ctx: Any) -> dict[str, TyperOption]:
        """Return the options by all of their flags."""
        known = [each for each in self.get_params(ctx) if isinstance(each, TyperOption)]
        return {flag: each for each in known for flag in (*each.opts, *each.secondary_opts)}


def _given_options(args: Sequence[str], options: Mapping[str, TyperOption]) -> Iterator[tuple[str, str]]:
    """Yield each option in the arguments and its value, empty for a flag."""
    place = 0
    while place < len(args) and args[place] != "--":
        arg = args[place]
        place += 1
        flag, equals, value = arg.partition("=") if arg.startswith("--") else (arg[:2], arg[2:], arg[2:])
        if flag not in options or not arg.startswith("-"):
            continue
        if options[flag].is_flag:
            yield flag, ""
            # Short flags may stand together: -qt name.
            if not arg.startswith("--") and len(arg) > 2:
                yield from _given_options([f"-{arg[2:]}", *args[place:]], options)
                return
        elif equals:
            yield flag, value
        else:
            yield flag, args[place] if place < len(args) else ""
            place += 1
