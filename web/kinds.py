"""The kinds of entry, as data. A new kind is one more `Kind(…)`; no code compares a kind's name."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True)
class Kind:
    """What is particular to a kind; everything else is the same for all.

    name: the word in the database, the API and the template folder.
    path: the word in the address and the menu.
    fields: what its form asks for, in order (besides space and tags).
    required: those of `fields` that cannot be empty.
    verb: what one does who writes one: the word of the rule and of the event, and of the address of what hangs under another.
    under: the kinds it hangs under; empty for what stands alone.
    edited_by: "members" of the space, "participants" (also guests), "editors" (with the author), or the "author" alone.
    reactions: what colleagues can give it.
    noted: the one of them that is given with a few words, where it is given to an answer.
    replies_as: the word for what is written under it: "answer", "reply" or "comment".
    accepts: whether one of the replies can be the accepted one.
    stages: the states it passes through; the first is where it starts. No two kinds share one: so an entry that was of another kind between
        has the one back that it had.
    tended: whether somebody answers for it, and goes through it again by a day; its first stage goes without saying.
    sorts: what it can be said to be, besides nothing in particular.
    turns_into: the kinds it can become.
    splits_into: the kinds it can become when it is taken out of its conversation.
    joins: the kind it becomes when its conversation is put into another; empty where that is not done.
    tree: whether entries of this kind can stand under each other, ordered by hand.
    told: whether it is read from end to end: says how long that takes, a picture that it begins with stands over it, and
        what was corrected in it under it.
    serial: whether it can be a part of a series.
    annotated: whether passages of its text can be annotated.
    improved: whether those who read it can suggest a change to its text.
    translated: whether there are versions of it in other languages, which are linked to each other.
    nameless: whether it can be asked without one's name, where the hosts of a space let that be.
    polled: whether it can ask those who read it to choose.
    previewed: whether it shows what stands behind the first link in it.
    sums_up: whether it says in short what a conversation has come to: there is one of it, before all that was said.
    goes_on: the kind that takes what is too long for it.
    body_max: the longest body, in characters.
    title_max: the longest title, in characters; 0 where it has none.
    """

    name: str
    path: str
    fields: tuple[str, ...]
    required: tuple[str, ...]
    verb: str = "post"
    under: tuple[str, ...] = ()
    edited_by: str = "author"
    reactions: tuple[str, ...] = ("recommend",)
    noted: str = ""
    replies_as: str = "reply"
    accepts: bool = False
    stages: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    turns_into: tuple[str, ...] = ()
    splits_into: tuple[str, ...] = ()
    joins: str = ""
    tended: bool = False
    tree: bool = False
    told: bool = False
    serial: bool = False
    annotated: bool = False
    improved: bool = False
    translated: bool = False
    nameless: bool = False
    polled: bool = False
    previewed: bool = False
    sums_up: bool = False
    goes_on: str = ""
    body_max: int = 64 * KIB
    title_max: int = 200

    @property
    def alone(self) -> bool:
        """Stands alone: has its own page, and can head a conversation."""
        return not self.under

    @property
    def planned(self) -> bool:
        """Can be written now and shared at a time, and go out of sight at another."""
        return self.alone

    @property
    def met(self) -> str:
        """The reaction of whoever looked for just this."""
        return next(name for name in ("helped", "vote", "recommend") if name in self.reactions)

    @property
    def counted(self) -> str:
        """As what it is counted, where it hangs under another: as one of its replies or annotations, or not."""
        return "" if self.alone or self.sums_up else "annotations" if "quote" in self.fields else "replies"

    @property
    def quick(self) -> bool:
        """Said in ten seconds: asks for nothing but words."""
        return self.alone and self.required == ("body",)


ALONE = ("page", "article", "question", "thread", "micropost", "bookmark", "idea")

_KINDS = (
    Kind(
        "page",
        "pages",
        ("title", "body"),
        ("title",),
        edited_by="members",
        reactions=("recommend", "helped"),
        replies_as="comment",
        stages=("current", "unfinished", "retired"),
        turns_into=("article", "thread", "question", "idea", "micropost"),
        tended=True,
        tree=True,
        annotated=True,
        improved=True,
        translated=True,
        body_max=256 * KIB,
    ),
    Kind(
        "article",
        "articles",
        ("title", "body", "lead"),
        ("title", "body"),
        reactions=("recommend", "helped"),
        replies_as="comment",
        turns_into=("page", "thread", "question", "idea", "micropost"),
        told=True,
        serial=True,
        annotated=True,
        improved=True,
        translated=True,
        body_max=256 * KIB,
    ),
    Kind(
        "question",
        "questions",
        ("title", "body"),
        ("title",),
        edited_by="editors",
        reactions=("recommend", "vote"),
        replies_as="answer",
        accepts=True,
        nameless=True,
        turns_into=("thread", "page", "article", "idea", "micropost"),
        polled=True,
        joins="reply",
    ),
    Kind(
        "thread",
        "threads",
        ("title", "body"),
        ("title", "body"),
        edited_by="editors",
        turns_into=("question", "page", "article", "idea", "micropost"),
        polled=True,
        joins="reply",
    ),
    Kind(
        "micropost",
        "microposts",
        ("body",),
        ("body",),
        turns_into=("question", "thread", "page", "article", "idea"),
        sorts=("thanks",),
        polled=True,
        previewed=True,
        goes_on="article",
        body_max=500,
        title_max=0,
    ),
    Kind(
        "bookmark",
        "bookmarks",
        ("url", "title", "body"),
        ("url",),
        reactions=("recommend", "helped"),
        replies_as="comment",
    ),
    Kind(
        "idea",
        "ideas",
        ("title", "body"),
        ("title", "body"),
        edited_by="editors",
        reactions=("vote",),
        replies_as="comment",
        stages=("new", "considered", "planned", "done", "declined"),
        turns_into=("thread", "question", "page", "article", "micropost"),
    ),
    Kind(
        "reply",
        "replies",
        ("body",),
        ("body",),
        verb="reply",
        under=(*ALONE, "reply", "annotation", "summary"),
        reactions=("recommend", "helped", "vote"),
        noted="helped",
        splits_into=("thread", "question"),
        title_max=0,
    ),
    Kind(
        "annotation",
        "annotations",
        ("quote", "body"),
        ("quote",),
        verb="annotate",
        under=("page", "article"),
        stages=("open", "settled"),
        sorts=("wrong", "unclear", "thanks"),
        title_max=0,
    ),
    Kind(
        "summary",
        "summaries",
        ("body",),
        ("body",),
        verb="summarize",
        under=ALONE,
        edited_by="participants",
        reactions=("helped",),
        sums_up=True,
        body_max=16 * KIB,
        title_max=0,
    ),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _KINDS}
BY_PATH: dict[str, Kind] = {kind.path: kind for kind in _KINDS}
MENU: tuple[Kind, ...] = tuple(kind for kind in _KINDS if kind.alone)
QUICK = next(kind for kind in _KINDS if kind.quick)
TREED = next(kind for kind in _KINDS if kind.tree)
SUMMARY = next(kind for kind in _KINDS if kind.sums_up)
ASKED = next(kind for kind in _KINDS if kind.alone and kind.accepts)
REACTIONS: tuple[str, ...] = tuple(dict.fromkeys(name for kind in _KINDS for name in kind.reactions))
NOTED: tuple[str, ...] = tuple(dict.fromkeys(kind.noted for kind in _KINDS if kind.noted))
# Whoever gives one of these tags to an entry makes it a template for others of its kind.
TEMPLATE_TAGS = ("template", "mal")
# And whoever gives one of these to what has a title says what a word means.
TERM_TAGS = ("term", "begrep")
