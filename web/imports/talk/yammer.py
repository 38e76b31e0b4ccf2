"""An export of Yammer, as tables: what was said where everybody could read it. Private groups and conversations are not even laid aside."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from web.errors import NotDone
from web.imports.people import People
from web.imports.report import Progress
from web.imports.talk.said import PLAIN, Note, Said, Shown
from web.imports.talk.spool import Spool
from web.imports.talk.stackexchange import moment
from web.imports.talk.trees import Node
from web.kinds import KINDS, QUICK

_THREAD, _REPLY = KINDS["thread"].name, KINDS["reply"].name
_MOST_FIELD = 4 << 20
_NEEDED = ("id", "thread_id", "sender_id", "body", "created_at", "in_private_group", "in_private_conversation")
_USER = re.compile(r"\[\[user:(\d+)\]\]")
_GROUP = re.compile(r"\[\[(?:group|tag|topic):(\d+)\]\]")
_FILE = re.compile(r"uploadedfile:\[?(\d+)")
_OBJECT = re.compile(r'opengraphobject:\[\s*\d+\s*:\s*(https?://\S+)\s*:\s*title="(.*?)"\s*:', re.DOTALL)
MESSAGES = "Messages.csv"


def needed(path: str) -> bool:
    return path.lower().endswith(".csv") or "/files/" in f"/{path.lower()}"


class Yammer:
    prefix = "yammer:"

    def __init__(self, root: Path) -> None:
        self.root = root
        self._names: dict[str, tuple[str, ...]] = {}
        self._groups: dict[str, tuple[str, bool]] = {}
        self._files: dict[str, tuple[str, str]] = {}
        self._tags: dict[str, str] = {}
        self._people = People()

    def read(self, spool: Spool, progress: Progress) -> None:
        there = {path.name.lower(): path for path in self.root.iterdir() if path.is_file() and not path.is_symlink()}
        if MESSAGES.lower() not in there:
            raise NotDone(f"In {self.root} there is no {MESSAGES}, as in every export of Yammer. Nothing was imported.")
        for row in _rows(there, "Users.csv", ("id",)):
            self._names[row["id"]] = tuple(filter(None, (row.get("name", "").strip(), row.get("email", "").strip())))
        for row in _rows(there, "Groups.csv", ("id",)):
            self._groups[row["id"]] = (
                row.get("name", "").strip(),
                row.get("private", "false").strip().lower() not in ("false", ""),
            )
        for name in ("Topics.csv", "Tags.csv"):
            self._tags |= {row["id"]: row.get("name", "").strip() for row in _rows(there, name, ("id",))}
        for row in _rows(there, "Files.csv", ("file_id",)):
            self._files[row["file_id"]] = (row.get("path", "").strip(), row.get("name", "").strip())
        size, count = there[MESSAGES.lower()].stat().st_size, 0
        for number, row in enumerate(_rows(there, MESSAGES, _NEEDED), start=2):
            try:
                self._message(spool, row)
            except (ValueError, OverflowError):
                raise NotDone(
                    f"{there[MESSAGES.lower()]}, row {number}: {row['created_at'][:40]} is no time. Nothing was imported."
                ) from None
            count += len(row["body"]) + 200
            progress(min(count, size), size)

    def _message(self, spool: Spool, row: dict[str, str]) -> None:
        ref, above = row["id"].strip(), row.get("replied_to_id", "").strip()
        first = not above and row["thread_id"].strip() in ("", ref)
        above = above or ("" if first else row["thread_id"].strip())
        if why := self._kept_back(row):
            spool.leave(why)
            return
        if row.get("deleted_at", "").strip():
            spool.leave("deleted messages")
            if above:
                spool.passed_by(ref, above)
            return
        title = row.get("title", "").strip()
        alone = _THREAD if title else QUICK.name
        group = row.get("group_name", "").strip() or self._groups.get(row.get("group_id", ""), ("", False))[0]
        spool.add(Said(
            ref, _REPLY if above else alone, "replies" if above else "messages", moment(row["created_at"]), self._words(row["body"]), PLAIN, above,
            alone=alone, who=self._who(row), title=title, tags=(group,) if group and not above else (), notes=tuple(_objects(row)),
            shown=tuple(self._shown(row)),
        ))  # fmt: skip

    def _kept_back(self, row: dict[str, str]) -> str:
        """Whatever does not say that it was open was not."""
        if row["in_private_conversation"].strip().lower() != "false":
            return "messages of private conversations"
        private = self._groups.get(row.get("group_id", "").strip(), ("", False))[1]
        return "messages of private groups" if private or row["in_private_group"].strip().lower() != "false" else ""

    def _who(self, row: dict[str, str]) -> tuple[str, ...]:
        known = self._names.get(row["sender_id"].strip(), ())
        said = (row.get("sender_name", "").strip(), *known, row.get("sender_email", "").strip())
        return tuple(dict.fromkeys(filter(None, said))) or ("somebody",)

    def _words(self, body: str) -> str:
        """Ends of lines are written as two signs there, and people as numbers."""
        said = body.replace("\\r\\n", "\n").replace("\\n", "\n")
        said = _USER.sub(lambda found: f"@{next(iter(self._names.get(found[1], ())), f'user {found[1]}')}", said)
        return _GROUP.sub(
            lambda found: f"#{self._tags.get(found[1]) or self._groups.get(found[1], (found[1], False))[0]}", said
        )

    def _shown(self, row: dict[str, str]) -> Iterator[Shown]:
        for id in _FILE.findall(row.get("attachments", "")):
            path, name = self._files.get(id, ("", ""))
            yield Shown(path or f"Files/{id}", name or f"file {id}")

    def meant(self, address: str) -> tuple[str, str]:
        found = re.search(r"yammer\.com/.*?[?&#/](?:messages|threads)[/=](\d+)|[?&]messageId=(\d+)", address)
        return (found[1] or found[2]) if found else "", address

    def special(self, people: People) -> Callable[[Node], str | None]:
        return lambda node: None


def _objects(row: dict[str, str]) -> Iterator[Note]:
    for address, title in _OBJECT.findall(row.get("attachments", "")):
        yield Note(" ".join(title.split())[:200] or "Link:", address=address)


def _rows(there: dict[str, Path], name: str, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    path = there.get(name.lower())
    if path is None:
        return
    csv.field_size_limit(_MOST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, strict=True)
            if missing := [each for each in needed if each not in (table.fieldnames or ())]:
                raise NotDone(
                    f"{path} does not have the column {missing[0]}, and so it cannot be told what is private. Nothing was imported."
                )
            for row in table:
                if None in row or None in row.values():
                    raise NotDone(
                        f"{path}, line {table.line_num}: the row does not have as many columns as the first. Nothing was imported."
                    )
                yield row
    except UnicodeDecodeError:
        raise NotDone(f"{path} is not written in UTF-8. Nothing was imported.") from None
    except csv.Error as wrong:
        raise NotDone(f"{path} is no readable table: {wrong}. Nothing was imported.") from None
