"""The settings of a fit in words: those of the lesson, and how defaults differ from a plain training loop."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import notify, print_lines, print_table
from demarcate.formatting import listed

if TYPE_CHECKING:
    from demarcate.classifier.plain_loop import SettingDifference


def with_lesson_settings(table: str, settings: Mapping[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return settings with those that the lesson has for a built-in table, if its preset is asked for.

    They are reported, and options of the command go before them.
    """
    if settings.get("preset") != "lesson":
        return dict(settings)
    from demarcate.classifier.plain_loop import setting_in_words
    from demarcate.classifier.presets import LESSON_TABLES

    added = {name: value for name, value in LESSON_TABLES.get(table, {}).items() if name not in settings}
    if added and not quiet:
        words = [f"{name} {setting_in_words(name, value)}" for name, value in added.items()]
        notify(f"The lesson's settings for {table}: {listed(words)}.")
    return {**added, **settings}


def print_differences(differences: "Sequence[SettingDifference]") -> None:
    """Print the defaults that a plain training loop does not have, and the reason for each."""
    if not differences:
        print_lines("No default differs from a plain training loop: one network, one split, Training()'s settings.", "")
        return
    from demarcate.classifier.plain_loop import setting_in_words

    rows = [
        (
            each.setting,
            setting_in_words(each.setting, each.value),
            setting_in_words(each.setting, each.plain),
            each.reason,
        )
        for each in differences
    ]
    title = "Defaults that differ from a plain training loop (--preset lesson has its settings)"
    print_table(title, ("setting", "here", "plain loop", "why"), rows)
