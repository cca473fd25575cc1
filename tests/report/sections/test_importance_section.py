from demarcate.report import Report


def test_a_single_row_has_a_sentence_instead_of_a_chart(binary_fit):
    classifier, frame, labels = binary_fit
    html = Report.from_predictor(classifier.predictor_, frame[:1], labels[:1]).to_html()
    assert "Shuffling a column changes nothing on this row, so there is no chart." in html
    assert "importance-figure" not in html


def test_the_zero_line_does_not_cross_the_names(binary_report, parse_page, section_of):
    chart = parse_page(section_of(binary_report, "importance").figure())
    ends = [
        [float(part.split(" ")[1]) for part in each["d"].lstrip("M").split("L")]
        for each in chart.all("path")
        if each["class"] == "line zero"
    ]
    # A name is 11 units high above its baseline, and some letters reach 3 below it.
    names = [(float(each["y"]) - 11, float(each["y"]) + 3) for each in chart.all("text") if "halo" in each["class"]]
    assert len(ends) == len(names) == 3
    assert all(max(end) <= top or min(end) >= bottom for end in ends for top, bottom in names)
