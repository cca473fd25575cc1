import pytest

from demarcate.errors import SettingError
from demarcate.tabular.column_options import CellOptions, ColumnOptions


def test_own_categorical_columns_yield_to_those_that_the_caller_names():
    options = ColumnOptions.of(categorical=["sex", "ca"], numerical=["cp"])
    assert options.with_own_categorical(["sex", "cp", "thal"]).categorical == ("sex", "ca", "thal")
    assert ColumnOptions.of(drop=["sex"]).with_own_categorical(["sex"]).categorical == ()
    assert ColumnOptions.of(dates={"day": "epoch"}).with_own_categorical(["day"]).categorical == ()


def test_the_arguments_are_those_of_the_estimator():
    options = ColumnOptions.of(categorical=["a"], dates=["d"], decimal=",", missing=[-999, "n.d."])
    arguments = options.arguments()
    assert arguments["dates"] == {"d": ""}
    assert arguments["missing"] == ["-999", "n.d."]
    assert ColumnOptions.of(**arguments) == options


def test_columns_that_are_left_out_are_in_no_option():
    options = ColumnOptions.of(categorical=["a", "b"], dates={"a": "", "d": "excel"}, drop=["b"]).without(["a"])
    assert (options.categorical, options.dates, options.drop) == (("b",), {"d": "excel"}, ("b",))


@pytest.mark.parametrize("settings", [{"decimal": ";"}, {"thousands": "x"}, {"decimal": ",", "thousands": ","}])
def test_separators_that_no_number_has_are_refused(settings):
    with pytest.raises(SettingError, match="must be"):
        CellOptions(**settings)


@pytest.mark.parametrize("settings", [{"missing": "-999"}, {"categorical": "a"}, {"dates": "d"}, {"missing": 5}])
def test_a_single_text_is_no_list(settings):
    with pytest.raises(SettingError, match="must be a list"):
        ColumnOptions.of(**settings)


@pytest.mark.parametrize("date_format", ["foo", "%d.%m", "%Q"])
def test_formats_that_read_no_date_are_refused(date_format):
    with pytest.raises(SettingError, match="a date format must be a pattern"):
        ColumnOptions(dates={"day": date_format})
