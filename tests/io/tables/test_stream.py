import gzip
import io
import os

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.datasets import read_table, stream_table
from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.io.tables import content
from demarcate.tabular import as_frame

REPEATABLE = settings(deadline=None, derandomize=True)
FRAME = pl.DataFrame({"age": range(1, 11), "thal": ["fixed", None] * 5})
WRITERS = {
    "csv": pl.DataFrame.write_csv,
    "csv.gz": lambda frame, path: path.write_bytes(gzip.compress(frame.write_csv().encode())),
    "parquet": lambda frame, path: frame.write_parquet(path, row_group_size=4),
    "arrow": pl.DataFrame.write_ipc,
    "jsonl": pl.DataFrame.write_ndjson,
}


@pytest.fixture(params=WRITERS)
def path(request, tmp_path):
    path = tmp_path / f"heart.{request.param}"
    WRITERS[request.param](FRAME, path)
    return path


@pytest.mark.parametrize("part_rows", [1, 3, 10, 11])
def test_parts_together_are_the_table(path, part_rows):
    table = stream_table(path, part_rows=part_rows)
    parts = list(table)
    assert [part.height for part in parts][:-1] == [part_rows] * (len(parts) - 1)
    assert pl.concat(parts).equals(read_table(path))
    assert table.columns == ("age", "thal")
    assert table.n_rows in (None, 10)


def test_a_file_can_be_read_again(path):
    table = stream_table(path, part_rows=4)
    assert table.again
    assert pl.concat(table).equals(pl.concat(table))


def test_a_pipe_can_be_read_once():
    table = stream_table(io.BytesIO(b"age\n63\n67\n"), part_rows=1)
    assert [part["age"].to_list() for part in table] == [["63"], ["67"]]
    with pytest.raises(SettingError, match="can be read only once"):
        list(table)


def test_no_more_of_a_text_is_read_than_asked_for():
    class Counted(io.BytesIO):
        n_read = 0

        def read(self, size=-1):
            data = super().read(size)
            self.n_read += len(data)
            return data

    file = Counted(b"age,sex\n" + b"63,1\n" * 2_000_000)
    next(iter(stream_table(file, part_rows=10)))
    assert file.n_read <= 2 * content.BLOCK


def test_a_character_may_lie_in_two_blocks():
    cell = "ö" * (content.BLOCK // 2)
    data = f"name\n{cell}".encode()
    assert len(data) % content.BLOCK != 0
    assert read_table(io.BytesIO(data))["name"].to_list() == [cell]
    rows = "größe\n" * (content.BLOCK // 5)
    assert read_table(io.BytesIO(("name\n" + rows).encode()))["name"].unique().to_list() == ["größe"]


def test_rows_that_are_wrong_in_any_part_are_told_together():
    table = stream_table(io.BytesIO(b"age,sex\n1,2\n3\n" + b"4,5\n" * 10 + b"6,7,8\n"), part_rows=2)
    with pytest.raises(InputError) as refusal:
        list(table)
    (problem,) = refusal.value.problems
    assert problem.fact.endswith(" (2 cells): line 3 (data row 2) has 1, line 14 (data row 13) has 3")


def test_only_so_many_wrong_rows_are_looked_for():
    with pytest.raises(InputError, match=r"has at least 10,000 rows not as wide as the header \(2 cells\): line 2"):
        read_table(io.BytesIO(b"age,sex\n" + b"1\n" * 20_000))


def test_a_missing_name_is_warned_of_when_the_table_is_opened():
    with pytest.warns(InputWarning, match="column_2"):
        stream_table(io.BytesIO(b"age,\n1,2\n"))


def test_what_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "heart.parquet"
    FRAME.write_parquet(path)
    parts = iter(stream_table(path, part_rows=4))
    next(parts)
    FRAME.head(5).write_parquet(path)
    with pytest.raises(InputError, match=r"heart.parquet' is not a whole Parquet file: it is damaged, cut off"):
        list(parts)


@pytest.mark.parametrize("change", [lambda text: text + "11,late\n", lambda text: text.replace("fixed", "mixed")])
def test_a_text_that_changes_while_it_is_read_is_refused(tmp_path, change):
    path = tmp_path / "heart.csv"
    FRAME.write_csv(path)
    parts = iter(stream_table(path, part_rows=4))
    next(parts)
    path.write_text(change(path.read_text()))
    os.utime(path, ns=(1, 1))
    with pytest.raises(InputError, match=r"'.*heart.csv' changed while it was read"):
        list(parts)


@pytest.mark.parametrize("name", ["*", "^x$", " ^.*$ "])
def test_a_name_that_is_a_pattern_is_refused(tmp_path, name):
    for path, write in (
        (tmp_path / "a.csv", pl.DataFrame.write_csv),
        (tmp_path / "a.parquet", pl.DataFrame.write_parquet),
    ):
        write(pl.DataFrame({"x": [1], name: [2]}), path)
        with pytest.raises(InputError, match=r"' has column 2 named .*, which polars takes for a pattern"):
            read_table(path)
    with pytest.raises(InputError, match=r"The table has column 2 named .+"):
        as_frame({"x": [1], name: [2]})


def test_what_must_be_read_whole_is_not_read_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr("demarcate.io.tables.content.MAX_BYTES", 2**20)
    bomb = gzip.compress(b'{"age": 1}\n' + b" " * (2**20 + 1))
    with pytest.raises(InputError, match=r"'the file object' holds more than .* GiB, and has to be read whole"):
        read_table(io.BytesIO(bomb))


@pytest.mark.parametrize("part_rows", [0, -1, 2.0, True])
def test_a_part_has_rows(part_rows):
    with pytest.raises(SettingError, match="part_rows must be a whole number from 1 up, got"):
        stream_table(io.BytesIO(b"age\n1\n"), part_rows=part_rows)


# A cell may be a word for a total, of which both readers warn.
@pytest.mark.filterwarnings("ignore:.* comes after the rows")
@REPEATABLE
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5), min_size=1))
def test_blocks_of_any_length_give_the_same_rows(cells):
    data = pl.DataFrame({"name": cells, "row": range(len(cells))}).write_csv().encode()
    whole = read_table(io.BytesIO(data))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "BLOCK", 3)
        assert read_table(io.BytesIO(data)).equals(whole)
