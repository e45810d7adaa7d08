from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from databranch.local_spark import jars as jars_module
from databranch.local_spark.jars import Jar, fetch_jars, maven_repository, missing_jars, pinned_jars
from databranch.local_spark.missing import SparkMissing

CONTENT = b"a jar, or so it says"
JAR = Jar(hashlib.sha256(CONTENT).hexdigest(), "org.example.tools", "hammer", "1.2.3")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[str]:
    """A Maven repository with one jar in it."""
    root = tmp_path / "repository"
    file = root / JAR.repository_path
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


def test_every_pinned_jar_has_a_checksum_and_a_name_of_its_own() -> None:
    pinned = pinned_jars()
    assert len(pinned) == 37
    assert all(len(jar.sha256) == 64 for jar in pinned)
    assert len({jar.file_name for jar in pinned}) == len(pinned)


def test_a_jar_lies_where_maven_repositories_keep_it() -> None:
    assert JAR.repository_path == "org/example/tools/hammer/1.2.3/hammer-1.2.3.jar"


def test_a_fetched_jar_is_whole_and_readable_and_nothing_else_is_left(repository: str, tmp_path: Path) -> None:
    folder = tmp_path / "jars"
    fetch_jars(folder, [JAR], repository)
    assert (folder / JAR.file_name).read_bytes() == CONTENT
    assert [file.name for file in folder.iterdir()] == [JAR.file_name]


def test_a_jar_with_another_checksum_is_refused_and_not_kept(repository: str, tmp_path: Path) -> None:
    forged = Jar("0" * 64, JAR.group, JAR.artifact, JAR.version)
    with pytest.raises(SparkMissing, match="SHA-256 differs"):
        fetch_jars(tmp_path / "jars", [forged], repository)
    assert list((tmp_path / "jars").iterdir()) == []


def test_a_repository_without_the_jar_is_named_with_what_to_do(repository: str, tmp_path: Path) -> None:
    unknown = Jar("0" * 64, "org.example", "nail", "1")
    with pytest.raises(SparkMissing, match="nail-1.jar could not be fetched.*404.*DATABRANCH_MAVEN_REPOSITORY"):
        fetch_jars(tmp_path / "jars", [unknown], repository)


def test_jars_that_are_there_are_not_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Jar("0" * 64, "org.example", "nail", "1")
    monkeypatch.setattr(jars_module, "pinned_jars", lambda: [JAR, other])
    (tmp_path / JAR.file_name).write_bytes(CONTENT)
    assert missing_jars(tmp_path) == [other]


def test_the_user_names_the_repository_first(home: Path) -> None:
    told = {"DATABRANCH_MAVEN_REPOSITORY": "http://a/maven", "DEFAULT_ARTIFACT_REPOSITORY": "http://b/"}
    assert maven_repository(told) == "http://a/maven/"
    assert maven_repository({"DEFAULT_ARTIFACT_REPOSITORY": "http://b/"}) == "http://b/"


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://maven.apache.org/SETTINGS/1.2.0"'])
@pytest.mark.parametrize("mirror_of", ["*", "central", "snapshots, external:*"])
def test_a_mirror_in_mavens_settings_is_used(home: Path, namespace: str, mirror_of: str) -> None:
    write_settings(home, namespace, mirror_of)
    assert maven_repository({}) == "http://mirror.example/maven/"


@pytest.mark.parametrize("mirror_of", ["snapshots", "*,!central"])
def test_a_mirror_of_something_else_is_not_used(home: Path, mirror_of: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_settings(home, "", mirror_of)
    monkeypatch.setattr(jars_module, "_ivy_default", lambda: "http://default.example/")
    assert maven_repository({}) == "http://default.example/"


def test_without_any_word_from_the_user_the_default_is_that_of_sparks_own_ivy(home: Path) -> None:
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    assert maven_repository({}).startswith("https://")


def write_settings(home: Path, namespace: str, mirror_of: str) -> None:
    folder = home / ".m2"
    folder.mkdir()
    (folder / "settings.xml").write_text(
        f"<settings{namespace}><mirrors><mirror><id>m</id><mirrorOf>{mirror_of}</mirrorOf>"
        "<url>http://mirror.example/maven</url></mirror></mirrors></settings>"
    )
