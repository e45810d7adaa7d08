from __future__ import annotations

from html.parser import HTMLParser

import pytest

from databranch.results.markup import as_html
from databranch.results.plain import as_text, width
from databranch.results.table import BAR_WIDTH, Column, Table, Text, bars, counted, size


@pytest.fixture
def table() -> Table:
    table = Table([Column("Name"), Column("Rows", figures=True)], caption="Things")
    table.add("a<b>", 1_000)
    table.add(Text("数据", "warn"), 7)
    table.say("Two & done.", "mute")
    return table


def test_text_is_aligned_and_no_line_ends_in_blanks(table: Table) -> None:
    assert as_text(table).splitlines() == ["Things", "Name   Rows", "a<b>  1,000", "数据      7", "Two & done."]


def test_the_width_of_wide_and_combining_characters_is_what_a_terminal_takes() -> None:
    assert [width(text) for text in ("abc", "数据", "e\u0301")] == [3, 4, 1]


def test_a_table_without_headings_has_no_heading_line() -> None:
    table = Table([Column(""), Column("")])
    table.add("Commit", "0a1b")
    assert as_text(table) == "Commit  0a1b"
    assert "<th" not in as_html(table)


def test_html_escapes_what_comes_from_the_data(table: Table) -> None:
    shown = as_html(table)
    assert "a&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert "Two &amp; done." in shown


def test_html_stands_by_itself_and_takes_the_colours_of_the_page(table: Table) -> None:
    shown = as_html(table)
    for absent in ("<style", "<script", "class=", "background", "http"):
        assert absent not in shown.replace('class="databranch-result"', "")


def test_html_is_well_formed_and_has_headings(table: Table) -> None:
    table.add("x", bars([(1, "mute"), (2, "warn")], 2))
    open_tags: list[str] = []
    seen: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            seen.append(tag)
            if tag != "br":
                open_tags.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_tags.pop() == tag

    Checker().feed(as_html(table))
    assert open_tags == []
    assert seen.count("th") == 2
    assert {"table", "thead", "tbody", "caption"} <= set(seen)


def test_a_small_amount_beside_a_large_one_still_has_a_bar() -> None:
    rows = (972_000, 486_000, 1, 0, None)
    drawn = [bar.text for bar in bars([(number, "mute") for number in rows], 972_000).lines]
    assert drawn == ["█" * BAR_WIDTH, "█" * (BAR_WIDTH // 2), "▏", "", ""]


def test_bars_lie_below_each_other_in_text() -> None:
    table = Table([Column("a"), Column(""), Column("b")])
    table.add("x", bars([(1, "mute"), (2, "warn")], 2), "y")
    assert as_text(table).splitlines() == [
        f"a  {' ' * 20}  b",
        f"x  {'█' * 10}{' ' * 10}  y",
        f"   {'█' * 20}",
    ]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (20_100_000, "20.1 MB"), (5 * 10**15, "5,000.0 TB")],
)
def test_sizes_are_for_people(amount: int, shown: str) -> None:
    assert size(amount) == shown


def test_one_is_not_many() -> None:
    assert [counted(1, "branch", "branches"), counted(2, "branch", "branches")] == ["1 branch", "2 branches"]
    assert counted(972_000, "row") == "972,000 rows"
