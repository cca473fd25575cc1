import pytest

from demarcate.errors import OutputError
from demarcate.io.atomic_folder import check_free, write_folder

FILES = {"a.txt": b"a", "b.txt": b"b"}


def test_a_folder_has_all_files(tmp_path):
    write_folder(tmp_path / "new", FILES)
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", FILES)
    assert len(list((tmp_path / "empty").iterdir())) == len(FILES)


def test_files_are_verified_before_the_folder_takes_its_name(tmp_path):
    def verify(folder):
        assert (folder / "b.txt").read_bytes() == b"b"
        assert not (tmp_path / "new").exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "new", FILES, verify)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_refused_and_stays_as_it_is(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(OutputError, match=r"is a folder with files: kept\.txt"):
        write_folder(tmp_path, FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(("name", "fact"), [("file", "is a file"), ("missing/new", "is not a folder")])
def test_a_path_that_cannot_become_a_folder_is_refused(tmp_path, name, fact):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=fact):
        check_free(tmp_path / name)
