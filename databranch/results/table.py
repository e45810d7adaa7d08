"""A small table with sentences around it, before it is known how it will be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: What a text means, not how it looks: ``warn`` asks for attention, ``mute`` can be overlooked.
Tone = Literal["plain", "strong", "mute", "ok", "info", "warn", "error"]

#: Characters of a full bar.
BAR_WIDTH = 20
_EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Text:
    """A piece of text with what it means."""

    text: str
    tone: Tone = "plain"

    @property
    def lines(self) -> list[Text]:
        """Only bars have more than one."""
        return [self]


@dataclass(frozen=True)
class Bars:
    """Bars one below the other, drawn with characters: those survive where styles are stripped."""

    lines: list[Text]


Cell = Text | Bars


@dataclass(frozen=True)
class Column:
    """A column's heading; figures are aligned right."""

    title: str
    figures: bool = False


@dataclass
class Table:
    """Rows of cells below headings, a caption above and sentences below them."""

    columns: list[Column] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    caption: str = ""
    sentences: list[Text] = field(default_factory=list)

    def add(self, *cells: Cell | str | int) -> None:
        """Appends a row; a number is shown with thousands separators."""
        self.rows.append([cell_of(cell) for cell in cells])

    def say(self, sentence: str, tone: Tone = "plain") -> None:
        """Appends a sentence below the rows."""
        self.sentences.append(Text(sentence, tone))


def cell_of(value: Cell | str | int) -> Cell:
    """A cell from what verbs deal in."""
    if isinstance(value, int):
        return Text(f"{value:,}")
    return Text(value) if isinstance(value, str) else value


def bars(values: list[tuple[int | None, Tone]], largest: int) -> Bars:
    """One bar per value, all to one scale; ``None`` and 0 leave their line empty."""
    return Bars([Text(_bar(value or 0, largest), tone) for value, tone in values])


def _bar(value: int, largest: int) -> str:
    if value <= 0 or largest <= 0:
        return ""
    # A handful of rows beside a million must still be seen.
    eighths = max(1, round(value / largest * BAR_WIDTH * 8))
    full, rest = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def size(bytes_: int) -> str:
    """Bytes for people, in powers of ten as storage is sold: ``20.1 MB``."""
    amount = float(bytes_)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if amount < 1000 or unit == "TB":
            return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"
        amount /= 1000
    raise AssertionError("unreachable")


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 file``, ``2 files``, ``972,000 rows``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
