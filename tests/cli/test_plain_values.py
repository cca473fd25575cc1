from types import SimpleNamespace

import pytest

from demarcate.cli.plain_values import PlainValue, read_plainly


class Converter:
    """What typer builds for a parameter."""

    def coerce(self, value, param, ctx):
        return f"converted {value}"


class Parameter:
    def __init__(self, annotation, *, multiple=False, parser=None, least=None):
        info = SimpleNamespace(parser=parser, min=least, max=None)
        self.type_descriptor = SimpleNamespace(annotation=annotation, parameter_info=info)
        self.multiple, self.nargs, self._runtime_param = multiple, 1, None

    def get_runtime_param(self):
        return self._runtime_param or Converter()


def value_of(parameter, value):
    read_plainly([parameter])
    return parameter.get_runtime_param().coerce(value, param=parameter, ctx=None)


@pytest.mark.parametrize(
    ("annotation", "multiple", "given", "value"),
    [
        (str, False, "a", "a"),
        (str, False, None, None),
        (float, False, None, None),
        (float, False, 0.5, 0.5),
        (float, False, "0.5", 0.5),
        (float, False, "5", 5.0),
        (float, False, "5e-1", "converted 5e-1"),
        (int, False, "12", 12),
        (int, False, "-12", "converted -12"),
        (int, False, True, "converted True"),
        (bool, False, "yes", "converted yes"),
        (list[str], True, ("a", "b"), ["a", "b"]),
        (list[str], True, None, ()),
        (list[int], True, ("1",), "converted ('1',)"),
    ],
)
def test_only_what_needs_conversion_is_converted(annotation, multiple, given, value):
    assert value_of(Parameter(annotation, multiple=multiple), given) == value


def test_an_option_with_a_reader_of_its_own_keeps_it():
    assert value_of(Parameter(str, parser=int), "3") == "converted 3"


def test_a_number_with_limits_is_left_to_typer():
    assert value_of(Parameter(int, least=3), "2") == "converted 2"


def test_other_versions_of_typer_are_left_alone():
    parameter = SimpleNamespace(name="x")
    read_plainly([parameter])
    assert vars(parameter) == {"name": "x"}
    assert not isinstance(getattr(parameter, "_runtime_param", None), PlainValue)
