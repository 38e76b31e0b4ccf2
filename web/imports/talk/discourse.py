"""Topics of Discourse, as it tells them in JSON (`/t/12.json`): one file for each, or a folder of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from web.errors import NotDone
from web.imports.people import People
from web.imports.report import Progress
from web.imports.talk.markup import escaped_now
from web.imports.talk.said import HTML, MARKDOWN, Note, Said, on_site
from web.imports.talk.spool import Spool
from web.imports.talk.stackexchange import host_of, moment, site
from web.imports.talk.trees import Node
from web.kinds import ASKED, KINDS

_MOST_BYTES = 64 << 20
_THREAD, _REPLY = KINDS["thread"].name, KINDS["reply"].name
_SAID, _ANNOUNCED = 1, 2
_LEFT = {3: "small actions", 4: "whispers"}
_LIKE = 2
_OF_SITE = ("site.json", "categories.json")
_LED = re.compile(r"/t/(?:[^/]+/)?(?P<topic>\d+)(?:/(?P<number>\d+))?/?$|/p/(?P<post>\d+)/?$")


class Discourse:
    """`address`: where the forum was on the web, if that is known; else the folder may be called as it was."""

    def __init__(self, path: Path, address: str = "") -> None:
        self._path = path
        self.root = path if path.is_dir() else path.parent
        named = self.root.resolve().name
        self._host = host_of(address) or (named if re.fullmatch(r"[\w-]+(?:\.[\w-]+)+", named) else "")
        self.prefix = f"discourse:{site(self._host or named)}:"
        self._categories: dict[int, str] = {}
        self._secret: set[int] = set()
        self._without_name: set[int] = set()

    def read(self, spool: Spool, progress: Progress) -> None:
        files = self._files()
        topics = 0
        for path in files:
            if path.name in _OF_SITE:
                self._of_site(_json(path))
        for number, path in enumerate(files, start=1):
            given = _json(path) if path.name not in _OF_SITE else None
            if isinstance(given, dict) and isinstance(given.get("post_stream"), dict):
                topics += self._topic(spool, path, given)
            elif given is not None:
                spool.remark("", "not imported", f"{path.name} is no topic.")
            progress(number, len(files))
        if not topics:
            raise NotDone(
                f"{self._path}: there is no topic of Discourse in it (a file with post_stream). Nothing was imported."
            )
        if self._without_name:
            spool.remark(
                "",
                "category",
                f"{len(self._without_name)} categories have no names in these files (site.json has them), and gave no tags.",
            )

    def _files(self) -> list[Path]:
        if self._path.is_file():
            beside = [self.root / name for name in _OF_SITE]
            return [*(path for path in beside if path.is_file() and path != self._path), self._path]
        if not self._path.is_dir():
            raise NotDone(f"{self._path} is not there.")
        return sorted(path for path in self._path.rglob("*.json") if path.is_file() and not path.is_symlink())

    def _of_site(self, given: Any) -> None:
        """`site.json` and `categories.json` say what categories are called."""
        lists = (
            [given.get("categories"), (given.get("category_list") or {}).get("categories")]
            if isinstance(given, dict)
            else []
        )
        for each in (each for some in lists if isinstance(some, list) for each in some if isinstance(each, dict)):
            if isinstance(each.get("id"), int) and isinstance(each.get("name"), str):
                self._categories[each["id"]] = each["name"]
                if each.get("read_restricted"):
                    self._secret.add(each["id"])

    # A topic.

    def _topic(self, spool: Spool, path: Path, given: dict[str, Any]) -> int:
        posts = [each for each in given["post_stream"].get("posts") or [] if isinstance(each, dict)]
        if not all(isinstance(each.get("id"), int) and isinstance(each.get("post_number"), int) for each in posts):
            raise NotDone(f"{path}: a post does not say its id and its number. Nothing was imported.")
        if why := self._kept_back(given):
            spool.leave(why)
            spool.leave(f"posts of {why}", len(posts))
            return 1
        here = {each["post_number"]: each for each in posts}
        asked = any(each.get("accepted_answer") is True for each in posts) or str(
            given.get("title", "")
        ).rstrip().endswith("?")
        first = here.get(1)
        if first is None and "title" in given:
            spool.lose(str(given.get("id", "")), "not imported", f"{path.name} does not have the topic's first post.")
        head = f"t{given.get('id') or (posts[0].get('topic_id') if posts else '')}"
        for number, post in sorted(here.items()):
            try:
                self._post(spool, given, post, head, here, ASKED.name if asked else _THREAD)
            except (AttributeError, ValueError, TypeError, KeyError, OverflowError):
                raise NotDone(
                    f"{path}: post {number} does not say when it was written, by whom, or what. Nothing was imported."
                ) from None
        missing = {each for each in given["post_stream"].get("stream") or [] if isinstance(each, int)} - {
            each["id"] for each in posts
        }
        if missing:
            spool.remark(
                head,
                "missing",
                f"{path.name} holds {len(posts)} of {len(missing) + len(posts)} posts of “{str(given.get('title', ''))[:80]}”.",
            )
        return 1

    def _kept_back(self, given: dict[str, Any]) -> str:
        if given.get("archetype") not in (None, "regular", "banner"):
            return "private messages"
        if given.get("category_id") in self._secret or given.get("read_restricted"):
            return "topics in closed categories"
        if given.get("deleted_at"):
            return "deleted topics"
        return "unlisted topics" if given.get("visible") is False else ""

    def _post(
        self,
        spool: Spool,
        topic: dict[str, Any],
        post: dict[str, Any],
        head: str,
        here: dict[int, dict[str, Any]],
        kind: str,
    ) -> None:
        number = post["post_number"]
        ref = head if number == 1 else f"{head}/{number}"
        first = number == 1
        above = "" if first else self._above(post, here, head)
        if post.get("accepted_answer") is True and above not in ("", head):
            above = head
            spool.remark(
                ref,
                "accepted",
                "It was said to another answer; as the accepted one, it stands right under the question.",
            )
        if why := _withheld(post):
            spool.leave(why)
            if not first:
                spool.passed_by(ref, above)
            return
        html = post.get("cooked") if isinstance(post.get("cooked"), str) else None
        accepted = (
            next((f"{head}/{number}" for number, each in here.items() if each.get("accepted_answer") is True), "")
            if first
            else ""
        )
        spool.add(Said(
            ref, kind if first else _REPLY,
            ("questions" if kind == ASKED.name else "topics") if first else ("answers" if kind == ASKED.name else "replies"),
            moment(post["created_at"]), html if html is not None else _plain_raw(str(post["raw"])), HTML if html is not None else MARKDOWN, above,
            alone=kind if first else "", who=_who(post), title=str(topic.get("title", "")) if first else "",
            tags=self._tags(topic) if first else (), votes=_likes(post), given="recommend", accepts=accepted, notes=_notes(topic) if first else (),
            also=(f"p{post['id']}", *((f"{head}/1",) if first else ())),
        ))  # fmt: skip

    def _above(self, post: dict[str, Any], here: dict[int, dict[str, Any]], head: str) -> str:
        to = post.get("reply_to_post_number")
        if not isinstance(to, int) or to <= 1 or to >= post["post_number"] or to not in here:
            return head
        return f"{head}/{to}"

    def _tags(self, topic: dict[str, Any]) -> tuple[str, ...]:
        named = [each.get("name") if isinstance(each, dict) else each for each in topic.get("tags") or []]
        category = topic.get("category_id")
        if isinstance(category, int) and category not in self._categories:
            self._without_name.add(category)
        return tuple(
            each
            for each in (*named, self._categories.get(category, "") if isinstance(category, int) else "")
            if isinstance(each, str) and each
        )

    # Links.

    def meant(self, address: str) -> tuple[str, str]:
        led, whole = on_site(address, self._host)
        if led is None:
            return "", whole
        found = _LED.search(led.path)
        if found is None:
            return "", whole
        if found["post"]:
            return f"p{found['post']}", whole
        return f"t{found['topic']}" + (f"/{found['number']}" if found["number"] else ""), whole

    def special(self, people: People) -> Callable[[Node], str | None]:
        def become(node: Node) -> str | None:
            if "mention" in node.classes:
                handle = people.handle(node.text().strip().lstrip("@"))
                return f"@{handle}" if handle else escaped_now(node.text())
            return escaped_now(node.text()) if "hashtag" in node.classes or "hashtag-cooked" in node.classes else None

        return become


def _withheld(post: dict[str, Any]) -> str:
    if post.get("deleted_at") or post.get("user_deleted"):
        return "deleted posts"
    if post.get("hidden"):
        return "hidden posts"
    sort = post.get("post_type", _SAID)
    return "" if sort in (_SAID, _ANNOUNCED) else _LEFT.get(sort, "posts of a sort that is not known here")


def _who(post: dict[str, Any]) -> tuple[str, ...]:
    said = (post.get("name"), post.get("username"))
    return tuple(dict.fromkeys(each.strip() for each in said if isinstance(each, str) and each.strip())) or (
        "somebody",
    )


def _likes(post: dict[str, Any]) -> int:
    acts = [each for each in post.get("actions_summary") or [] if isinstance(each, dict) and each.get("id") == _LIKE]
    return sum(each["count"] for each in acts if isinstance(each.get("count"), int))


def _notes(topic: dict[str, Any]) -> tuple[Note, ...]:
    return tuple(
        Note(words)
        for key, words in (("closed", "Closed there."), ("archived", "Archived there."))
        if topic.get(key) is True
    )


def _plain_raw(raw: str) -> str:
    """Quotes in brackets as those of Markdown."""

    def quoted(found: re.Match[str]) -> str:
        who = found[1].split(",")[0].strip(' "') if found[1] else ""
        lines = [*([f"**{who}:**", ""] if who else []), *found[2].strip().split("\n")]
        return "\n".join(f"> {line}".rstrip() for line in lines) + "\n"

    return re.sub(r'\[quote(?:="([^"\]]*)")?\]\n?((?:(?!\[quote).)*?)\[/quote\]', quoted, raw, flags=re.DOTALL)


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise NotDone(f"{path} is longer than any topic. Nothing was imported.")
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise NotDone(f"{path} is no readable JSON: {wrong}. Nothing was imported.") from None
    except OSError as wrong:
        raise NotDone(f"{path} cannot be read: {wrong.strerror}. Nothing was imported.") from wrong
