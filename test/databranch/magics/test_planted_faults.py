"""A branch with one of ten faults, or none: which it is, what the magics show says, and so do the answers behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import planted_faults
import pytest
from planted_faults import FAULTS, ROWS_A_DAY, Files

Run = Callable[[str], Any]
#: Puts files onto the current branch.
Put = Callable[[Files], None]


@pytest.fixture
def put(run: Run, tmp_path: Path) -> Put:
    def puts(files: Files) -> None:
        for path, content in files.items():
            file = tmp_path / "content"
            file.write_bytes(planted_faults.content_of(content))
            run(f"branch.upload({str(file)!r}, {path!r})")

    return puts


@pytest.fixture
def reviews(run: Run, put: Put) -> None:
    """Four days of reviews on main, and an own branch of them."""
    put(planted_faults.MAIN)
    run("%commit -m 'four days'")
    run("%branch -c test-env")


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
    "a file without rows": ("%rowcount reviews/ main", "part-1.parquet has no rows"),
    "nothing at all": ("%rowdiff reviews/ main", "the same files as on main."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_happened_can_be_read_from_the_magics_alone(run: Run, put: Put, reviews: None, fault: str) -> None:
    put(FAULTS[fault])
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
    put(FAULTS[fault])
    assert told(run) == fault


def test_the_partitions_and_files_that_differ_are_named(run: Run, put: Put, reviews: None) -> None:
    nothing = run("%rowcount reviews/ main --by partition")
    assert nothing.datasets == []
    assert "No file with rows differs from main." in str(nothing)
    put(FAULTS["one partition twice"])
    by_partition = run("%rowcount reviews/ main --by partition")
    (pair,) = by_partition.datasets
    assert (pair["verdict"], pair["times"], pair["right_rows"]) == ("repeated", 2, 2 * ROWS_A_DAY)
    assert str(by_partition).startswith("Partition")
    (file,) = run("%rowcount --by file").datasets
    assert (file["verdict"], file["path"].startswith(pair["path"])) == ("added", True)


def test_a_partition_under_another_name_is_named_by_its_contents(run: Run, put: Put, reviews: None) -> None:
    put({"reviews/day=2026-01-05/part-0.parquet": planted_faults.day(1)})
    said = str(run("%duplicates reviews/ main"))
    assert (
        "reviews/day=2026-01-05/part-0.parquet has the same contents as reviews/day=2026-01-02/part-0.parquet" in said
    )
    assert run("%duplicates reviews/ main --by id").rows == ROWS_A_DAY
