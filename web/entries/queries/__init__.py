"""Every read of entries. Each takes the viewer, and what the viewer may not read is not there."""

from __future__ import annotations

from web.entries.queries.borne import Borne, borne, polls_at
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
    summary,
)  # fmt: skip
from web.entries.queries.desk import LATEST, desk, is_featured, thanked
from web.entries.queries.first import first_things
from web.entries.queries.gathering import lives_in, newcomers, outgrown, pages_to_change
from web.entries.queries.glossary import GLOSSARY_SIZE, Stamp, called, glossary, glossary_spaces, saying, stamp, terms
from web.entries.queries.handed import HANDED, Handed, handed
from web.entries.queries.history import (
    HISTORY_SIZE,
    chain,
    corrections,
    history,
    revision,
    revision_before,
    revisions,
    step_after,
    steps,
)  # fmt: skip
from web.entries.queries.holding import my_note, outdated, outdated_at
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
    named_in_links,
    titles_like,
    trail,
)  # fmt: skip
from web.entries.queries.lists import (
    ALONE,
    COLUMNS,
    EVERY,
    MONTH_SIZE,
    PAGE_SIZE,
    TABLES,
    TREES,
    WAITS,
    Cursor,
    Filter,
    Listed,
    Month,
    Place,
    bin_of,
    entries,
    entry,
    face,
    faces,
    months,
    stream,
    trashed,
    written,
)  # fmt: skip
from web.entries.queries.news import editing, lately, latest, news, news_of
from web.entries.queries.notifications import (
    MOST_NOTIFICATIONS,
    NOTIFICATIONS_SIZE,
    Act,
    Correspondence,
    Muted,
    Notification,
    Reason,
    correspondence,
    muted,
    notifications,
    unread,
)  # fmt: skip
from web.entries.queries.past import conversation_at, stood_at, trail_at
from web.entries.queries.series import latest_parts, part_of, parts, series_in
from web.entries.queries.suggestions import (
    SUGGESTIONS_SIZE,
    Suggested,
    Suggestions,
    decided_suggestions,
    my_suggestions,
    suggestion,
    suggestions_of,
    waiting_suggestions,
)  # fmt: skip
from web.entries.queries.tags import (
    MANY,
    SOME,
    form_tags,
    is_used,
    meaning,
    tag,
    tags,
    tags_like,
    tags_of,
    templates,
    typed_tags,
)  # fmt: skip
from web.entries.queries.talks import MOST_NEW, first_new, pinned_in, read_to, way_of
from web.entries.queries.tending import (
    MOST_DUE,
    TENDED,
    USUALLY,
    answered_for_by,
    due,
    due_by,
    looked_after,
    tended_at,
    tended_by,
    tending,
)
from web.entries.queries.titles import DIGITS, LETTERS, OTHERS, TITLES_SIZE, Titles, letter_of, letters, titles
from web.entries.queries.translating import related, translated, translations_at
from web.entries.queries.trees import MOST_BELOW, Shift, below, branch, shift, standing, tree
from web.entries.queries.upkeep import (
    MOST_WANTED,
    Wanted,
    behind,
    dead_ends,
    doubts,
    lost,
    most_read,
    never_read,
    orphans,
    undescribed,
    untouched,
    wanted,
)  # fmt: skip

__all__ = [
    "ALONE", "CHANGES_MONTH_SIZE", "CHANGES_SIZE", "COLUMNS", "CONVERSATION_SIZE", "DIGITS", "EVERY", "GLOSSARY_SIZE", "HANDED",
    "HISTORY_SIZE", "LATEST", "LETTERS", "MANY", "MONTH_SIZE", "MOST_BELOW", "MOST_DUE", "MOST_NEW", "MOST_NOTIFICATIONS",
    "MOST_WANTED", "NOTIFICATIONS_SIZE", "OTHERS", "PAGE_SIZE", "SOME", "SUGGESTIONS_SIZE", "TABLES", "TENDED", "TITLES_SIZE",
    "TREES", "USUALLY", "WAITS", "Act", "Borne", "Correspondence", "Cursor", "Filter", "Handed", "Listed", "Month", "Muted", "Notification",
    "Place", "Reason", "Shift", "Stamp", "Suggested", "Suggestions", "Titles", "Wanted", "answered_for_by", "around",
    "backlinks", "behind", "below", "bin_of", "borne", "branch", "called", "called_by", "chain", "changes", "children",
    "conversation", "conversation_at", "corrections", "correspondence", "dead_ends", "decided_suggestions", "desk", "doubts",
    "due", "due_by", "editing", "entries", "entry", "face", "faces", "first_new", "first_things", "form_tags", "former_titles",
    "glossary", "glossary_spaces", "handed", "happenings", "history", "is_featured", "is_used", "lately", "latest", "latest_parts", "leads",
    "letter_of", "letters", "links", "lives_in", "looked_after", "lost", "meaning", "miscalled_by", "months",
    "months_of_changes", "most_read", "muted", "my_marks", "my_note", "my_reactions", "my_suggestions", "named", "named_in_links",
    "never_read", "newcomers", "news", "news_of", "notifications", "orphans", "outdated", "outdated_at", "outgrown", "pages_to_change",
    "part_of", "parts", "pinned_in", "polls_at", "read_to", "related", "replies", "revision", "revision_before", "revisions",
    "saying", "series_in", "shift", "stamp", "standing", "step_after", "steps", "stood_at", "stream", "suggestion",
    "suggestions_of", "summary", "tag", "tags", "tags_like", "tags_of", "templates", "tended_at", "tended_by", "tending",
    "terms", "texts_of", "thanked", "titles", "titles_like", "trail", "trail_at", "translated", "translations_at", "trashed",
    "tree", "typed_tags", "undescribed", "unread", "untouched", "waiting_suggestions", "wanted", "way_of", "written",
]  # fmt: skip
