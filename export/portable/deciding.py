"""Of each column of each table, whether it stands in the folder.

`TRAVELS`: what is written and read. `REBUILT`: what is made anew of that. `STAYS`: what is nobody else's business. A column that is
in none of them fails a test, so that whoever adds one decides.
"""

from __future__ import annotations

from export.portable.records import RECORDS

# `links` in front of an entry: what in its text leads where. The rest of them is in the text.
_LINKS = ("entry", "written", "target", "person", "attachment")
TRAVELS: dict[str, tuple[str, ...]] = {each.table: each.columns for each in RECORDS} | {"link": _LINKS}
REBUILT: dict[str, tuple[str, ...]] = {
    "house": ("id",),
    "space": ("members",),
    "entry": (
        "title_key", "slug", "replies", "annotations", "recommend", "helped", "vote", "watchers", "revisions", "buried",
    ),
    "entry_text": ("id", "title", "body", "stems", "words", "title_words"),
    "tagging": ("id", "entry", "tag", "title", "in_text", "active_at"),
    "link": ("id", "url", "embeds"),
    "attachment": ("hash", "media_type", "size", "width", "height", "unread", "begun_at"),
    "file_version": ("hash", "media_type", "size", "width", "height"),
    "file_text": ("id", "name", "body", "stems", "wrong", "words"),
    "part": ("series_key",),
    "surviving": ("id", "entry", "person", "words", "revision", "at"),
    "person": ("words",),
    "rights": ("slot", "changes"),
}  # fmt: skip
STAYS: dict[str, tuple[str, ...]] = {
    # Who asked without their name; nor does the folder say who reads or follows there what they asked so.
    "asker": ("id", "person"),
    "person": ("password", "touched"),  # the latter is of an older program, and looked at by nobody
    **dict.fromkeys(("space", "entry", "tag"), ("touched",)),
    "invitation": (
        "id", "token_hash", "email", "space", "role", "guest", "invited_by", "created_at", "expires_at", "used_at",
    ),
    "session": ("id", "token_hash", "person", "agent", "created_at", "seen_at"),
    "token": ("id", "token_hash", "person", "name", "created_at", "seen_at"),
    # What one house publishes another may not want to.
    "edition": ("id", "name", "audience", "space", "person", "spaces", "language", "history", "strict", "format", "rhythm", "minute", "weekday", "keep", "days", "months", "place", "folder", "owner", "created_at", "next_at", "run", "begun_at", "seen_at", "done", "known", "tries", "looked_at", "failed", "wrong", "dropped_at"),
    "snapshot": ("id", "edition", "audience", "space", "person", "made_at", "as_of", "ending", "sha256", "size", "pages", "added", "changed", "gone", "signed", "manifest", "dropped_at", "read_at", "again"),
    "snapshot_space": ("id", "snapshot", "space"),
    "letter": (
        "id", "address", "language", "about", "secret", "writer", "space", "created_at", "tries", "next_at", "sent_at", "wrong", "person",
    ),
    # What was changed in one house is no news in another.
    "gathered": ("changed_at",),
    # What another site said, asked again.
    "preview": ("id", "url", "title", "about", "site", "expires_at"),
    "feed_key": ("id", "token_hash", "person", "name", "created_at", "seen_at"),
    "correspondence": ("id", "rhythm", "most", "quiet_from", "quiet_until", "told_at", "due_at", "written_at", "failing_at",),
    "mute": ("id", "person", "reason", "thing", "created_at"),
    "followed_search": ("upto", "looked_at"),
    "search_hit": ("id", "search", "entry", "revision"),
    "caught_up": ("id", "person", "list", "opened_at", "reached_at", "before_at"),
    "told": ("id", "event"),
    "reply_address": ("id", "person", "entry", "expires_at", "refused_at"),
    "received": ("id", "digest", "created_at"),
    "password_reset": ("id", "token_hash", "person", "expires_at"),
    "attempt": ("id", "key", "count", "until"),
    "migration": ("name", "done_at", "gentle"),
}  # fmt: skip
