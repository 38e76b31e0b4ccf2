"""The words of the program in each language, and how each language writes times, dates and sizes."""

from __future__ import annotations

from functools import cache, lru_cache

from web.words.acts import VERBS as VERBS
from web.words.catalogues import DEFAULT as DEFAULT
from web.words.catalogues import LANGUAGES as LANGUAGES
from web.words.catalogues import N_ as N_
from web.words.catalogues import NAMES as NAMES
from web.words.catalogues import catalogue as catalogue
from web.words.voices import BEGAN as BEGAN
from web.words.voices import NOT_SHARED as NOT_SHARED
from web.words.voices import OUTCOMES as OUTCOMES
from web.words.voices import SORTED as SORTED
from web.words.voices import SORTS as SORTS
from web.words.voices import SUGGESTED as SUGGESTED
from web.words.voices import SUGGESTIONS as SUGGESTIONS
from web.words.voices import SUGGESTIONS_ABOUT as SUGGESTIONS_ABOUT
from web.words.voices import SUGGESTIONS_NONE as SUGGESTIONS_NONE
from web.words.when import ago as ago
from web.words.when import date as date
from web.words.when import date_and_time as date_and_time
from web.words.when import iso as iso
from web.words.when import month as month
from web.words.when import size as size
from web.words.when import weekdays as weekdays

_NORWEGIAN = ("nb", "no", "nn")

KIND = {
    "page": N_("Page"),
    "article": N_("Article"),
    "question": N_("Question"),
    "thread": N_("Thread"),
    "micropost": N_("Micropost"),
    "bookmark": N_("Bookmark"),
    "idea": N_("Idea"),
    "reply": N_("Reply"),
    "annotation": N_("Annotation"),
    "summary": N_("Summary"),
}
NEW = {
    "page": N_("New page"),
    "article": N_("New article"),
    "question": N_("New question"),
    "thread": N_("New thread"),
    "micropost": N_("New micropost"),
    "bookmark": N_("New bookmark"),
    "idea": N_("New idea"),
    "reply": N_("New reply"),
    "annotation": N_("New annotation"),
    "summary": N_("New summary"),
}
CHANGED = {
    "page": N_("Edit the page"),
    "article": N_("Edit the article"),
    "question": N_("Edit the question"),
    "thread": N_("Edit the thread"),
    "micropost": N_("Edit the micropost"),
    "bookmark": N_("Edit the bookmark"),
    "idea": N_("Edit the idea"),
    "reply": N_("Edit the reply"),
    "annotation": N_("Edit the annotation"),
    "summary": N_("Edit the summary"),
}
KINDS = {
    "page": N_("Pages"),
    "article": N_("Articles"),
    "question": N_("Questions"),
    "thread": N_("Threads"),
    "micropost": N_("Microposts"),
    "bookmark": N_("Bookmarks"),
    "idea": N_("Ideas"),
    "reply": N_("Replies"),
    "annotation": N_("Annotations"),
    "summary": N_("Summaries"),
}
PURPOSES = {
    "page": N_("Write it down once, and let everybody keep it right."),
    "article": N_("Tell a story, with your name on it."),
    "question": N_("Ask, and find who can answer."),
    "thread": N_("Talk something over."),
    "micropost": N_("Say something in ten seconds."),
    "bookmark": N_("Keep a good link, and say why it is good."),
    "idea": N_("Propose something better, and see who agrees."),
}
THEMES = {"light": N_("Light"), "dark": N_("Dark"), "": N_("As the device")}
# What is said of an answer that is an error: what it is, and what to do.
WRONG = {
    403: (N_("You cannot do this"), N_("You can see it, but not do that to it. Ask somebody who runs the space.")),
    404: (N_("There is nothing here"), N_("It may have moved, or it is not for you to see. Try a search.")),
    405: (N_("This address does not take that"), N_("Go back and try it another way.")),
    409: (N_("Somebody else changed this meanwhile"), N_("Open it again and see what is new before you save.")),
    413: (N_("This is too large"), N_("Make it smaller, or share it in parts.")),
    422: (N_("This cannot be accepted"), N_("Go back, mend it and try again.")),
    429: (N_("Too many tries"), N_("Wait a little and try again.")),
    503: (
        N_("The files cannot be reached right now"),
        N_("Nothing is lost. Try again in a while; if it goes on, tell whoever runs this."),
    ),
}
OUR_FAULT = (
    N_("Something went wrong here"),
    N_("It is our fault, not yours. Try again in a while; if it goes on, tell whoever runs this."),
)
NEEDS_KEY = (
    N_("This feed needs a key"),
    N_("Make one in your settings, and give it to your feed reader as the password. The name can be any."),
)
SIDES = {"theirs": N_("theirs"), "mine": N_("mine"), "both": N_("both, theirs first")}
# The same where the one side is a text without a change that somebody wants undone.
UNDOING = {"theirs": N_("as it stands now"), "mine": N_("without that change"), "both": N_("both, as it stands first")}
UNDONE = N_("Undid the change by %(name)s, %(when)s")
STAGES = {
    "new": N_("New"),
    "considered": N_("Being considered"),
    "planned": N_("Planned"),
    "done": N_("Done"),
    "declined": N_("Declined"),
    "current": N_("As it should be"),
    "unfinished": N_("Unfinished"),
    "retired": N_("Retired"),
    "open": N_("Open"),
    "settled": N_("Settled"),
}
# What is said of one that is at it, where nobody has.
STANDING = {
    "unfinished": N_("This is not finished yet."),
    "retired": N_("This is no longer right, or no longer needed."),
}
EVERY = {
    "1": N_("Every month"),
    "3": N_("Four times a year"),
    "6": N_("Twice a year"),
    "12": N_("Once a year"),
    "24": N_("Every other year"),
    "0": N_("Never"),
}
ROLES = {"host": N_("Host"), "editor": N_("Editor"), "member": N_("Member"), "guest": N_("Guest")}
ACCESS = {"open": N_("Open"), "closed": N_("Closed"), "secret": N_("Secret")}
REACTIONS = {"recommend": N_("Recommend"), "helped": N_("This helped me"), "vote": N_("Vote")}
REACTED = {"recommend": N_("Recommended"), "helped": N_("Helped me"), "vote": N_("Voted")}
OVER = {
    "note": N_("Note"),
    "tip": N_("Tip"),
    "important": N_("Important"),
    "warning": N_("Warning"),
    "caution": N_("Caution"),
    "diagram": N_("The diagram as text"),
    "undrawn": N_("This diagram cannot be drawn"),
}
UNREAD = {
    "locked": N_("It is locked with a password: the search does not know what stands in it."),
    "broken": N_("The search could not read what stands in it: the file seems to be broken."),
    "large": N_("The search could not read what stands in it: that would take too long, or too much memory."),
    "gone": N_("Its bytes are not where files are kept. Tell whoever runs the house."),
}
KNOWS = {
    "accepted": N_("Had the answer to"),
    "helped": N_("Helped others with"),
    "wrote": N_("Wrote"),
    "changed": N_("Worked on"),
    "verified": N_("Went through"),
    "answered": N_("Gave an answer to"),
    "says": N_("Can be asked about"),
    "instead": N_("Is the one to ask about"),
}
SAYS = {"ask": N_("Ask me about"), "learning": N_("I am learning"), "pass": N_("Do not ask me about")}
UPKEEP = {
    "wanted": N_("Wanted"),
    "orphans": N_("Alone"),
    "dead-ends": N_("Dead ends"),
    "untouched": N_("Longest untouched"),
    "due": N_("To go through"),
    "yours": N_("Yours to go through"),
    "changed": N_("Changed at the other end"),
    "most-read": N_("Most read"),
    "never-read": N_("Never read"),
    "doubts": N_("Doubted"),
    "lost": N_("Passages gone"),
    "pictures": N_("Pictures without words"),
    "behind": N_("Languages behind"),
}
UPKEEP_ABOUT = {
    "wanted": N_("Pages that texts link to, and that nobody has written yet."),
    "orphans": N_(
        "Pages that nothing links to, and that stand under no other page and over none: they are found only by searching."
    ),
    "dead-ends": N_("Pages that lead nowhere: no link to another text, and no page under them."),
    "untouched": N_("Pages on which nothing has been changed or said for longest. Perhaps they are still right."),
    "due": N_(
        "Pages whose day has come. First what many read, what has been remarked upon, and what nobody has gone through for long."
    ),
    "yours": N_("The same, of what you answer for: what you wrote, or were asked to look after."),
    "changed": N_("What was said and stands on a page too: one of them is yours, and the other has changed."),
    "most-read": N_(
        "By how many people have read them in the last twelve months. Nobody is named, and each counts once a day."
    ),
    "never-read": N_("Pages that nobody has read in the last twelve months, the oldest first."),
    "doubts": N_("Passages of which somebody said that they are wrong or unclear, and that nobody has settled yet."),
    "lost": N_("What was said of passages that stand in the text no more. Settle what has been dealt with."),
    "pictures": N_(
        "Texts with a picture of which nobody has said what it shows. Say it between its brackets, for those who cannot see it, or leave them empty where it only decorates."
    ),
    "behind": N_("What was translated from a text that has been changed since."),
}
MAILED = {
    "soon": N_("Soon, and then twice a day at most"),
    "daily": N_("Once a day"),
    "weekly": N_("Once a week, on Monday"),
    "monthly": N_("Once a month"),
    "never": N_("Never"),
}
AUDIENCES = {
    "public": N_("The whole world"),
    "everyone": N_("Everybody in the house"),
    "space": N_("A space"),
    "person": N_("One person"),
}
FORMATS = {
    "site": N_("Pages in a folder"),
    "zip": N_("Pages in one file (zip)"),
    "bag": N_("A bag for archives (BagIt)"),
    "zim": N_("One file for Kiwix (ZIM)"),
}
RHYTHMS = {
    "": N_("Only when somebody asks for it"),
    "hour": N_("Every hour"),
    "day": N_("Every day"),
    "week": N_("Every week"),
}
# What went wrong, and what to do.
FAILED = {
    "unsound": N_("Nothing was published. What is said here has to be mended first; then make it again."),
    "ended": N_(
        "Nothing was published: it was ended by force again and again before it was done. Perhaps the machine had too little memory or disk; ask whoever runs it."
    ),
    "owner": N_(
        "Nothing was published: whoever set this up does not administer the house any more, or may not read all of it. Save it again in your name."
    ),
    "audience": N_(
        "Nothing was published: somebody it is for, or a space that it is of, is not there any more. Choose again, and save."
    ),
    "place": N_(
        "Nothing was published: the place cannot be reached, or may not be used. Ask whoever runs the machine; it is tried again in a few minutes."
    ),
    "anew": N_(
        "The newest one is published. Older ones that hold what they should not could not be made anew; nobody gets them until they are. It is tried again the next time."
    ),
    "fault": N_(
        "Nothing was published: something went wrong here, and it is our fault. Whoever runs the house finds more in the log."
    ),
}
# Of texts: more than we speak ourselves.
TONGUES = {"nb": N_("Norwegian"), "nn": N_("Norwegian Nynorsk"), "en": N_("English")}


@cache
def kinds_by_word() -> dict[str, str]:
    """The kinds by what they are called in each language, one or many of them, in lower case."""
    return _by_word(KIND) | _by_word(KINDS)


@cache
def stages_by_word() -> dict[str, str]:
    return _by_word(STAGES)


def _by_word(table: dict[str, str]) -> dict[str, str]:
    return {
        catalogue(language).gettext(word).casefold(): name for language in LANGUAGES for name, word in table.items()
    }


@lru_cache(maxsize=1000)
def choose(*wishes: str | None) -> str:
    """The first wish that we speak; a wish is a language, or a whole Accept-Language header."""
    for wish in wishes:
        for part in _by_weight(wish or ""):
            tongue = part.split("-")[0].lower()
            if tongue in _NORWEGIAN:
                return "nb"
            if tongue in LANGUAGES:
                return tongue
    return DEFAULT


def _by_weight(header: str) -> list[str]:
    weighted = []
    for part in header[:500].split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), name))
        except ValueError:
            continue
    return [name for weight, name in sorted(weighted, key=lambda each: each[0]) if weight < 0]


def undone(name: str, when: int, language: str) -> str:
    """What the history says of a change that somebody undid."""
    return catalogue(language).gettext(UNDONE) % {"name": name, "when": date_and_time(when, language)}
