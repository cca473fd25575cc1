import numpy as np
import polars as pl
import pytest

from demarcate.checks import check_table
from demarcate.checks.duplicate_count import DuplicateCount
from demarcate.checks.table_counts import StreamingTableCounts, TableCounts
from demarcate.tabular import infer_schema

CODES = np.array([0, 1, 1, 0, 1])


@pytest.mark.parametrize("cells", [pl.Series(["a", None, "a", "a", "b"]), np.array([3.0, np.nan, 3.0, 3.0, 4.0])])
def test_cells_are_counted_in_parts(cells):
    counts = StreamingTableCounts({"x": cells[[0, 2, 3]]}, 2)
    for begin, end in ((0, 2), (2, 2), (2, 5)):
        counts.add({"x": cells[begin:end]}, CODES[begin:end])
    result = counts.result()
    assert (result.n_rows, result.class_counts.tolist()) == (5, [2, 3])
    assert result.missing["x"].tolist() == [0, 1]
    assert result.most_frequent == {"x": 3}
    assert result.duplicates == DuplicateCount(2, 2, 2, 2)


def test_missing_cells_can_be_the_most_frequent():
    gaps = np.full(100, np.nan)
    gaps[:2] = 1.0
    counts = StreamingTableCounts({"x": gaps}, 1)
    counts.add({"x": gaps}, np.zeros(100, dtype=np.int64))
    assert counts.result().most_frequent == {"x": 98}


class TestChecksOfASample:
    N_ROWS = 400

    @pytest.fixture
    def table(self):
        generator = np.random.default_rng(0)
        return pl.DataFrame({"x": generator.normal(size=self.N_ROWS), "z": generator.normal(size=self.N_ROWS)})

    def findings(self, frame, **changed):
        of_all = {"n_rows": 40_000, "class_counts": np.array([20_000, 20_000]), "missing": {}, "most_frequent": {}}
        counts = TableCounts(**{**of_all, "duplicates": None, **changed})
        schema = infer_schema(frame)
        codes = np.random.default_rng(1).integers(2, size=len(frame))
        findings = check_table(schema, schema.parse(frame), codes, np.array(["no", "yes"]), counts=counts)
        return {finding.rule: finding for finding in findings}

    def test_copies_are_those_of_the_table_with_their_interval(self, table):
        finding = self.findings(table, duplicates=DuplicateCount(900, 850, 950, 30))["duplicates"]
        assert finding.severity == "warning"
        assert "about 900 of 40,000 rows repeat others in every column (95% interval 850 to 950), 30 of" in str(finding)
        assert finding.numbers["interval"] == [850, 950]

    def test_exact_copies_need_no_interval(self, table):
        finding = self.findings(table, duplicates=DuplicateCount(9, 9, 9, 0))["duplicates"]
        assert str(finding).startswith("9 of 40,000 rows repeat others in every column: ")

    def test_copies_of_few_different_rows_are_made_by_chance(self):
        frame = pl.DataFrame({"x": np.arange(self.N_ROWS) % 7, "z": np.arange(self.N_ROWS) % 5})
        assert "no more than chance explains" in str(
            self.findings(frame, duplicates=DuplicateCount(39_965, 39_965, 39_965, 0))["duplicates"]
        )

    def test_duplicates_that_were_not_counted_are_no_finding(self, table):
        copied = pl.concat([table, table])
        assert "duplicates" not in self.findings(copied)

    def test_classes_are_counted_in_the_table(self, table):
        assert self.findings(table, class_counts=np.array([39_000, 1000]))["classes"].numbers["share"] == 0.975
        assert "classes" not in self.findings(table)

    def test_missing_cells_are_counted_in_the_table(self, table):
        finding = self.findings(table, missing={"x": np.array([100, 9000])})["missingness"]
        assert "column 'x' is missing in 45.0% of the rows of class 'yes' and 0.5% of class 'no'" in str(finding)

    def test_nearly_constant_columns_are_counted_in_the_table(self, table):
        finding = self.findings(table, most_frequent={"x": 39_900})["constant"]
        assert "of 40,000 rows 'x' differs in 100" in str(finding)
