"""``demarcate.toml``: defaults of options in a file beside the table, or in the working folder."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "demarcate.toml"
MAX_BYTES = 1_000_000
NEVER_IN_A_FILE = frozenset(
    {
        "out",
        "save",
        "plot",
        "report",
        "record",
        "checkpoint",
        "expect_sha256",
        "host",
        "token_file",
        "tls_cert",
        "tls_key",
        "debug",
        "show_settings",
        "help",
    }
)
"""Options that a file may not set: what is written where, what a model file must be, and who may reach a page, is said
with each command."""

_TYPE_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text in quotes"}


@dataclass(frozen=True)
class FileOption:
    """An option as a file may set it: its name in Python, whether it is repeated, and the type of its value."""

    name: str
    kind: type[Any]
    is_list: bool

    def read(self, value: Any) -> Any:
        """Return a value as the command line would have it; raise `ValueError` for one of another type."""
        values = value if self.is_list and isinstance(value, list) else [value]
        if not all(map(self._is_of_kind, values)):
            rule = _TYPE_WORDS[self.kind]
            raise ValueError(f"{rule}, or a list of such" if self.is_list else rule)
        return values if self.is_list else value

    def _is_of_kind(self, value: Any) -> bool:
        if self.kind is bool or isinstance(value, bool):
            return self.kind is bool and isinstance(value, bool)
        return isinstance(value, int | float if self.kind is float else self.kind)


Options = Mapping[str, Mapping[str, FileOption]]
"""By command, its options by the names that a file calls them."""


@dataclass(frozen=True)
class FileSettings:
    """What files set for one command."""

    values: dict[str, Any] = field(default_factory=dict)
    """By the options' names in Python."""
    sources: dict[str, str] = field(default_factory=dict)
    """The file that each comes from."""
    places: dict[str, str] = field(default_factory=dict)
    """The file and the line of each, in words."""


def find_settings(table: str | None) -> list[Path]:
    """Return the files of settings that apply to a table, the one beside it last: it goes before the other."""
    folders = [Path()]
    if table and table != "-" and "://" not in table and Path(table).is_file():
        folders.append(Path(table).parent)
    found: list[Path] = []
    for folder in folders:
        path = folder / FILE_NAME
        # Whatever has that name is read or refused, a folder and a broken link too: no settings are ignored silently.
        if os.path.lexists(path) and path.resolve() not in map(Path.resolve, found):
            found.append(path)
    return found


def read_settings(paths: Sequence[Path], command: str, options: Options) -> FileSettings:
    """Return what files set for a command; raise `ValueError` with every problem of the first file that has one.

    Settings of a section go before those outside of sections, which are for every command that has them.
    """
    settings = FileSettings()
    for path in paths:
        text, document = _document(path)
        problems = [
            f"{_place(path, text, section, key)}: {fact}" for section, key, fact in _problems(document, options)
        ]
        if problems:
            raise ValueError("; ".join(problems))
        shared = {key: value for key, value in document.items() if not isinstance(value, dict)}
        for section, own in (("", shared), (command, document.get(command, {}))):
            for key, value in own.items():
                if (option := options[command].get(_plain(key))) is not None:
                    settings.values[option.name] = option.read(value)
                    settings.sources[option.name] = str(path)
                    settings.places[option.name] = _place(path, text, section, key)
    return settings


def _document(path: Path) -> tuple[str, dict[str, Any]]:
    """Return a file's text and what it says."""
    import tomllib

    try:
        if path.exists() and not path.is_file():
            raise ValueError(f"{path} is {'a folder' if path.is_dir() else 'no file'}: settings are in a file of text")
        content = path.read_bytes()
        if len(content) > MAX_BYTES:
            raise ValueError(f"{path} has more than {MAX_BYTES:,} bytes: it is no file of settings")
        text = content.decode()
        return text, tomllib.loads(text)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not written as TOML: {error}") from None


def _problems(document: Mapping[str, Any], options: Options) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and fact of each setting that no command has, or that is of a wrong type."""
    for key, value in document.items():
        if not isinstance(value, dict):
            yield from _problems_of("", key, value, options)
        elif key not in options:
            yield key, "", f"there is no command {key!r}{_meant(key, options)}"
        else:
            for name, own in value.items():
                yield from _problems_of(key, name, own, {key: options[key]})


def _problems_of(section: str, key: str, value: Any, options: Options) -> Iterator[tuple[str, str, str]]:
    """Yield the problem of a setting, if it has one; outside of a section one command that can read it is enough."""
    known = [own[_plain(key)] for own in options.values() if _plain(key) in own]
    if _plain(key) in NEVER_IN_A_FILE:
        yield section, key, f"{key!r} is only for the command line"
    elif not known:
        whose = f"of {section!r}" if section else "of any command"
        yield section, key, f"there is no setting {key!r} {whose}{_meant(key, *options.values())}"
    else:
        rules = []
        for option in known:
            try:
                option.read(value)
            except ValueError as error:
                rules.append(str(error))
        if len(rules) == len(known):
            yield section, key, f"{key!r} must be {rules[0]}, got {value!r}"


def _meant(key: str, *known: Mapping[str, Any]) -> str:
    """Return which name was meant, as the end of a sentence; nothing if none is similar."""
    from difflib import get_close_matches

    names = [name.replace("_", "-") for each in known for name in each]
    close = get_close_matches(key.replace("_", "-"), names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _plain(key: str) -> str:
    """Return a key under its name in Python: files may write it as the option is written."""
    return key.replace("-", "_")


def _place(path: Path, text: str, section: str, key: str) -> str:
    """Return in words where a file sets a key."""
    return f"{path}, line {_line_of(text, section, key)}"


def _line_of(text: str, section: str, key: str) -> int:
    """Return the line, from 1, in which a section sets a key; that of the section's head without a key."""
    current, head = "", 1
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            current = match[1].strip("'\"")
            head = number if current == section else head
        elif key and current == section and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line):
            return number
    return head
