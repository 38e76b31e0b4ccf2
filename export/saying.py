"""What an entry, a person and a file say of themselves wherever they are shown, as far as that is known."""

from __future__ import annotations

from typing import Any

from export.found import Found
from export.marks import hashed


class Saying:
    """Asks what was found."""

    def __init__(self, found: Found) -> None:
        self._found, self._gone_from = found, found.gone_from()
        self._gathered_at = found.gathered_at()
        # What few entries have is not asked for one by one.
        self._apart = {*found.talks, *found.ways, *self._gone_from, *self._gathered_at, *found.helped, *found.outdated}
        # What a link to an entry says, how somebody is called, and what is said of a space.
        self._refs = {
            id: (each.kind, each.slug, each.title or each.revision, each.root) for id, each in found.entries.items()
        }
        self._faces = {id: (each.handle, each.name) for id, each in found.people.items()}
        self._places = {id: (each.slug, each.name, each.access, each.public) for id, each in found.spaces.items()}

    def _own_of(self, entry: Any) -> bytes:
        """What an entry shows of itself."""
        id = entry.id
        found, face = self._found, self._face
        links = [
            (each.written, self._ref(each.target) or self._gone(each.target), face(each.person), self._picture(each.attachment), each.embeds)
            for each in found.links.get(id, ())
        ]  # fmt: skip
        said = [(each.id, face(each.actor), each.note) for each in found.events.get(id, ()) if each.verb in ("stage", "verify", "close", "turn")]  # fmt: skip
        corrected = [each.id for each in found.revisions.get(id, ()) if each.correction and not each.redacted_at]
        writers = [face(each) for each in found.writers.get(id, ())]
        tended = found.tended.get(id)
        return hashed(
            tuple(entry), self._places[entry.space], face(entry.author), face(entry.editor), writers, found.tags.get(id), found.polls.get(id), links, said, corrected, self._kept_apart(id),
            tended and (tuple(tended), face(tended.owner), self._ref(tended.instead)),
        )  # fmt: skip

    def _kept_apart(self, id: int) -> tuple[Any, ...]:
        """Whether it is closed or pinned, and the ways between it and other conversations."""
        if id not in self._apart:
            return ()
        talk, way = self._found.talks.get(id), self._found.ways.get(id)
        gone = [(tuple(each), self._ref(each.id), self._face(each.person)) for each in self._gone_from.get(id, ())]
        return (
            talk and tuple(talk),
            way and (tuple(way), self._ref(way.source), self._face(way.person)),
            gone,
            self._gathered(id),
            self._held(id),
        )

    def _held(self, id: int) -> tuple[Any, ...]:
        """How it helped, and whether it holds."""
        old = self._found.outdated.get(id)
        helped = [(tuple(each), self._face(each.person)) for each in self._found.helped.get(id, ())]
        other = self._found.entries.get(old.instead or 0) if old else None
        return helped, old and (tuple(old), self._face(old.person), self._face(other.author) if other else None)

    def _gathered(self, id: int) -> list[tuple[Any, ...]]:
        """What of conversations stands in it, and where what was said in it stands."""
        entries, told = self._found.entries, []
        for each in self._gathered_at.get(id, ()):
            source = entries.get(each.source) if each.page == id else None
            said = (self._ref(source.id), self._ref(source.root), self._face(source.author)) if source else ()
            told.append((each.id, each.section, each.anchor, each.source, self._ref(each.page), said))
        return told

    def _picture(self, file: int | None) -> tuple[Any, ...] | None:
        found = self._found.files.get(file or 0)
        return (found.id, found.width, found.height) if found else None

    def _face(self, person: int | None) -> tuple[str, str] | None:
        return self._faces.get(person or 0)

    def _is_active(self, person: int) -> bool:
        return bool(person in self._found.people and self._found.people[person].active)

    def _ref(self, entry: int | None) -> tuple[Any, ...] | None:
        return self._refs.get(entry or 0)

    def _gone(self, entry: int | None) -> str | None:
        found = self._found.gone.get(entry or 0)
        return found.kind if found else None
