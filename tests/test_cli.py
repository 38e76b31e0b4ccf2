"""The contract that scripts rely on: commands, exit status, one sentence on stderr, JSON for machines."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from export import packing
from export.placing import workshop
from web.cli import main
from web.demo import PASSWORD, PEOPLE
from web.errors import NotDone

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def environment(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    given = {"DUGNAD_DATABASE": address, "DUGNAD_DATA": str(tmp_path_factory.mktemp("data"))}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        yield given


@pytest.fixture
def run(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_a_database_without_tables_is_not_read(run: Run) -> None:
    status, out, err = run("check")
    assert (status, out) == (1, "") and "dugnad migrate" in err and err.count("\n") == 1


def test_migrate_goes_forwards_and_back(run: Run) -> None:
    assert run("migrate", "--json")[1].startswith('{"done": ["m0001')
    assert run("migrate") == (0, "Nothing to do.\n", "")
    assert run("migrate", "--back", "0")[0] == 0
    assert run("migrate")[0] == 0


def test_the_demo_fills_an_empty_house_and_no_other(run: Run) -> None:
    status, out, _ = run("demo", "--short")
    assert status == 0 and PASSWORD in out and all(person.name in out for person in PEOPLE)
    status, _, err = run("demo")
    assert status == 1 and "empty" in err
    assert run("check") == (0, "Everything fits together.\n", "")


def test_people_are_added_with_a_password_of_their_own_or_one_that_is_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run("person", "add", "lova", "--name", "Lova", "--email", "lova@dugnad.test", "--json")
    made = json.loads(out)
    assert status == 0 and made["handle"] == "lova" and len(made["password"]) >= 12
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert run("person", "add", "lars", "--name", "Lars", "--password-stdin")[0] == 1, "an empty password is none"
    for arguments, said in (
        (("person", "add", "lova", "--name", "Again"), "taken"),
        (("person", "add", "Not A Handle", "--name", "X"), "letters"),
        (("space", "add", "new", "--name", "X"), "taken"),
        (("space", "add", "æøå", "--name", "X"), "letters"),
        (("token", "nobody"), "nobody"),
        (("import", "markdown", "/nowhere", "--space", "house"), "not a folder"),
        (("export", "/dev/null/x", "--audience", "nonsense"), "audience"),
        (("export", "/dev/null/x", "--as-of", "2199-12-31"), "not come yet"),
    ):
        status, out, err = run(*arguments)
        assert status == 1 and not out and said in err and err.count("\n") == 1 and "Traceback" not in err, err


def test_a_space_is_opened_and_a_token_is_the_only_thing_printed(run: Run) -> None:
    assert run("space", "add", "stua", "--name", "Stua", "--access", "closed", "--host", "lova")[0] == 0
    status, out, err = run("token", "lova")
    assert status == 0 and not err and re.fullmatch(r"[\w-]{40,}\n", out)


def test_a_port_that_somebody_has_is_not_shared(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, out, err = run("run", "--port", str(taken.getsockname()[1]))
    assert status == 1 and not out and "choose another" in err
    for nonsense in (("--port", "99999"), ("--port", "x"), ("--workers", "0")):
        assert run("run", *nonsense)[0] == 2


def test_every_command_has_help_and_nonsense_is_refused(run: Run) -> None:
    commands = (("migrate",), ("demo",), ("run",), ("check",), ("person", "add"), ("space", "add"), ("token",),
                ("import", "markdown"), ("export",), ("verify",), ("snapshots",), ("recall",))  # fmt: skip
    for command in commands:
        status, out, _ = run(*command, "--help")
        assert status == 0 and "usage: dugnad" in out and "--json" in out
    assert run("nonsense")[0] == 2
    assert run()[0] == 2


def test_a_snapshot_is_published_and_nothing_else_is_overwritten(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "snapshot"
    status, said, _ = run("export", str(out), "--audience", "everyone", "--json")
    report = json.loads(said)
    assert status == 0 and report["pages"] > 20 and report["removed"] == [] and (out / "index.html").is_file()
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    status, said, _ = run("export", str(tmp_path / "today"), "--as-of", today, "--json")
    assert status == 0 and json.loads(said)["pages"] == report["pages"]
    assert run("export", str(out), "--audience", "public")[0] == 0, "a snapshot is replaced by a newer one"
    assert run("verify", str(out))[:2] == (0, "Every file is as it was published.\n")
    with (out / "index.html").open("a") as page:
        page.write("<p>Somebody was here.</p>")
    status, said, _ = run("verify", str(out), "--json")
    assert status == 1 and json.loads(said)["faults"] == ["index.html has been changed"]
    assert run("verify", str(tmp_path))[0] == 1
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    status, _, err = run("export", str(mine))
    assert status == 1 and "not a snapshot" in err and (mine / "thesis.txt").read_text() == "years of work"


def test_nobody_publishes_into_the_folder_that_one_file_is_made_of_just_now(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def packed(folder: Path, out: Path) -> None:
        with pytest.raises(NotDone, match="just now"), workshop(folder):
            pass
        tried.append(folder.name)
        pack_zip(folder, out)

    pack_zip = packing.pack_zip
    monkeypatch.setattr(packing, "pack_zip", packed)
    status, said, _ = run("export", str(tmp_path / "a.zip"), "--format", "zip", "--json")
    assert status == 0 and json.loads(said)["pages"] > 20 and tried and (tmp_path / "a.zip").is_file()


def test_a_zim_file_is_made_where_libzim_is_and_elsewhere_it_is_said_how_to_get_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.zim"
    status, said, _ = run("export", str(out), "--format", "zim", "--json")
    assert status == 0 and json.loads(said)["pages"] > 20 and out.read_bytes()[:4] == b"ZIM\x04"
    monkeypatch.delitem(sys.modules, "export.zim")
    monkeypatch.setitem(sys.modules, "libzim", None)
    monkeypatch.setitem(sys.modules, "libzim.reader", None)
    status, said, err = run("export", str(tmp_path / "b.zim"), "--format", "zim")
    assert status == 1 and not said and "pip install '.[zim]'" in err and err.count("\n") == 1
    assert not (tmp_path / "b.zim").exists()


def test_the_server_starts_on_an_empty_database_and_ends_when_told(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = {**os.environ, "DUGNAD_DATA": str(tmp_path), "DUGNAD_DATABASE": f"sqlite:///{tmp_path}/new.sqlite"}
    server = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "run", "--port", str(port)], env=environ, stdout=subprocess.PIPE, text=True
    )
    try:
        for _ in range(200):
            try:
                answer = httpx.get(f"http://127.0.0.1:{port}/health")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert answer.status_code == 200
        assert "Dugnad" in httpx.get(f"http://127.0.0.1:{port}/sign-in/").text
        link = json.loads(subprocess.check_output([sys.executable, "-m", "web.cli", "welcome", "--json"], env=environ))
        moved = httpx.get(link["link"].replace(":8000", f":{port}"))
        assert moved.status_code == 200 and 'name="house"' in moved.text
        assert httpx.head(f"http://127.0.0.1:{port}/sign-in/").status_code == 200
    finally:
        server.send_signal(signal.SIGINT)
        out, _ = server.communicate(timeout=20)
    assert f"http://127.0.0.1:{port}/" in out and f"http://127.0.0.1:{port}/welcome/" in out
