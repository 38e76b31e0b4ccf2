"""The words for what readers say of a text, and what they would change in it."""

from __future__ import annotations

from web.words.catalogues import N_

# What is said of a passage: as it is chosen, and as it is told.
SORTS = {"wrong": N_("Something is wrong"), "unclear": N_("It is hard to understand"), "thanks": N_("Thanks for this")}
SORTED = {"wrong": N_("Wrong?"), "unclear": N_("Unclear?"), "thanks": N_("Thanks")}
SUGGESTED = {"theirs": N_("as it stands now"), "mine": N_("as suggested"), "both": N_("both, as it stands first")}
SUGGESTIONS = {"waiting": N_("Waiting"), "decided": N_("Decided"), "mine": N_("Your own")}
SUGGESTIONS_ABOUT = {
    "waiting": N_("Changes that readers suggest to what you may edit."),
    "decided": N_("What became of changes to what you may edit."),
    "mine": N_("What you have suggested, and what became of it."),
}
SUGGESTIONS_NONE = {
    "waiting": N_("Nothing waits for you."),
    "decided": N_("Nothing has been decided yet."),
    "mine": N_("You have not suggested anything yet. Where you read a page or an article, press “Suggest a change”."),
}
# What became of a suggested change.
OUTCOMES = {
    "adopted": N_("Accepted"),
    "partly": N_("Accepted in part"),
    "declined": N_("Declined"),
    "withdrawn": N_("Withdrawn"),
    "gone": N_("Taken away with the text it was based on"),
}

# Why a draft was not shared at its time.
NOT_SHARED = {
    "rights": N_("You may no longer write where it was to go. Choose another place for it."),
    "words": N_("It cannot be shared as it stands. Go on writing, and share it from there."),
    "ended": N_("Something went wrong on our side. You can share it now."),
}
# What something was at first that is of another kind now.
BEGAN = {
    "page": N_("Began as a page"),
    "article": N_("Began as an article"),
    "question": N_("Began as a question"),
    "thread": N_("Began as a thread"),
    "micropost": N_("Began as a micropost"),
    "bookmark": N_("Began as a bookmark"),
    "idea": N_("Began as an idea"),
    "reply": N_("Began as a reply"),
    "annotation": N_("Began as an annotation"),
    "summary": N_("Began as a summary"),
}
