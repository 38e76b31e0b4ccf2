"""A question in a text: what is asked as in the search, and answered with what whoever reads it may read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from web.database import SQL, join_and, rows
from web.entries import rows as shapes
from web.entries.queries.links import PLAIN_REF
from web.entries.rows import Face, Ref
from web.entries.search import Query, conditions, read
from web.policy import Viewer, visible_to

# Questions on one page, and lines of an answer.
_MOST, MOST_LINES = 5, 100


class Line(msgspec.Struct, frozen=True):
    """One entry of an answer. `review_by`: the day by which it is to be gone through, where that was said."""

    ref: Ref
    space: str
    author: Face
    stage: str | None
    review_by: str | None


async def answers(viewer: Viewer, asked: Sequence[str]) -> dict[str, tuple[Line, ...]]:
    """By what is asked; the first few of these questions, in one statement. Of each at most MOST_LINES, by the day they are due, then by title;
    one more where there are more."""
    questions = list(dict.fromkeys(" ".join(each.split()) for each in asked))[:_MOST]
    found = await rows(
        " UNION ALL ".join("SELECT * FROM ({}) AS part" for _ in questions),
        *(_statement(viewer, number, each) for number, each in enumerate(questions)),
    )
    made: dict[str, list[Line]] = {each: [] for each in questions}
    for each in found:
        line = Line(shapes.ref(each), each["space_name"], shapes.face(each), each["stage"], each["review_by"])
        made[questions[each["question"]]].append(line)
    # The engines do not sort letters alike.
    return {question: tuple(sorted(lines, key=_place)) for question, lines in made.items()}


def _place(line: Line) -> tuple[str, str, int]:
    return line.review_by or "9", line.ref.title.casefold(), line.ref.id


def _in_title(query: Query) -> list[SQL]:
    """Words that are asked for stand in the title."""
    return [
        SQL(f"{'NOT ' * not_there}e.title_key LIKE {{}}", f"%{' '.join(words)}%")
        for not_there, phrases in ((False, query.wanted), (True, query.unwanted))
        for words in phrases
    ]


def _statement(viewer: Viewer, number: int, asked: str) -> SQL:
    query = read(asked)
    where = join_and(visible_to(viewer), SQL("e.root = e.id"), *conditions(viewer, query), *_in_title(query))
    return SQL(
        f"SELECT {number} AS question, {PLAIN_REF}, e.stage, e.author, a.handle AS author_handle, a.name AS author_name, "
        "s.name AS space_name, w.review_by FROM entry e JOIN person a ON a.id = e.author JOIN space s ON s.id = e.space "
        "LEFT JOIN tending w ON w.id = e.id WHERE {} ORDER BY COALESCE(w.review_by, '9'), e.title_key, e.id LIMIT {}",
        where if not query.empty else SQL("1 = 0"), MOST_LINES + 1,
    )  # fmt: skip
