"""The magics about single rows and guards, in a real IPython against the real service."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from IPython.core.interactiveshell import InteractiveShell
from pyarrow import feather

from databranch.results.rich import ROWS_MIME

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


def test_what_others_left_uncommitted_on_main_is_pointed_out(
    run: Run, people: None, upload: Upload, tmp_path: Path
) -> None:
    assert run("%rowcount people/ main").uncommitted == ()
    assert "counted here" not in str(run("%rowcount people/"))
    run("%branch main")
    upload("people/b.csv", "id,name\n4,Dan\n")
    line = "1 uncommitted change on main, whoever made it, is counted here."
    assert line in str(run("%rowcount people/"))
    run("%branch test-env")
    compared = run("%rowcount people/ main")
    assert line in str(compared)
    assert line in compared._repr_mimebundle_()["text/html"]
    told = compared._repr_mimebundle_()[ROWS_MIME]["uncommitted"]
    assert told == [{"branch": "main", "number": 1, "more": False}]
    assert run("%rowcount people/ main@").uncommitted == ()
    for magic in ("%duplicates people/ main", "%rowdiff people/ --by id", "%rowdiff people/ main --columns"):
        read = run(magic)
        assert str(read).splitlines()[-1] == line
        assert read._repr_mimebundle_()[ROWS_MIME]["uncommitted"] == told
    assert run("%duplicates people/").uncommitted == ()
    export = f"%rowdiff people/ {{}} --export '{tmp_path / 'diff.parquet'}'"
    assert str(run(export.format("main"))).splitlines()[1:] == [line]
    assert str(run(export.format("main@"))).splitlines()[1:] == []
    shown = run("%preview people/b.csv main")
    assert str(shown).splitlines()[-1] == line.replace("counted", "shown")
    assert run("%preview people/a.csv").uncommitted == ()


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


@pytest.mark.parametrize(
    ("line", "kind", "list_", "said"),
    [
        ("%duplicates people/ main", "duplicates", "datasets", "1 of 4 rows is a copy of another"),
        ("%rowdiff people/ main --by id", "rowdiff", "results", "1 row changed, 2 added since main"),
        ("%rowdiff people/ main --columns", "columns", "columns", "no column has more or fewer NULLs than on main"),
        ("%rowcount people/ --log", "rowlog", "results", "twice as many: 1 file replaced"),
        ("%guard", "merge", "datasets", "main has no guards of its own"),
    ],
)
def test_the_lab_draws_results_itself_and_all_others_read_html_and_text(
    run: Run, people: None, line: str, kind: str, list_: str, said: str
) -> None:
    result = run(line)
    bundle = result._repr_mimebundle_()
    assert set(bundle) == {ROWS_MIME, "text/html", "text/plain"}
    payload = bundle[ROWS_MIME]
    assert (payload["kind"], payload["repository"]) == (kind, result.repository)
    assert len(payload["result"][list_]) > 0
    json.dumps(payload, allow_nan=False)
    for text in (bundle["text/html"], bundle["text/plain"]):
        assert said in text
    assert bundle["text/html"].startswith('<div class="databranch-result">') and "<table" in bundle["text/html"]


@pytest.mark.parametrize("compression", ["uncompressed", "lz4"])
def test_feather_files_are_compared_by_rows_as_pandas_writes_them(run: Run, tmp_path: Path, compression: str) -> None:
    file = tmp_path / "a.feather"
    table = pa.table({"id": [*range(1000), 0], "text": ["the same text, over and over"] * 1001})
    feather.write_feather(table, file, compression=compression)
    run(f"branch.upload({str(file)!r}, 'arrow/a.feather')")
    found = run("%duplicates arrow/")
    assert (found.datasets[0]["rows"], found.rows) == (1001, 1)
    assert "2 ×  id=0  text=the same text, over and over" in str(found)


@pytest.mark.parametrize("plaintext_footer", [False, True])
def test_encrypted_parquet_files_are_refused_in_a_sentence(run: Run, tmp_path: Path, plaintext_footer: bool) -> None:
    encryption = pytest.importorskip("pyarrow.parquet.encryption")

    class Keys(encryption.KmsClient):  # type: ignore[misc, name-defined]  # pyarrow has no types
        def wrap_key(self, key: bytes, master: str) -> bytes:
            return base64.b64encode(key)

    factory = encryption.CryptoFactory(lambda _: Keys())
    wanted = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"c": ["secret"]}, plaintext_footer=plaintext_footer
    )
    properties = factory.file_encryption_properties(encryption.KmsConnectionConfig(), wanted)
    table = pa.table({"id": [1, 1], "secret": ["x", "x"]})
    file = tmp_path / "a.parquet"
    with pq.ParquetWriter(file, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    run(f"branch.upload({str(file)!r}, 'secret/a.parquet')")
    assert "encrypted" in str(run("%rowcount secret/")) or plaintext_footer
    found = run("%duplicates secret/")
    assert found.datasets[0]["duplicate_rows"] is None
    assert "encrypted" in found.datasets[0]["message"] or not plaintext_footer
