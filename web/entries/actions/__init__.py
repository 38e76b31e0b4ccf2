"""What people do to entries. Each verb is one transaction, asks the policy itself, and writes its Event."""

from __future__ import annotations

from web.entries.actions.answering import answer, end_reply_addresses
from web.entries.actions.carrying import move
from web.entries.actions.copying import copy
from web.entries.actions.fields import Fields, Saved, checked, kind_named
from web.entries.actions.gathering import MOST_GATHERED, agree, gather, may_gather, uncredit, ungather
from web.entries.actions.giving import MOST_NOTED, Met, accept, meet, react, stage, unmeet, watch
from web.entries.actions.holding import outdate, uphold
from web.entries.actions.identifying import identify
from web.entries.actions.mending import Mended, mend
from web.entries.actions.moving import place, restore, trash, turn
from web.entries.actions.naming import describe, synonym
from web.entries.actions.notifications import mute
from web.entries.actions.parting import merge, split
from web.entries.actions.passing import feature, quote
from web.entries.actions.polling import choose, end_poll
from web.entries.actions.putting import MOST_TOLD, how_many, put_to, unput
from web.entries.actions.readers import add_readers
from web.entries.actions.reading import read, read_all, read_on, unread_all
from web.entries.actions.redacting import redact
from web.entries.actions.steps import held, must_change
from web.entries.actions.suggesting import Taking, adopt, decline, proposed, reopen, suggest, withdraw
from web.entries.actions.talking import MOST_PINNED, close, pin, unclose, unpin
from web.entries.actions.tending import EVERY, tend, unverify, verify
from web.entries.actions.ticking import tick
from web.entries.actions.together import series, write_with
from web.entries.actions.translating import begun_from, translate, untranslate
from web.entries.actions.writing import edit, post, revert, tag, undo

__all__ = [
    "EVERY", "MOST_GATHERED", "MOST_NOTED", "MOST_PINNED", "MOST_TOLD", "Fields", "Mended", "Met", "Saved", "Taking", "accept", "add_readers", "adopt", "agree", "answer",
    "begun_from", "checked", "choose", "close", "copy", "decline", "describe", "edit", "end_poll", "end_reply_addresses",
    "feature", "gather", "held", "how_many", "identify", "kind_named", "may_gather", "meet", "mend", "merge", "move", "must_change", "mute", "outdate", "pin", "place", "post",
    "proposed", "put_to", "quote", "react", "read", "read_all", "read_on", "redact", "reopen", "restore", "revert", "series", "split",
    "stage", "suggest", "synonym", "tag", "tend", "tick", "translate", "trash", "turn", "unclose", "uncredit", "undo", "ungather", "unmeet",
    "unpin", "unput", "unread_all", "untranslate", "unverify", "uphold", "verify", "watch", "withdraw", "write_with",
]  # fmt: skip
