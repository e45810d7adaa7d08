from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from databranch.folder import data_folder, discovery_file, log_file

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="the XDG rule is for Linux")


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABRANCH_DATA", str(tmp_path / "mine"))
    assert data_folder() == tmp_path / "mine"
    assert discovery_file(data_folder()) == tmp_path / "mine" / "databranch.json"


def test_a_relative_folder_is_below_the_working_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABRANCH_DATA", "mine")
    assert data_folder() == tmp_path / "mine"


@on_linux
def test_without_it_the_folder_is_where_xdg_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABRANCH_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert data_folder() == tmp_path / "xdg" / "databranch"


@on_linux
@pytest.mark.parametrize("xdg", [None, "", "relative/is/invalid"])
def test_and_without_that_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, xdg: str | None) -> None:
    monkeypatch.delenv("DATABRANCH_DATA")
    monkeypatch.setenv("HOME", str(tmp_path))
    if xdg is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", xdg)
    assert data_folder() == tmp_path / ".local" / "share" / "databranch"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_new_folder_is_nobody_elses(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "data"
    log = log_file(folder)
    assert log == folder / "logs" / "service.log"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700
