from html.parser import HTMLParser

from demarcate.presentation import ResultTable, ResultView
from demarcate.presentation.result_view import MAX_ROWS

HOSTILE = "<script>alert('x')</script>\x1b[31m & \"quoted\""


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.texts, self.open = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_text_from_outside_is_no_html():
    table = ResultTable((HOSTILE, "value"), [(HOSTILE, "1")], caption=HOSTILE)
    page = _Page(ResultView(HOSTILE, [HOSTILE], [table], [HOSTILE]).to_html())
    assert "script" not in page.tags
    assert not page.open
    assert len([text for text in page.texts if "<script>" in text and "\x1b" not in text]) == 6


def test_style_is_in_attributes_so_that_none_of_it_leaks_and_colours_are_those_of_the_page():
    page = _Page(ResultView("a", tables=[ResultTable(("x",), [("1",)], caption="c")]).to_html())
    assert not {"style", "script", "link"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert names <= {"style", "scope"}
    styles = " ".join(value for name, value in page.attributes if name == "style")
    assert "#" not in styles
    assert ": white" not in styles
    assert ": black" not in styles


def test_numbers_are_aligned_on_the_right_and_words_on_the_left():
    text = ResultTable(("name", "rows"), [("a", "1,000"), ("b", "-")]).to_html()
    name, rows = text.split("<th")[2:4] if "<thead" in text else ("", "")
    assert "text-align: left" in name
    assert "text-align: right" in rows


def test_a_long_table_is_cut_and_says_so():
    table = ResultTable(("n",), [(str(number),) for number in range(MAX_ROWS + 5)])
    for text in (table.to_text(), table.to_html()):
        assert "and 5 more" in text
        assert str(MAX_ROWS + 1) not in text


def test_text_has_aligned_columns_and_parts_apart():
    view = ResultView("title", ["line"], [ResultTable(("", "b"), [("longer", "1")], marked=frozenset({0}))], ["note"])
    assert view.to_text() == "title\nline\n\n        b\nlonger  1\n\nnote"
    assert "font-weight: 600" in view.to_html().rpartition("<tbody>")[2]
