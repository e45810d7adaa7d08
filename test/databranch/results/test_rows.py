from __future__ import annotations

from typing import Any

import pytest

from databranch.results.rich import ROWS_MIME
from databranch.results.rows import RowComparison, RowCount

PAGE = {"has_more": False, "next_offset": "", "results": 1, "max_per_page": 1000}


def count(**changed: Any) -> RowCount:
    dataset = {
        "path": "reviews/",
        "format": "parquet",
        "rows": 972_000,
        "bytes": 20_100_000,
        "files": 16,
        "columns": [],
    }
    result = {
        "path": "",
        "ref": "test-env",
        "commit_id": "0" * 64,
        "rows": 972_000,
        "bytes": 20_100_000,
        "files": 16,
        "unreadable": [],
        "datasets": [{**dataset, "columns": []}],
        "pagination": PAGE,
    }
    return RowCount("quickstart", {**result, **changed})


def pair(**changed: Any) -> dict[str, Any]:
    told = {
        "path": "reviews/",
        "left_path": "reviews/",
        "right_path": "reviews/",
        "left_format": "parquet",
        "right_format": "parquet",
        "left_rows": 486_000,
        "right_rows": 972_000,
        "verdict": "repeated",
        "times": 2,
        "basis": "files",
        "compared_as": None,
        "duplicate_rows": None,
        "schema_changes": [],
        "message": "972,000 rows, 486,000 more than main: every row of main is here twice",
    }
    return {**told, **changed}


def comparison(*pairs: dict[str, Any]) -> RowComparison:
    result = {"left": "main", "right": "test-env", "left_commit_id": "0", "right_commit_id": "1"}
    return RowComparison("quickstart", {**result, "datasets": list(pairs), "pagination": PAGE})


def text(result: Any) -> str:
    return str(result._repr_mimebundle_()["text/plain"])


def test_a_count_reads_as_a_table_and_a_sentence() -> None:
    assert text(count()).splitlines() == [
        "Data set  Format   test-env                        Files     Size",
        "reviews/  Parquet   972,000  ████████████████████     16  20.1 MB",
        "972,000 rows in 16 files in / of test-env.",
    ]
    assert int(count()) == count().rows == 972_000


def test_a_file_that_cannot_be_read_is_named_with_its_reason() -> None:
    shown = text(count(unreadable=[{"path": "reviews/x.parquet", "reason": "no footer"}]))
    assert "Not counted: reviews/x.parquet: no footer" in shown


def test_nothing_to_count_says_what_would_count() -> None:
    shown = text(count(path="img/", rows=0, files=0, datasets=[]))
    assert shown == "There is no data set in img/ of test-env: no Parquet, Arrow, CSV or JSON Lines file."


def test_data_that_is_there_twice_is_seen_at_once() -> None:
    assert text(comparison(pair())).splitlines() == [
        "Data set     main  test-env",
        "reviews/  486,000   972,000  ██████████            repeated ×2",
        "                             ████████████████████",
        "972,000 rows, 486,000 more than main: every row of main is here twice (certain: same file contents).",
    ]


def test_the_lab_gets_the_services_answer_and_everybody_else_html_and_text() -> None:
    bundle = comparison(pair())._repr_mimebundle_()
    assert set(bundle) == {ROWS_MIME, "text/html", "text/plain"}
    assert bundle[ROWS_MIME] == {"kind": "comparison", "repository": "quickstart", "result": comparison(pair()).result}
    assert count()._repr_mimebundle_()[ROWS_MIME]["kind"] == "count"
    for said in ("486,000", "972,000", "repeated ×2", "every row of main is here twice", "█"):
        assert said in bundle["text/html"]


def test_a_notebook_keeps_no_more_than_is_shown() -> None:
    payload = comparison(*[pair(path=f"d{number:03}/") for number in range(150)]).rich()[ROWS_MIME]
    assert len(payload["result"]["datasets"]) == 100
    assert payload["left_out"] == {"datasets": 50}
    wide = count(datasets=[{**count().datasets[0], "columns": [{"name": "a", "type": "int32"}]}])
    assert wide.rich()[ROWS_MIME]["result"]["datasets"][0]["columns"] == []


def test_of_many_data_sets_only_those_that_differ_are_talked_about() -> None:
    equal = pair(path="products/", left_path="products/", right_path="products/", verdict="equal", times=None)
    shown = text(comparison(pair(), {**equal, "message": "12,408 rows, the same as on main"}))
    assert "reviews/: 972,000 rows, 486,000 more" in shown
    assert "the same as on main" not in shown
    assert not comparison(pair(), equal).equal


def test_where_all_is_equal_it_is_said() -> None:
    equal = comparison(
        pair(verdict="equal", times=None, right_rows=486_000, message="486,000 rows, the same as on main")
    )
    assert "486,000 rows, the same as on main (certain: same file contents)." in text(equal)
    assert equal.equal


def test_a_pair_of_two_names_shows_both() -> None:
    shown = text(comparison(pair(path="", left_path="lakefs_test.csv", right_path="")))
    assert "lakefs_test.csv → /" in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"change": "added", "left_type": None, "right_type": "int64"}, "column stars (int64) is new."),
        ({"change": "removed", "left_type": "int64", "right_type": None}, "column stars (int64) is gone."),
        ({"change": "retyped", "left_type": "int64", "right_type": "string"}, "column stars was int64 and is string."),
    ],
)
def test_changes_of_the_schema_are_said(change: dict[str, Any], said: str) -> None:
    shown = text(comparison(pair(verdict="changed", times=None, schema_changes=[{"column": "stars", **change}])))
    assert said in shown


def test_what_could_not_be_compared_claims_no_certainty() -> None:
    unknown = pair(verdict="unknown", times=None, right_rows=None, basis="count", message="part-3.parquet is broken")
    shown = text(comparison(unknown))
    assert "part-3.parquet is broken." in shown
    assert "?" in shown


def test_hundreds_of_data_sets_are_cut_with_a_sentence() -> None:
    shown = text(comparison(*[pair(path=f"d{number:03}/") for number in range(150)]))
    assert "… and 50 more data sets." in shown
    assert "d149/" not in shown


def test_what_only_one_side_has_is_a_dash_and_no_certainty_of_anything() -> None:
    new = pair(verdict="added", times=None, left_path=None, left_format=None, left_rows=None, message="All new")
    assert text(comparison(new)).splitlines()[1].split()[:3] == ["reviews/", "–", "972,000"]
    assert text(comparison(new)).splitlines()[-1] == "All new."
