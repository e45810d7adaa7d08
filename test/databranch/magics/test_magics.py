"""The magics in a real IPython, against the real service."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import databranch
from databranch import current
from databranch.branches import Branch
from databranch.connection import Connection
from databranch.repository import Repository

Run = Callable[[str], Any]
Refused = Callable[[str], str]
Write = Callable[..., None]


def test_loading_gives_a_branch_to_work_with(run: Run, repository: Repository, shell: InteractiveShell) -> None:
    branch = shell.user_ns["branch"]
    assert isinstance(branch, Branch)
    assert (branch.repository, branch.name) == (repository.name, "main")
    assert databranch.branch == branch
    assert run('f"{branch.s3a}/reviews"') == f"s3a://{repository.name}/main/reviews"
    assert run('f"{branch.s3} {branch.lakefs} {branch}"') == (
        f"s3://{repository.name}/main lakefs://{repository.name}/main main"
    )


def test_branches_are_created_switched_to_listed_and_deleted(run: Run, shell: InteractiveShell) -> None:
    assert "Created branch test-env from main" in str(run("%branch -c test-env"))
    assert shell.user_ns["branch"].name == "test-env"
    listed = run("%branch")
    assert list(listed) == ["main", "test-env"]
    assert "*  test-env" in str(listed)
    run("%branch main")
    assert shell.user_ns["branch"].name == "main"
    run("%branch -c other test-env")
    run("%branch -d test-env")
    assert list(run("%branch")) == ["main", "other"]


def test_who_deletes_the_branch_they_are_on_is_back_on_the_default_branch(run: Run, shell: InteractiveShell) -> None:
    run("%branch -c test-env")
    assert "On branch main now." in str(run("%branch -d test-env"))
    assert shell.user_ns["branch"].name == "main"


def test_another_repository_is_another_place(run: Run, service: Connection, shell: InteractiveShell) -> None:
    other = service.create_repository(f"{shell.user_ns['branch'].repository}-b", default_branch="trunk")
    run(f"%branch --repo {other.name}")
    assert shell.user_ns["branch"].path == f"{other.name}/trunk"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%branch nowhere", "To create it: %branch -c nowhere"),
        ("%branch -c main", "To switch to it: %branch main"),
        ("%branch -c x nowhere", "nowhere"),
        ("%branch -c", "%branch -c NAME"),
        ("%branch -c -d x", "Either -c or -d"),
        ("%branch x main", "%branch -c x main"),
        ("%branch -c 'no name'", "no name"),
        ("%branch -d main", "main"),
        ("%branch --repo nowhere", "nowhere"),
        ("%branch --wrong", "unrecognized arguments: --wrong"),
        ("%branch 'open", "No closing quotation"),
        ("%commit -m x", "nothing to commit"),
        ("%commit", "-m/--message"),
        ("%commit -m x --meta novalue", "--meta wants KEY=VALUE"),
        ("%merge", "cannot be merged into itself"),
        ("%merge a b", "%merge [SOURCE] [into DEST]"),
        ("%merge into", "%merge [SOURCE] [into DEST]"),
        ("%merge nowhere", "nowhere"),
        ("%diff nowhere", "nowhere"),
        ("%log nowhere", "nowhere"),
        ("%discard", "Discard what?"),
        ("%discard --all x", "Discard what?"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(refused: Refused, line: str, said: str) -> None:
    assert said in refused(line)


def test_changes_are_shown_committed_and_logged(run: Run, write: Write) -> None:
    write("data/a b.csv")
    changes = run("%diff")
    assert [(change.type, change.path) for change in changes] == [("added", "data/a b.csv")]
    assert "1 object uncommitted on main: 1 added." in str(changes)
    assert 'to main: two "words"' in str(run("%commit -m 'two \"words\"' --meta owner=me --meta rule=a=b"))
    newest = run("%log -n 1")[0]
    assert (newest.message, newest.metadata) == ('two "words"', {"owner": "me", "rule": "a=b"})
    assert str(run("%diff")) == "Nothing uncommitted on main."


def test_variables_of_the_notebook_may_stand_in_a_line(run: Run, write: Write) -> None:
    write("a.csv")
    run("note = 'from a variable'")
    run('%commit -m "$note"')
    assert run("%log")[0].message == "from a variable"


def test_two_refs_are_compared_by_object(run: Run, write: Write) -> None:
    run("%branch -c test-env")
    write("new.csv")
    run("%commit -m new")
    for line in ("%diff main", "%diff main test-env"):
        assert run(line).paths == ["new.csv"]
    assert run("%diff test-env main").paths == [], "main did nothing since"
    assert run("%diff --two-way test-env main")[0].type == "removed"
    assert run("%diff main --path old/").paths == []
    write("late.csv")
    assert "Uncommitted changes on test-env are not part of this" in str(run("%diff main"))


def test_uncommitted_changes_are_discarded_by_object_by_folder_and_all(run: Run, write: Write) -> None:
    for path in ("a/1.csv", "a/2.csv", "b/1.csv", "c.csv"):
        write(path)
    run("%discard a/1.csv")
    assert run("%diff").paths == ["a/2.csv", "b/1.csv", "c.csv"]
    run("%discard a/")
    assert run("%diff").paths == ["b/1.csv", "c.csv"]
    assert "Discarded all uncommitted changes on main." in str(run("%discard --all"))
    assert run("%diff").paths == []


def test_what_was_done_is_listed_and_undone(run: Run, write: Write, refused: Refused) -> None:
    write("a.csv")
    run("%commit -m 'too early'")
    assert [(done.verb, done.branch) for done in run("%undo --list")] == [("commit", "main")]
    assert "Undone on main: commit by admin." in str(run("%undo"))
    assert run("%diff").paths == ["a.csv"]
    assert "undone" in str(run("%undo --list"))
    run("%discard --all")
    run("%undo")
    assert run("%diff").paths == ["a.csv"]
    run("%branch -c test-env")
    run("%branch -d test-env")
    run("%undo --branch test-env")
    assert list(run("%branch")) == ["main", "test-env"]
    assert "could be undone" in refused("%undo")
    assert "no operation" in refused("%undo nonsense")


@pytest.mark.parametrize("line", ["%merge", "%merge into main", "%merge test-env into main"])
def test_a_branch_is_merged_into_another(run: Run, write: Write, line: str) -> None:
    run("%branch -c test-env")
    write("new.csv")
    run("%commit -m new")
    assert "Merged test-env into main: commit" in str(run(f"{line} -m 'all of it'"))
    assert run("%log main")[0].message == "all of it"


def test_another_branch_is_merged_into_the_current_one(run: Run, write: Write) -> None:
    run("%branch -c test-env")
    write("new.csv")
    run("%commit -m new")
    run("%branch main")
    assert "Merged test-env into main" in str(run("%merge test-env"))


def test_what_was_not_committed_is_not_merged_and_that_is_said(run: Run, refused: Refused, write: Write) -> None:
    run("%branch -c test-env")
    write("new.csv")
    assert "%commit them first" in refused("%merge into main")
    run("%commit -m new")
    write("late.csv")
    assert "%commit them first" in str(run("%merge into main"))


def test_a_conflict_names_its_paths_and_can_be_decided(run: Run, refused: Refused, write: Write) -> None:
    for branch, rows in (("left", 1), ("right", 2)):
        run(f"%branch -c {branch} main")
        for number in range(25):
            write(f"both-{number:02}.csv", rows)
        run(f"%commit -m {branch}")
    said = refused("%merge right into left")
    assert "Nothing was merged: right and left both changed" in said
    assert "both-00.csv" in said and "both-19.csv" in said and "both-20.csv" not in said
    assert "… and 5 more" in said
    assert "--strategy source-wins" in said
    assert "Merged right into left" in str(run("%merge right into left --strategy source-wins"))


def test_rows_are_counted_and_compared_with_what_was_not_committed(run: Run, write: Write) -> None:
    write("people/a.csv", 3)
    run("%commit -m three")
    run("%branch -c test-env")
    write("people/b.csv", 3)
    assert run("%rowcount").rows == 6
    assert run("%rowcount people/").rows == 6
    assert run('branch.rowcount("people/")').rows == 6
    for line in ("%rowcount people/ main", "%rowcount people/ main test-env", "%rowcount / main"):
        (pair,) = run(line).datasets
        assert (pair["left_rows"], pair["right_rows"], pair["verdict"], pair["times"]) == (3, 6, "repeated", 2)
    assert run("%rowcount people/ main main").equal


def test_two_folders_of_other_names_can_be_compared(run: Run, write: Write) -> None:
    write("old/a.csv", 3)
    write("new/a.csv", 3)
    (pair,) = run("%rowcount / main --left-path old/ --right-path new/").datasets
    assert (pair["left_path"], pair["right_path"], pair["verdict"]) == ("old/", "new/", "equal")


def test_who_names_a_branch_where_a_path_is_expected_is_told(refused: Refused) -> None:
    assert "To compare everything with a branch: %rowcount / test-env" in refused("%rowcount test-env")
    assert "path" not in refused("%rowcount / nowhere")


def test_a_user_s_own_variable_is_not_overwritten(shell: InteractiveShell) -> None:
    shell.run_cell("branch = 'of a tree'")
    with capture_output() as seen:
        shell.run_cell("%load_ext databranch")
    assert "The name 'branch' is taken" in seen.stdout
    assert shell.user_ns["branch"] == "of a tree"
    shell.run_cell('%config Databranch.variable = "b"')
    assert isinstance(shell.user_ns["b"], Branch)


def test_the_variable_can_have_another_name(run: Run, shell: InteractiveShell) -> None:
    run('%config Databranch.variable = "data"')
    assert "branch" not in shell.user_ns
    run("%branch -c test-env")
    assert shell.user_ns["data"].name == "test-env"


def test_unloading_takes_everything_back(run: Run, shell: InteractiveShell) -> None:
    run("%unload_ext databranch")
    assert "branch" not in shell.user_ns
    assert shell.find_line_magic("commit") is None
    run("%load_ext databranch")
    assert shell.find_line_magic("commit") is not None
    assert shell.user_ns["branch"].name == "main"


def test_lakefs_clients_find_the_service_and_aws_settings_stay(
    run: Run, service: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = current.connect().endpoint
    assert os.environ["LAKECTL_SERVER_ENDPOINT_URL"] == service.endpoint.url
    assert os.environ["LAKECTL_CREDENTIALS_ACCESS_KEY_ID"] == own.access_key_id != service.endpoint.access_key_id
    assert os.environ["LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY"] == own.secret_access_key
    assert not [name for name in os.environ if name.startswith("AWS_") and service.endpoint.url in os.environ[name]]


def test_a_lakefs_server_of_the_users_own_stays_set(shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKECTL_SERVER_ENDPOINT_URL", "https://lakefs.example.org")
    shell.run_cell("%load_ext databranch")
    assert os.environ["LAKECTL_SERVER_ENDPOINT_URL"] == "https://lakefs.example.org"
    assert "LAKECTL_CREDENTIALS_ACCESS_KEY_ID" not in os.environ, "nor is its key mixed with ours"


def test_without_a_service_loading_says_so_and_magics_say_why(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRANCH_ENDPOINT", "http://127.0.0.1:1")
    with capture_output() as seen:
        assert shell.run_cell("%load_ext databranch").success
        assert not shell.run_cell("%branch").success
    assert "Databranch is loaded, but: The service at http://127.0.0.1:1 does not answer" in seen.stdout
    assert "UsageError: The service at http://127.0.0.1:1 does not answer" in seen.stderr


@pytest.mark.parametrize("name", ["branch", "commit", "diff", "discard", "log", "merge", "rowcount"])
def test_a_question_mark_shows_usage_and_examples(run: Run, shell: InteractiveShell, name: str) -> None:
    help_ = shell.object_inspect(f"%{name}")["docstring"]
    assert f"%{name}" in help_.split("\n\n")[1]
    assert f"::\n\n    %{name}" in help_
    for line in help_.splitlines():
        assert not line.startswith("::  "), help_


def test_branch_names_complete(run: Run, shell: InteractiveShell) -> None:
    run("%branch -c test-env")
    run("%branch -c test-two")
    for line in ("%branch te", "%diff main te", "%merge te"):
        _, matches = shell.complete(None, line)
        assert {"test-env", "test-two"} <= set(matches), line


def test_the_first_branch_may_be_named_by_the_environment(
    shell: InteractiveShell, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.create_branch("nightly")
    monkeypatch.setenv("DATABRANCH_BRANCH", "nightly")
    shell.run_cell("%load_ext databranch")
    assert shell.user_ns["branch"].name == "nightly"


def test_other_code_may_switch_too_and_the_notebook_follows(run: Run, shell: InteractiveShell) -> None:
    run("%branch -c test-env")
    assert databranch.use("main").name == "main"
    assert shell.user_ns["branch"].name == "main"
    assert current.current_branch().name == "main"
