"""A dump of a site of Stack Exchange: its questions, answers, comments and what is written of its tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from web.errors import NotDone
from web.imports.people import People
from web.imports.report import Progress
from web.imports.talk.said import HTML, MARKDOWN, Note, Older, Said, on_site
from web.imports.talk.spool import Save, Spool
from web.imports.talk.trees import Node
from web.imports.talk.xmlrows import rows_of
from web.kinds import ASKED, KINDS

_PAGE, _REPLY = KINDS["page"].name, KINDS["reply"].name
_QUESTION, _ANSWER = "1", "2"
_OF_TAGS = {"3": "tag wikis", "4": "tag excerpts", "5": "tag wikis"}
_OTHERS = {"6": "nominations of moderators", "7": "texts of the site itself", "8": "descriptions of rights"}
_TITLE, _BODY, _TAGS = {"1", "4", "7"}, {"2", "5", "8"}, {"3", "6", "9"}
_LED = re.compile(r"/(?:questions|q)/(?P<question>\d+)(?:/[^/]*)?(?:/(?P<answer>\d+))?/?$|/a/(?P<a>\d+)(?:/\d*)?/?$")
_COMMENT = re.compile(r"comment(\d+)_\d+$")
_FILES = {
    "Users": "users", "Tags": "tags", "Posts": "posts", "Comments": "comments", "PostHistory": "posthistory", "PostLinks": "postlinks",
    "Votes": "votes",
}  # fmt: skip


class StackExchange:
    """`address`: where the site was on the web, if that is known; else the folder may be called as the site was."""

    def __init__(self, root: Path, address: str = "") -> None:
        self.root = root
        named = root.resolve().name
        self._host = host_of(address) or (named if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", named) else "")
        self.prefix = f"stackexchange:{site(self._host or named)}:"
        self._names: dict[str, tuple[str, ...]] = {}
        self._tags: dict[str, tuple[str, bool]] = {}

    def read(self, spool: Spool, progress: Progress) -> None:
        found = self._found()
        size, done = sum(path.stat().st_size for path in found.values()), 0

        def read(many: int) -> None:
            nonlocal done
            done += many
            progress(done, size)

        for name, does in (
            ("Users", self._user), ("Tags", self._tag), ("Posts", self._post), ("Comments", self._comment), ("PostLinks", self._link),
            ("Votes", self._vote),
        ):  # fmt: skip
            for row in rows_of(found[name], _FILES[name], read) if name in found else ():
                _tidily(found[name], partial(does, spool), row)
        if "PostHistory" in found:
            self._history(spool, found["PostHistory"], rows_of(found["PostHistory"], _FILES["PostHistory"], read))

    def _found(self) -> dict[str, Path]:
        if not self.root.is_dir():
            raise NotDone(
                f"{self.root} is no folder. Unpack the dump, and name the folder that Posts.xml is in. Nothing was imported."
            )
        there = {path.name.lower(): path for path in self.root.iterdir() if path.is_file() and not path.is_symlink()}
        found = {name: there[f"{name}.xml".lower()] for name in _FILES if f"{name}.xml".lower() in there}
        if "Posts" not in found:
            raise NotDone(
                f"In {self.root} there is no Posts.xml, as in every dump of Stack Exchange. Nothing was imported."
            )
        return found

    # Rows.

    def _user(self, spool: Spool, row: dict[str, str]) -> None:
        self._names[row["Id"]] = tuple(filter(None, (row.get("DisplayName", "").strip(), f"user{row['Id']}")))

    def _who(self, row: dict[str, str], id: str = "OwnerUserId", name: str = "OwnerDisplayName") -> tuple[str, ...]:
        number = row.get(id, "")
        if number:
            return self._names.get(number) or (("Community",) if number == "-1" else (f"user{number}",))
        return (row.get(name, "").strip() or "somebody",)

    def _tag(self, spool: Spool, row: dict[str, str]) -> None:
        for key, long in (("ExcerptPostId", False), ("WikiPostId", True)):
            if row.get(key):
                self._tags[row[key]] = (row["TagName"], long)

    def _post(self, spool: Spool, row: dict[str, str]) -> None:
        sort, score = row["PostTypeId"], int(row.get("Score") or 0)
        if sort in _OTHERS:
            spool.leave(_OTHERS[sort])
            return
        if sort not in (_QUESTION, _ANSWER) and sort not in _OF_TAGS:
            spool.lose(row["Id"], "not imported", f"It is of a sort that is not known here ({sort[:20]}).")
            return
        if score < 0:
            spool.remark(row["Id"], "score", f"It had a score of {score}; nobody votes against anything here.")
        if sort in _OF_TAGS:
            self._of_tag(spool, row, _OF_TAGS[sort])
            return
        asked = sort == _QUESTION
        spool.add(Said(
            row["Id"], ASKED.name if asked else _REPLY, "questions" if asked else "answers", moment(row["CreationDate"]), row.get("Body", ""), HTML,
            "" if asked else row.get("ParentId") or "?", who=self._who(row), title=row.get("Title", "") if asked else "",
            tags=_tags(row.get("Tags", "")) if asked else (), votes=score, accepts=row.get("AcceptedAnswerId", "") if asked else "",
            notes=_notes(row), alone=ASKED.name if asked else "",
        ))  # fmt: skip

    def _of_tag(self, spool: Spool, row: dict[str, str], sort: str) -> None:
        if not row.get("Body", "").strip():
            spool.leave("empty texts of tags")
            return
        name, long = self._tags.get(row["Id"], ("", sort == "tag wikis"))
        word = f"Tag: {name}" if name else f"Tag {row['Id']}"
        spool.add(Said(
            row["Id"], _PAGE, sort, moment(row["CreationDate"]), row["Body"], HTML, who=self._who(row),
            title=word if long else f"{word} (in short)", tags=(name,) if name else (), alone=_PAGE,
        ))  # fmt: skip

    def _comment(self, spool: Spool, row: dict[str, str]) -> None:
        spool.add(Said(
            f"c{row['Id']}", _REPLY, "comments", moment(row["CreationDate"]), row.get("Text", ""), MARKDOWN, row["PostId"],
            who=self._who(row, "UserId", "UserDisplayName"), votes=int(row.get("Score") or 0),
        ))  # fmt: skip

    def _link(self, spool: Spool, row: dict[str, str]) -> None:
        if row.get("LinkTypeId") == "3":
            spool.fact("note", row["PostId"], "Asked before:", row["RelatedPostId"])
        else:
            spool.leave("links between posts besides those in their texts")

    def _vote(self, spool: Spool, row: dict[str, str]) -> None:
        if row.get("VoteTypeId") == "1":
            spool.fact("accepted by", row["PostId"], str(moment(row["CreationDate"])))
        else:
            spool.leave("votes one by one (their sums came)")

    # Histories.

    def _history(self, spool: Spool, path: Path, rows: Iterator[dict[str, str]]) -> None:
        """Each row changes a part of a post; those of one save have the same mark."""
        for row in rows:
            _tidily(path, partial(self._changed, spool), row)
        for ref, saves in spool.saves():
            self._texts(spool, ref, saves)

    def _changed(self, spool: Spool, row: dict[str, str]) -> None:
        sort = row["PostHistoryTypeId"]
        if sort in _TITLE | _BODY | _TAGS:
            what = "title" if sort in _TITLE else "body" if sort in _BODY else "tags"
            who = self._who(row, "UserId", "UserDisplayName")
            save = Save(moment(row["CreationDate"]), who, row.get("Comment", ""), {what: row.get("Text", "")})
            spool.add_part(row["PostId"], int(row["Id"]), row.get("RevisionGUID", row["Id"]), save)
        elif sort == "10":
            spool.fact("closing", row["PostId"], row.get("Comment", ""))
        else:
            spool.leave("acts in histories that change no text")

    def _texts(self, spool: Spool, ref: str, saves: list[Save]) -> None:
        title, body, tags = "", "", ""
        for number, save in enumerate(saves):
            title, body, tags = (
                save.parts.get("title", title),
                save.parts.get("body", body),
                save.parts.get("tags", tags),
            )
            spool.add_older(ref, number, Older(save.at, save.who, body, MARKDOWN, title, _tags(tags), save.summary))

    # Links.

    def meant(self, address: str) -> tuple[str, str]:
        led, whole = on_site(address, self._host)
        if led is None:
            return "", whole
        if comment := _COMMENT.search(led.fragment):
            return f"c{comment[1]}", whole
        found = _LED.match(led.path)
        if found is None:
            return "", whole
        return found["a"] or found["answer"] or (led.fragment if led.fragment.isdecimal() else "") or found[
            "question"
        ], whole

    def special(self, people: People) -> Callable[[Node], str | None]:
        return lambda node: None


def host_of(address: str) -> str:
    return (
        (urlsplit(address if "//" in address else f"//{address}").netloc.lower().removeprefix("www."))
        if address
        else ""
    )


def site(name: str) -> str:
    """What tells it from others, in a path."""
    return re.sub(r"[^\w.-]+", "-", name)[:120] or "site"


def moment(said: str) -> int:
    """In milliseconds. Raises ValueError."""
    at = datetime.fromisoformat(said.strip().replace("Z", "+00:00"))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _tags(said: str) -> tuple[str, ...]:
    """Older dumps have them in angles, newer ones between bars."""
    return tuple(filter(None, re.split(r"[<>|]+", said)))


def _notes(row: dict[str, str]) -> tuple[Note, ...]:
    said = []
    if row.get("ClosedDate"):
        said.append(Note(f"Closed {row['ClosedDate'][:10]}."))
    if row.get("LockedDate"):
        said.append(Note(f"Locked {row['LockedDate'][:10]}."))
    return tuple(said)


def _tidily(path: Path, does: Callable[[dict[str, str]], None], row: dict[str, str]) -> None:
    try:
        does(row)
    except KeyError as wrong:
        raise NotDone(
            f"{path}: a row (Id {row.get('Id', '?')[:20]}) does not say its {wrong.args[0]}. Nothing was imported."
        ) from None
    except (ValueError, OverflowError):
        raise NotDone(
            f"{path}: in a row (Id {row.get('Id', '?')[:20]}) stands a number or a time that is none. Nothing was imported."
        ) from None
