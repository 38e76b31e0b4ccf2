"""The queue of letters, as whoever runs the house sees it from a terminal."""

from __future__ import annotations

import asyncio
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from tests.letterbox import Mailbox
from web.cli import main
from web.database import execute, now
from web.opening import opened
from web.people.actions import letters
from web.settings import read_settings


def test_whoever_runs_the_house_sees_what_waits_and_tries_again(
    address: str, mail_server: tuple[Mailbox, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    mailbox, port = mail_server
    mailbox.mails.clear()
    for name, value_ in {
        "DATABASE": address,
        "DATA": str(tmp_path),
        "MAIL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": "huset@dugnad.test",
    }.items():
        monkeypatch.setenv(f"DUGNAD_{name}", value_)

    def run(*arguments: str) -> tuple[int, str]:
        return main(arguments), capsys.readouterr().out

    async def wait(tries: int) -> None:
        async with opened(read_settings()):
            await letters.write("password", "sen@dugnad.test", "s3cret", "nb")
            await execute("UPDATE letter SET tries = {}, wrong = '451 Not now', next_at = {}", tries, now() + 10**7)

    assert main(("migrate",)) == 0 and run("mail", "--queue")[1].endswith("Nothing waits.\n")
    asyncio.run(wait(12))
    status, said = run("mail", "--queue")
    assert (status, said) == (
        0,
        "given up after 12 tries: sen@dugnad.test, password (451 Not now)\n",
    ) and "s3cret" not in said
    assert not mailbox.mails and run("mail")[1].startswith("0 sent, 0 not taken.\ngiven up")
    mailbox.refuses = True
    assert run("mail", "--try-again")[0] == 1 and "tried 1 times" in run("mail", "--queue")[1]
    mailbox.refuses = False
    assert run("mail", "--try-again", "--json") == (0, '{"sent": 1, "failed": 0, "waiting": []}\n')
    assert [each["To"] for each in mailbox.mails] == ["sen@dugnad.test"]


def test_a_mail_server_hands_over_a_letter(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DUGNAD_DATABASE", address)
    monkeypatch.setenv("DUGNAD_DATA", str(tmp_path))
    assert main(("migrate",)) == 0
    assert main(("mail", "receive")) == 1 and "DUGNAD_MAIL_REPLY" in capsys.readouterr().err
    monkeypatch.setenv("DUGNAD_MAIL_REPLY", "svar@dugnad.test")
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"To: svar+1-x@dugnad.test\r\n\r\nHei")))
    assert main(("mail", "receive", "--to", "svar@dugnad.test")) == 0 and capsys.readouterr().out == "1 unknown\n"
    assert main(("mail", "fetch")) == 1
    monkeypatch.setenv("DUGNAD_IMAP", "imap://a:b@127.0.0.1:1/")
    assert main(("mail", "fetch")) == 75 and "away" in capsys.readouterr().out
