"""Parts of pages that are made once, and then read by many: a row of a list, a reply, the menu.

What such a part is made of stands in its key, so a part that is kept is never an old one; nothing has to be told that
something changed. What differs with every reader or every minute is left open and put in each time.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Any

from cachetools import LRUCache
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

# Nobody who writes a text can know what stands where something is left open.
_GAP = f"\x02{secrets.token_hex(8)}"
_GAPS = re.compile(f"{_GAP}:(\\w+):(-?\\d*)\x03")
_MOST = 32 << 20
# What a key and its place in the cache weigh besides the part itself; most of its words stand in both.
_KEY = 2000
_parts: LRUCache[tuple[Any, ...], tuple[str, ...]] = LRUCache(
    _MOST, getsizeof=lambda made: 2 * sum(map(len, made)) + _KEY
)


def gap(name: str, number: int | str = "") -> Markup:
    """Stands in a part for what `part` puts there each time."""
    return Markup(f"{_GAP}:{name}:{number}\x03")


_GAPS_IN_ALL = {name: gap(name) for name in ("csrf", "comes_back")}


@pass_context
def part(context: Context, template: str, **made_of: Any) -> Markup:
    """A template rendered with `made_of` and nothing else, or the same from before. Besides that it may write `csrf`,
    `comes_back`, and when something was (`…|ago`)."""
    key = (context["lang"], template, *made_of.values())
    made = _parts.get(key)
    if made is None:
        html = context.environment.get_template(template).render(made_of, **_GAPS_IN_ALL, open_times=True)
        made = _parts[key] = tuple(_GAPS.split(html))
    return Markup(_filled(made, context))


def _filled(made: tuple[str, ...], context: Context) -> str:
    """`made` is text, then (name, number, text) again and again."""
    if len(made) == 1:
        return made[0]
    pieces = [made[0]]
    ago: Callable[[Context, int], str] = context.environment.filters["ago"]
    for at in range(1, len(made), 3):
        name, number = made[at], made[at + 1]
        pieces.append(ago(context, int(number)) if name == "ago" else str(escape(context[name])))
        pieces.append(made[at + 2])
    return "".join(pieces)
