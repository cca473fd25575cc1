from scripts.draw_boundaries import ROOT, program


def test_the_picture_is_drawn_by_the_readmes_first_program():
    text = program()
    assert "ComparisonDisplay.from_runs(runs, moons)" in text
    assert text in (ROOT / "README.md").read_text(encoding="utf-8")
    assert 'savefig("side_by_side.png")' in text
