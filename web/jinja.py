"""Jinja as our templates need it: without what none of them asks for, which takes longer than what most of them write."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from gettext import NullTranslations
from typing import Any

from jinja2 import Environment
from jinja2.runtime import Context
from markupsafe import Markup

# More than there are to translate.
_MESSAGES = 4_000


class OurContext(Context):
    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Nothing that takes the context looks there for what was set in a loop or a block: for that, Jinja copies all of it."""
        kwargs.pop("_loop_vars", None)
        kwargs.pop("_block_vars", None)
        if getattr(called, "jinja_pass_arg", None) is None:
            return called(*args, **kwargs)
        return called(self, *args, **kwargs)


class OurEnvironment(Environment):
    context_class = OurContext

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """No template has globals of its own. They are copied for each that is rendered, which is quick from one dictionary."""
        return self.globals if d is None else super().make_globals(d)


def spoken(catalogue: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """What `_` and `trans` call, the same as Jinja's newstyle ones; what is said with nothing put into it is made once."""

    @lru_cache(_MESSAGES)
    def translated(message: str) -> Markup:
        return Markup(catalogue.gettext(message))

    @lru_cache(_MESSAGES)
    def said(message: str) -> Markup:
        return translated(message) % {}

    def gettext(message: str, /, **values: Any) -> Markup:
        return translated(message) % values if values else said(message)

    def ngettext(one: str, many: str, count: int, /, **values: Any) -> Markup:
        return Markup(catalogue.ngettext(one, many, count)) % {"num": count, **values}

    return {"_": gettext, "gettext": gettext, "ngettext": ngettext}
