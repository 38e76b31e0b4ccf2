"""Every read of entries. Each takes the viewer, and what the viewer may not read is not there."""

from __future__ import annotations

from web.entries.queries.changes import (
    CHANGES_MONTH_SIZE,
    CHANGES_SIZE,
    changes,
    months_of_changes,
    texts_of,
)  # fmt: skip
from web.entries.queries.conversations import (
    CONVERSATION_SIZE,
    conversation,
    happenings,
    my_marks,
    my_reactions,
    replies,
    revision,
    revisions,
)  # fmt: skip
from web.entries.queries.first import first_things
from web.entries.queries.links import (
    around,
    backlinks,
    called_by,
    children,
    former_titles,
    leads,
    links,
    miscalled_by,
    named,
    titles_like,
    trail,
    tree,
)  # fmt: skip
from web.entries.queries.lists import (
    ALONE,
    COLUMNS,
    EVERY,
    MONTH_SIZE,
    PAGE_SIZE,
    TABLES,
    TREES,
    Cursor,
    Filter,
    Listed,
    Month,
    Place,
    bin_of,
    entries,
    entry,
    face,
    months,
    stream,
    trashed,
    written,
)  # fmt: skip
from web.entries.queries.news import latest, news, news_of
from web.entries.queries.past import conversation_at, stood_at, trail_at
from web.entries.queries.tags import LATEST, MANY, SOME, form_tags, tag, tags, tags_like, tags_of, written_by
from web.entries.queries.titles import DIGITS, LETTERS, OTHERS, TITLES_SIZE, Titles, letter_of, letters, titles

__all__ = [
    "ALONE", "CHANGES_MONTH_SIZE", "CHANGES_SIZE", "COLUMNS", "CONVERSATION_SIZE", "DIGITS", "EVERY", "LATEST", "LETTERS", "MANY", "MONTH_SIZE", "OTHERS", "PAGE_SIZE", "SOME", "TABLES", "TITLES_SIZE", "TREES", "Cursor", "Filter", "Listed", "Month", "Place", "Titles",
    "around", "backlinks", "bin_of", "called_by", "changes", "children", "conversation", "conversation_at", "entries", "entry", "face", "first_things", "form_tags", "former_titles", "happenings", "latest", "leads", "letter_of", "letters", "links", "miscalled_by", "months", "months_of_changes", "my_marks", "my_reactions",
    "named", "news", "news_of", "replies", "revision", "revisions", "stood_at", "stream", "tag", "tags", "tags_like", "tags_of",
    "texts_of", "titles", "titles_like", "trail", "trail_at", "trashed", "tree", "written", "written_by",
]  # fmt: skip
