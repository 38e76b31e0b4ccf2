"""Parts of pages that are made once, and then read by many: a row of a list, a reply, the menu.

What such a part is made of stands in its key, so a part that is kept is never an old one; nothing has to be told that
something changed. What differs with every reader or every minute is left open and put in each time.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from cachetools import LRUCache
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

# Nobody who writes a text can know what stands where something is left open.
_GAP = f"\x02{secrets.token_hex(8)}"
_GAPS = re.compile(f"{_GAP}:(\\w+):(-?\\d*)\x03")
_MOST = 12 << 20
# What a key and its place in the cache weigh besides the part itself; most of its words stand in both.
_KEY = 2000


def _weight(made: tuple[str, ...]) -> int:
    return 2 * sum(map(len, made)) + _KEY


_parts: LRUCache[tuple[Any, ...], tuple[str, ...]] = LRUCache(_MOST, getsizeof=_weight)


_ALWAYS_OPEN = ("csrf", "comes_back")
_NOTHING: Mapping[str, Any] = {}


def forget() -> None:
    """Nothing is known any more of what was made."""
    _parts.clear()


def remember(most: int) -> None:
    """From now on so much is kept, in characters: as much as whoever makes many pages in a row has use for."""
    global _parts
    _parts = LRUCache(most, getsizeof=_weight)


def _gap(name: str, number: int | str = "") -> Markup:
    """Stands in a part for what `part` puts there each time."""
    return Markup(f"{_GAP}:{name}:{number}\x03")


def _open_time(ms: int) -> Markup:
    return _gap("ago", ms)


@pass_context
def part(context: Context, template: str, open: Mapping[str, Any] = _NOTHING, **made_of: Any) -> Markup:
    """A template rendered with `made_of` and nothing else, or the same from before. What is in `open` it may only write, not
    look at; so also `csrf` and `comes_back`, and when something was (`…|ago`)."""
    key = (context["lang"], template, *made_of.values())
    made = _parts.get(key)
    if made is None:
        gaps = {name: _gap(name) for name in (*_ALWAYS_OPEN, *open)}
        html = context.environment.get_template(template).render(made_of, **gaps, open_times=_open_time)
        made = _parts[key] = tuple(_GAPS.split(html))
    return Markup(_filled(made, context, open))


def _filled(made: tuple[str, ...], context: Context, open: Mapping[str, Any]) -> str:
    """`made` is text, then (name, number, text) again and again."""
    if len(made) == 1:
        return made[0]
    pieces = [made[0]]
    ago: Callable[[Context, int], str] = context.environment.filters["ago"]
    for at in range(1, len(made), 3):
        name, number = made[at], made[at + 1]
        if name == "ago":
            pieces.append(ago(context, int(number)))
        else:
            pieces.append(str(escape(open[name] if name in open else context[name])))
        pieces.append(made[at + 2])
    return "".join(pieces)
