import sys
from importlib.metadata import PackageNotFoundError

from demarcate.bundle import provenance


def test_the_versions_in_play_are_told():
    assert sorted(provenance()) == ["demarcate", "numpy", "python", "torch"]
    assert "unknown" not in provenance().values()


def test_a_package_that_runs_from_its_sources_has_no_version_and_stops_nothing(monkeypatch):
    def not_there(name):
        raise PackageNotFoundError(name)

    # The package has a function of the module's name.
    monkeypatch.setattr(sys.modules["demarcate.bundle.provenance"], "version", not_there)
    assert provenance()["demarcate"] == "unknown"
