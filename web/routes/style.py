"""Every part of the look, in every state, on one page: for whoever works on Dugnad itself, and for nobody else."""

import re
from typing import Any

from litestar import Request, Response, get

from web import static_files
from web.bodies import body_of_draft
from web.entries import diff
from web.entries.rows import Entry, Face, Place, Tag
from web.errors import Invalid, NotThere
from web.forms import Form
from web.http import Notice, Undo, page
from web.kinds import KINDS
from web.people.rows import Space
from web.policy import Mine, Viewer

_BY = Face(1, "kari", "Kari Haugen")
_PLACE = Place(1, "house", "Tindevik", "open")
_SPACES = (
    Space(1, "house", "Tindevik", "", "open", False, 40, 0),
    Space(2, "ledelse", "Ledelse", "", "closed", False, 5, 0),
)  # fmt: skip
_VIEWER = Viewer(
    1, "kari", "Kari Haugen", colleague=True, admin=True,
    spaces=(Mine(1, "house", "Tindevik", "open", False, "host"),),
)  # fmt: skip
_ASKED_AT = 1_764_000_000_000
_WORDS = "Ferga går hver time. Den som kommer for sent, venter på neste, og kafeen har kaffe så lenge."
_BEFORE = "Ferga går hver time.\nMøt opp ti minutter før.\n\nHund må stå i bur."
_AFTER = "Ferga går hver halvtime.\nMøt opp ti minutter før.\n\nTa med billetten."
_MARKDOWN = """
## A heading

A paragraph with *emphasis*, **strength**, `code`, ~~regret~~, [a link](https://example.org/), @kari and #tag.

### A smaller one

1. First
2. Second
   - Inside

- [x] Done
- [ ] Not yet

> A quotation,
> on two lines.

> [!TIP]
> Something that helps.

> [!WARNING]
> Something that hurts.

| Place | Departs | Arrives |
|---|---:|---:|
| Tindevik | 07:15 | 07:55 |
| Eidsosen | 08:05 | 08:45 |

```python
def departs(hour: int) -> str:
    return f"{hour:02}:15"  # a comment
```

A sentence with a note.[^1]

[^1]: The note.
"""


@get("/style")
async def style(request: Request) -> Response[Any]:
    if not request.app.state.settings.develop:
        raise NotThere
    sheet = static_files.contents()[static_files.STYLES].decode()
    entries = [_sample(number, kind) for number, kind in enumerate(KINDS, start=1)]
    return page(
        request, "style.html", viewer=_VIEWER, spaces=_SPACES, entries=entries, form=Form(), wrong=None, unsaved=False, preview=None,
        colours=list(dict.fromkeys(re.findall(r"--([a-z-]+): (?:light-dark\(|#)", sheet))), changes=diff.word_diff(_BEFORE, _AFTER),
        prose=await body_of_draft(request, _MARKDOWN), invalid=Invalid("title", "This cannot be empty."),
        said=(Notice("Saved."), Notice("It is in the bin.", Undo("/style/"))), tags={each.id: (Tag(1, "ferge", "Ferge"),) for each in entries},
        mine={1: ("recommend",)}, watching="all", older_url="/style/",
    )  # fmt: skip


def _sample(id: int, name: str) -> Entry:
    kind = KINDS[name]
    return Entry(
        id=id, kind=name, space=_PLACE, author=_BY if id % 2 else Face(2, "tore", "Tore Berg"), parent=None, root=id, revision=1,
        title="Hvor ofte går ferga om vinteren?" if kind.title_max else "", slug="", body=_WORDS, lead="", lang=None, created_at=_ASKED_AT,
        updated_at=_ASKED_AT, active_at=_ASKED_AT, url="https://example.org/ferge" if "url" in kind.fields else None,
        quote="Ferga går hver time." if "quote" in kind.fields else None, anchor=None, sort=None, stage=kind.stages[0] if kind.stages else None,
        accepted=1 if kind.accepts else None, position=0, replies=id, annotations=0, recommend=2, helped=1, vote=3, watchers=0,
        revisions=1, trashed_at=None, trashed_by=None, trash_reason="", hide_at=None, excerpt=_WORDS, words=700 if kind.told else None,
    )  # fmt: skip


handlers = [style]
