def test_costs_are_compared_as_the_classifier_compares_them(cost_fit, cost_report, parse_page):
    comparison = cost_fit[0].cost_comparison_
    assert cost_report.to_json()["costs"]["compared"] == comparison.to_json()
    rows = parse_page(cost_report.to_html()).table("Costs on 240 out-of-fold rows")
    assert rows[1][1] == str(comparison.decided)


def test_a_classifier_without_costs_has_no_such_section(binary_report):
    assert "costs" not in binary_report.to_json()
