"""A cell on a throw-away branch: what it does there, what it cannot do elsewhere, and what becomes of it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from databranch import current
from databranch.connection import Connection
from databranch.repository import Repository
from databranch.results.sandbox import SANDBOX_MIME, SandboxCard

Run = Callable[[str], Any]


def branches(repository: Repository) -> list[str]:
    """All of them, hidden ones included."""
    found = repository.connection.client.pages(f"repositories/{repository.name}/branches", {"show_hidden": True})
    return [ref["id"] for ref in found]


@pytest.fixture
def people(run: Run, write: Callable[..., None], repository: Repository) -> Repository:
    """Three rows committed on ``main``."""
    run("from pathlib import Path")
    write("people/first.csv", rows=3)
    run("%commit -m 'Three people'")
    return repository


@pytest.fixture
def card(run: Run) -> Callable[[], SandboxCard]:
    """The card of the last sandbox cell."""
    return lambda: run("%sandbox")


@pytest.fixture
def failing(shell: InteractiveShell, run: Run) -> Callable[[str], str]:
    """Runs a cell that must fail, and gives what a user sees of it."""

    def failed(cell: str) -> str:
        with capture_output() as seen:
            result = shell.run_cell(cell)
        assert not result.success
        return re.sub(r"\x1b\[[\d;]*m", "", seen.stdout + seen.stderr)

    return failed


WRITE = "Path('rows.csv').write_text('a,b\\n9,y\\n'); branch.upload('rows.csv', 'people/more.csv')"


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_cell_runs_on_a_branch_of_its_own_and_its_card_says_what_it_did(
    run: Run, people: Repository, card: Callable[[], SandboxCard]
) -> None:
    assert run(f"%%sandbox\n{WRITE}\nbranch.name, branch.rowcount('people/').rows")[1] == 4
    assert run("branch.name") == "main"
    shown = card()
    assert (shown.source, shown.into, shown.untouched, shown.failed) == ("main", "main", True, False)
    assert [pair["path"] for pair in shown.datasets or []] == ["people/"]
    text = repr(shown)
    for said in (shown.branch, "from main", "people/", "1 added", "main was not touched"):
        assert said in text
    assert shown.commit_id not in text
    payload = shown._repr_mimebundle_()[SANDBOX_MIME]
    assert payload["objects"] == {
        "count": 1,
        "more": False,
        "first": [{"type": "added", "path": "people/more.csv"}],
    }
    assert (payload["datasets"][0]["left_rows"], payload["datasets"][0]["right_rows"]) == (3, 4)
    assert people.rowcount("main").rows == 3
    assert list(people.branches()) == ["main"] and shown.branch in branches(people)


def test_a_write_elsewhere_is_refused_named_and_not_done(
    run: Run, people: Repository, failing: Callable[[str], str], card: Callable[[], SandboxCard]
) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    # A file system from before the cell, as a Spark session would be one.
    run("files = branch.filesystem(); main = branch")
    said = failing(
        "%%sandbox\n"
        "Path('rows.csv').write_text('a\\n1\\n')\n"
        "try:\n    main.upload('rows.csv', 'over/rest.csv')\nexcept Exception as error:\n    print(error)\n"
        "with files.open_output_stream(f'{main.path}/over/s3.csv') as file:\n    file.write(b'a')\n"
    )
    assert 'Refused: a write to "over/rest.csv" on branch "main"' in said
    shown = card()
    assert shown.failed
    assert [(each.branch, each.path) for each in shown.refused] == [("main", "over/rest.csv"), ("main", "over/s3.csv")]
    assert "Refused: a write to over/s3.csv on main." in repr(shown)
    assert not people.changes("main")
    # The restriction ends with the cell.
    run("main.upload('rows.csv', 'after.csv')")
    assert people.changes("main").paths == ["after.csv"]


def test_an_error_is_one_traceback_with_the_true_line(
    people: Repository, failing: Callable[[str], str], card: Callable[[], SandboxCard]
) -> None:
    said = failing("%%sandbox\nx = 1\n\n1 / 0\n")
    assert said.count("Traceback") == 1 and said.count("ZeroDivisionError: division by zero") == 1
    assert "----> 4 1 / 0" in said
    assert "The cell failed." in repr(card())


def test_a_cell_that_cannot_be_parsed_begins_no_sandbox(
    run: Run, people: Repository, failing: Callable[[str], str]
) -> None:
    assert "SyntaxError" in failing("%%sandbox\nthis is no Python\n")
    assert branches(people) == ["main"]


def test_await_works_and_the_last_value_is_the_result(run: Run, people: Repository) -> None:
    assert run("%%sandbox\nimport asyncio\nawait asyncio.sleep(0)\nbranch.name").startswith("sandbox-")


def test_another_cell_magic_below_it_works(run: Run, people: Repository, card: Callable[[], SandboxCard]) -> None:
    run(f"%%sandbox\n%%capture caught\nprint(branch.name)\n{WRITE}")
    assert run("caught.stdout").strip() == card().branch
    assert card().changes.paths == ["people/more.csv"]


def test_programs_that_the_cell_starts_are_led_to_the_sandbox_and_held_there(
    run: Run, people: Repository, card: Callable[[], SandboxCard]
) -> None:
    script = (
        "import databranch\n"
        "print(databranch.branch.name)\n"
        "try:\n    databranch.use('main').upload('rows.csv', 'child.csv')\n"
        "except databranch.ApiError as error:\n    print('refused:', error)\n"
    )
    Path("child.py").write_text(script)
    before = dict(os.environ)
    said = run(
        f"%%sandbox\n{WRITE}\nimport subprocess\n"
        f"subprocess.run([{sys.executable!r}, 'child.py'], capture_output=True, text=True).stdout"
    )
    assert said.startswith(card().branch) and "refused: A sandbox cell runs in this kernel" in said
    assert [each.path for each in card().refused] == ["child.csv"]
    assert dict(os.environ) == before


def test_it_begins_where_it_is_told_and_a_tag_is_merged_into_the_default_branch(
    run: Run, people: Repository, card: Callable[[], SandboxCard], refused: Callable[[str], str]
) -> None:
    first = people.log("main").__getitem__(0).id
    run(WRITE)
    run("%commit -m 'One more'")
    assert run(f"%%sandbox --from {first}\nrows = branch.rowcount('people/').rows\n{WRITE}\nrows") == 3
    assert (card().source, card().into) == (first, "main")
    assert "nowhere" in refused("%%sandbox --from nowhere\n1")
    assert run("branch.name") == "main"
    run("branch.upload('rows.csv', 'after.csv')")


def test_uncommitted_changes_that_the_sandbox_does_not_have_are_pointed_out(
    run: Run, people: Repository, card: Callable[[], SandboxCard]
) -> None:
    run(WRITE)
    run("%%sandbox\nbranch.upload('rows.csv', 'other.csv')")
    assert "Uncommitted changes on main were not part of the sandbox" in repr(card())


def test_kept_it_is_a_branch_with_one_commit_more(run: Run, people: Repository, refused: Callable[[str], str]) -> None:
    run(f"%%sandbox\n{WRITE}")
    assert "already" in refused("%sandbox keep main")
    run("%sandbox keep cleaned -m 'Cleaned people'")
    assert branches(people) == ["cleaned", "main"]
    assert people.commit_of("cleaned").message == "Cleaned people"
    assert people.rowcount("cleaned").rows == 4
    assert "No cell" in refused("%sandbox discard")


def test_merged_its_rows_are_on_the_branch_that_it_came_from(run: Run, people: Repository) -> None:
    run(f"%%sandbox\n{WRITE}")
    run("%sandbox merge")
    assert branches(people) == ["main"]
    assert people.rowcount("main").rows == 4


def test_a_conflict_names_the_paths_and_leaves_the_sandbox(
    run: Run, people: Repository, refused: Callable[[str], str], card: Callable[[], SandboxCard]
) -> None:
    run(f"%%sandbox\n{WRITE}")
    run("Path('rows.csv').write_text('a,b\\n1,z\\n'); branch.upload('rows.csv', 'people/more.csv')")
    run("%commit -m 'Ours'")
    said = refused("%sandbox merge")
    assert "people/more.csv" in said and "--strategy source-wins" in said
    run(f"%sandbox merge into main --sandbox {card().branch} --strategy source-wins")
    assert branches(people) == ["main"]


def test_discarded_it_is_gone_and_can_be_brought_back(
    run: Run, people: Repository, card: Callable[[], SandboxCard]
) -> None:
    run(f"%%sandbox\n{WRITE}")
    name = card().branch
    run("%sandbox discard")
    assert branches(people) == ["main"]
    run(f"%undo --branch {name}")
    assert people.changes(name).paths == ["people/more.csv"]


def test_a_cell_that_wrote_nothing_leaves_nothing(
    run: Run, people: Repository, card: Callable[[], SandboxCard], refused: Callable[[str], str]
) -> None:
    run("%%sandbox\nbranch.rowcount().rows")
    assert branches(people) == ["main"]
    assert "Nothing was written" in repr(card())
    assert "Nothing is left" in refused("%sandbox keep it")


def test_what_the_cell_committed_itself_is_on_the_card_too(
    run: Run, people: Repository, card: Callable[[], SandboxCard]
) -> None:
    run(f"%%sandbox\n{WRITE}\nbranch.commit('Within')\nbranch.upload('rows.csv', 'later.csv')")
    assert card().changes.paths == ["later.csv", "people/more.csv"]


def test_a_silent_request_leaves_the_sandbox_as_well(shell: InteractiveShell, run: Run, people: Repository) -> None:
    shell.run_cell("%%sandbox\npass", silent=True)
    assert run("branch.name") == "main"
    run(WRITE)
    assert people.changes("main").paths == ["people/more.csv"]


def test_it_must_be_the_first_line_and_its_help_is_help(
    shell: InteractiveShell, run: Run, refused: Callable[[str], str]
) -> None:
    assert "first line" in refused("get_ipython().run_cell_magic('sandbox', '', 'x = 1')")
    assert "Write it as" in refused("%sandbox frobnicate")
    for line in ("%%sandbox?", "%%sandboxes"):
        assert "sandbox run" not in shell.transform_cell(f"{line}\n")


def test_each_kernel_has_a_key_of_its_own_that_ends_with_it(
    shell: InteractiveShell, run: Run, service: Connection
) -> None:
    def kernels() -> list[str]:
        return [key["access_key_id"] for key in service.client.get("databranch/keys")["results"] if "kernel" in key]

    assert kernels() == [current.connect().endpoint.access_key_id]
    assert os.environ["LAKECTL_CREDENTIALS_ACCESS_KEY_ID"] == kernels()[0]
    current.forget()
    assert kernels() == []


def test_unloaded_it_leaves_the_shell_as_it_was(shell: InteractiveShell, run: Run) -> None:
    run("%unload_ext databranch")
    assert "sandbox" not in shell.magics_manager.magics["line"]
    assert "sandbox" not in shell.magics_manager.magics["cell"]
    assert "sandbox run" not in shell.transform_cell("%%sandbox\n1\n")
