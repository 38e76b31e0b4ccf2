"""The same words in another kind's form: none of them is lost on the way, and none is hidden."""

from __future__ import annotations

from collections.abc import Mapping

from web.kinds import Kind

# What only some kinds ask for, in the order in which it stands before the text.
_ABOVE = ("title", "url", "lead")


def refitted(form: Mapping[str, str], kind: Kind) -> dict[str, str]:
    """What was typed, as `kind` asks for it. A title, an address or a lead that it has no field for becomes a paragraph of the text,
    and goes back into its field when a kind that has one is chosen. `moved_<field>` in the form remembers it."""
    words = dict(form)
    paragraphs = words.get("body", "").replace("\r\n", "\n").split("\n\n")
    above = []
    for name in _ABOVE:
        there, moved = words.get(name, ""), words.get(f"moved_{name}", "")
        if name not in kind.fields and there.strip():
            above.append(there.strip())
            words |= {name: "", f"moved_{name}": there.strip()}
        elif name in kind.fields and not there and moved and moved in paragraphs:
            paragraphs.remove(moved)
            words |= {name: moved, f"moved_{name}": ""}
    words["body"] = "\n\n".join([*above, *paragraphs] if any(paragraphs) else above)
    return words
