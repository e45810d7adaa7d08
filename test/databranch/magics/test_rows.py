"""The magics about single rows and guards, in a real IPython against the real service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from IPython.core.interactiveshell import InteractiveShell

Run = Callable[[str], Any]
Refused = Callable[[str], str]
Upload = Callable[[str, str], None]


@pytest.fixture
def upload(run: Run, tmp_path: Path) -> Upload:
    """Uploads a text to the current branch."""

    def uploaded(path: str, text: str) -> None:
        file = tmp_path / "text"
        file.write_text(text)
        run(f"branch.upload({str(file)!r}, {path!r})")

    return uploaded


@pytest.fixture
def people(run: Run, upload: Upload) -> None:
    """Two people on main, and the branch test-env with one of them changed and one more."""
    upload("people/a.csv", "id,name\n1,Ann\n2,Bob\n")
    run("%commit -m two")
    run("%branch -c test-env")
    upload("people/a.csv", "id,name\n1,Ann\n2,Rob\n3,Cyd\n3,Cyd\n")


def test_duplicates_are_counted_with_examples(run: Run, people: None) -> None:
    found = run("%duplicates people/ main")
    assert (found.rows, int(found)) == (1, 1)
    assert found.datasets[0]["added_duplicate_rows"] == 1
    assert "1 of 4 rows is a copy of another, none of them on main." in str(found)
    assert "2 × (0 × before)  id=3  name=Cyd" in str(found)
    assert run("%duplicates people/ --by name -n 0").datasets[0]["examples"] == []
    assert run("%duplicates --ref main").rows == 0
    assert run("%duplicates / main --by id,name --ref test-env").rows == 1


def test_changed_cells_are_shown_beside_new_rows(run: Run, people: None) -> None:
    diff = run("%rowdiff people/ --by id")
    assert (diff.changed, diff.added, diff.removed, diff.equal) == (1, 2, 0, False)
    assert str(diff).splitlines() == [
        "   ×  id  name",
        "~  1  2   Bob → Rob",
        "+  2  3   Cyd",
        "1 row changed, 2 added since main.",
    ]
    assert run("%rowdiff people/ main test-env").added == 3
    assert "There are more" in str(run("%rowdiff people/ main -n 1"))
    assert run("%rowdiff people/ test-env test-env").equal


def test_all_rows_that_differ_can_be_written_to_a_file(run: Run, people: None, tmp_path: Path) -> None:
    file = tmp_path / "diff.parquet"
    assert f"to {file}" in str(run(f"%rowdiff people/ main --by id --export '{file}'"))
    table = pq.read_table(file).to_pylist()
    assert [(row["_change_type"], row["_copies"], row["id"], row["name"]) for row in table] == [
        ("update_preimage", 1, "2", "Bob"),
        ("update_postimage", 1, "2", "Rob"),
        ("insert", 2, "3", "Cyd"),
    ]


def test_columns_are_shown_side_by_side(run: Run, people: None) -> None:
    found = run("%rowdiff people/ main --columns")
    assert [column["name"] for column in found.columns] == ["id", "name"]
    assert "people/, main → test-env, of files that differ: 2 → 4 rows." in str(found)
    assert "2 → 3" in str(found)
    assert "of all files" in str(run("%rowdiff people/ main --columns --all"))


def test_the_log_says_where_rows_came_from(run: Run, people: None) -> None:
    log = run("%rowcount people/ --log")
    assert [(step["rows_before"], step["rows"]) for step in log.steps] == [(2, 4), (0, 2)]
    assert "uncommitted" in str(log) and "2 more, twice as many: 1 file replaced" in str(log)
    assert "What is not committed added people/a.csv." in str(log)
    assert len(run("%rowcount people/ main --log").steps) == 1


def test_a_merge_is_looked_at_before_it_is_done(run: Run, people: None, upload: Upload) -> None:
    run("%commit -m more")
    seen = run("%guard")
    assert not seen.refused and seen.conflicts == []
    assert [(found["rows_before"], found["rows_after"]) for found in seen.datasets] == [(2, 4)]
    assert "Warning: people/ (no_added_duplicates): 1 row would be added that is there already" in str(seen)
    assert "main has no guards of its own" in str(seen)
    merged = str(run("%merge into main"))
    assert "Merged test-env into main" in merged and "Warning: people/ (no_added_duplicates)" in merged
    assert "%undo" in merged


def test_what_guards_refuse_is_not_merged_unless_forced(
    run: Run, refused: Refused, upload: Upload, people: None
) -> None:
    run("%commit -m more")
    run("%branch main")
    upload("_databranch/guards.yaml", "guards:\n  - path: people\n    no_added_duplicates: true\n")
    run("%commit -m guards")
    said = refused("%merge test-env into main")
    assert 'The guards of "main" refuse the merge of "test-env": people/ (no_added_duplicates)' in said
    assert "To merge all the same: --force" in said
    assert run("%guard test-env").refused
    assert "Refused: people/ (no_added_duplicates)" in str(run("%guard test-env into main"))
    assert "Merged test-env into main" in str(run("%merge test-env into main --force"))
    assert "people/ (no_added_duplicates)" in run("%log main")[0].metadata["databranch.guards.overridden"]


def test_a_guard_names_conflicts(run: Run, people: None, upload: Upload) -> None:
    run("%commit -m more")
    run("%branch main")
    upload("people/a.csv", "id,name\n9,Zoe\n")
    run("%commit -m other")
    seen = run("%guard test-env into main")
    assert seen.conflicts == ["people/a.csv"]
    assert "test-env and main both changed 1 path:" in str(seen)
    assert run("%guard test-env into main --strategy source-wins").conflicts == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%duplicates nowhere/", 'There is nothing at "nowhere/"'),
        ("%duplicates people/ --by nr", 'There is no column "nr": there are id, name.'),
        ("%rowdiff people/ main --by nr", 'There is no column "nr"'),
        ("%rowdiff people/ nowhere", "nowhere"),
        ("%guard into test-env", "Write it as: %guard SOURCE into DEST"),
        ("%guard a b", "%guard [SOURCE] [into DEST]"),
        ("%rowcount nowhere/ --log", 'There is nothing at "nowhere/"'),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(refused: Refused, people: None, line: str, said: str) -> None:
    assert said in refused(line)


@pytest.mark.parametrize("name", ["duplicates", "guard", "rowdiff"])
def test_a_question_mark_shows_usage_and_examples(run: Run, shell: InteractiveShell, name: str) -> None:
    help_ = shell.object_inspect(f"%{name}")["docstring"]
    assert f"%{name}" in help_.split("\n\n")[1]
    assert f"::\n\n    %{name}" in help_


def test_results_are_html_too(run: Run, people: None) -> None:
    for line in ("%duplicates people/ main", "%rowdiff people/ main --by id", "%rowcount people/ --log"):
        html = run(line)._repr_mimebundle_()["text/html"]
        assert html.startswith('<div class="databranch-result">') and "<table" in html
