import subprocess
import sys

import polars as pl
import pytest

from demarcate.tabular import frame_libraries


def test_a_library_is_imported_when_one_of_its_names_is_used():
    code = (
        "import sys; from demarcate.tabular.frame_libraries import polars as pl; assert 'polars' not in sys.modules; "
        "assert pl.Series([1]).sum() == 1; assert 'polars' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_names_are_those_of_the_library():
    assert frame_libraries.polars.Series is pl.Series
    assert frame_libraries.polars.Series is pl.Series  # kept
    with pytest.raises(AttributeError, match="Serie"):
        _ = frame_libraries.polars.Serie
    with pytest.raises(AttributeError, match="__wrapped__"):
        _ = frame_libraries.polars.__wrapped__
