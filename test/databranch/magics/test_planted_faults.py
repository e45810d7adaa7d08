"""A branch with one of ten faults, or none: which it is, what the magics show says, and so do the answers behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

Run = Callable[[str], Any]
#: Puts a table, or plain bytes, at a path of the current branch.
Put = Callable[[str, pa.Table | bytes], None]

DAYS = ("2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04")
ROWS_A_DAY = 50


def rows(first: int = 0, number: int = ROWS_A_DAY) -> pa.Table:
    """Rows without a NULL and without one that is there twice."""
    ids = range(first, first + number)
    return pa.table(
        {
            "id": pa.array(ids, pa.int64()),
            "title": [f"title {id_}" for id_ in ids],
            "stars": pa.array([id_ % 5 + 1 for id_ in ids], pa.int32()),
            "price": [id_ / 8 for id_ in ids],
        }
    )


def day(at: int) -> pa.Table:
    return rows(at * ROWS_A_DAY)


def part(at: int, name: str = "part-0") -> str:
    return f"reviews/day={DAYS[at]}/{name}.parquet"


@pytest.fixture
def put(run: Run, tmp_path: Path) -> Put:
    def puts(path: str, content: pa.Table | bytes) -> None:
        file = tmp_path / "content"
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            pq.write_table(content, file)
        run(f"branch.upload({str(file)!r}, {path!r})")

    return puts


@pytest.fixture
def reviews(run: Run, put: Put) -> None:
    """Four days of reviews on main, and an own branch of them."""
    for at in range(len(DAYS)):
        put(part(at), day(at))
    run("%commit -m 'four days'")
    run("%branch -c test-env")


# ---- the faults


def append_twice(put: Put, run: Run) -> None:
    for at in range(len(DAYS)):
        put(part(at, "part-1"), day(at).sort_by([("title", "descending")]))


def half_lost(put: Put, run: Run) -> None:
    for at in range(len(DAYS)):
        put(part(at), day(at).slice(0, ROWS_A_DAY // 2))


def column_retyped(put: Put, run: Run) -> None:
    for at in range(len(DAYS)):
        table = day(at)
        put(part(at), table.set_column(2, "stars", table["stars"].cast(pa.string())))


def partition_twice(put: Put, run: Run) -> None:
    put(part(1, "part-1"), day(1).sort_by([("id", "descending")]))


def shuffled(put: Put, run: Run) -> None:
    for at in range(len(DAYS)):
        put(part(at), day(at).sort_by([("stars", "descending"), ("id", "ascending")]))


def changed_cell(put: Put, run: Run) -> None:
    table = day(2)
    prices = table["price"].to_pylist()
    prices[7] = 99.0
    put(part(2), table.set_column(3, "price", pa.array(prices)))


def added_null(put: Put, run: Run) -> None:
    table = day(2)
    titles = table["title"].to_pylist()
    titles[7] = None
    put(part(2), table.set_column(1, "title", pa.array(titles)))


def file_replaced(put: Put, run: Run) -> None:
    put(part(3), rows(1000))


def empty_file(put: Put, run: Run) -> None:
    put(part(3, "part-1"), b"")


def file_without_rows(put: Put, run: Run) -> None:
    put(part(3, "part-1"), rows(0, 0))


def nothing(put: Put, run: Run) -> None:
    put("notes.txt", b"no data")


FAULTS = {
    "append twice": append_twice,
    "half the rows lost": half_lost,
    "a column retyped": column_retyped,
    "one partition twice": partition_twice,
    "shuffled rows": shuffled,
    "one changed cell": changed_cell,
    "an added null": added_null,
    "a file replaced": file_replaced,
    "an empty file": empty_file,
    "a file without rows": file_without_rows,
    "nothing at all": nothing,
}

#: What of each fault, and of no other one, is to be read: which magic says it, and the words.
READ = {
    "append twice": ("%rowcount reviews/ main", "every row of main is here twice"),
    "half the rows lost": ("%rowcount reviews/ main", "half as many"),
    "a column retyped": ("%rowcount reviews/ main", "column stars was int32 and is string"),
    "one partition twice": ("%duplicates reviews/ main", "50 of 250 rows are copies of others, none of them on main"),
    "shuffled rows": ("%rowdiff reviews/ main --by id", "the same rows as on main, in other files."),
    "one changed cell": ("%rowdiff reviews/ main --by id", "13.375 → 99.0"),
    "an added null": ("%rowdiff reviews/ main --columns", "0 → 1  title 100"),
    "a file replaced": ("%rowdiff reviews/ main --by id", "50 rows added, 50 removed since main"),
    "an empty file": ("%rowcount reviews/", "part-1.parquet: is empty"),
    "a file without rows": ("%rowcount reviews/ --log", "part-1.parquet has no rows"),
    "nothing at all": ("%rowdiff reviews/ main", "the same files as on main."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_happened_can_be_read_from_the_magics_alone(run: Run, put: Put, reviews: None, fault: str) -> None:
    FAULTS[fault](put, run)
    shown = {magic: " ".join(str(run(magic)).split(" ")) for magic, _ in READ.values()}
    assert [name for name, (magic, words) in READ.items() if words in shown[magic]] == [fault]


def told(run: Run) -> str:
    """Which fault it is, by the answers of the endpoints."""
    (pair,) = run("%rowcount reviews/ main").datasets
    counted = run("%rowcount reviews/")
    duplicates = run("%duplicates reviews/ main").datasets[0]
    diff = run("%rowdiff reviews/ main --by id")
    columns = run("%rowdiff reviews/ main --columns").columns
    newest = run("%rowcount reviews/ --log").steps[0]
    if counted.unreadable:
        return "an empty file"
    if pair["schema_changes"]:
        return "a column retyped"
    if diff.result["basis"] == "files":
        return "nothing at all"
    if pair["verdict"] == "repeated":
        return "append twice" if pair["times"] == 2 and pair["duplicate_rows"] == 200 else "?"
    if duplicates["added_duplicate_rows"]:
        return "one partition twice" if duplicates["added_duplicate_rows"] == ROWS_A_DAY else "?"
    if pair["verdict"] == "equal":
        return "a file without rows" if any(file["rows"] == 0 for file in newest["added_files"]) else "shuffled rows"
    if pair["right_rows"] * 2 == pair["left_rows"] and diff.removed == pair["right_rows"] and not diff.added:
        return "half the rows lost"
    if diff.changed == 1 and not diff.added and not diff.removed:
        more_nulls = any(column["right"]["nulls"] > column["left"]["nulls"] for column in columns)
        return "an added null" if more_nulls else "one changed cell"
    return "a file replaced" if diff.added == diff.removed == ROWS_A_DAY else "?"


@pytest.mark.parametrize("fault", FAULTS)
def test_what_happened_can_be_told_from_the_answers(run: Run, put: Put, reviews: None, fault: str) -> None:
    FAULTS[fault](put, run)
    assert told(run) == fault


def test_a_partition_under_another_name_is_named_by_its_contents(run: Run, put: Put, reviews: None) -> None:
    put("reviews/day=2026-01-05/part-0.parquet", day(1))
    said = str(run("%duplicates reviews/ main"))
    assert (
        "reviews/day=2026-01-05/part-0.parquet has the same contents as reviews/day=2026-01-02/part-0.parquet" in said
    )
    assert run("%duplicates reviews/ main --by id").rows == ROWS_A_DAY
