"""A text says behind its words what they mean, to each reader as they may read it."""

from __future__ import annotations

import re

import pytest

from tests.cast import House, how_many
from web.database import counted_statements
from web.entries import actions, queries
from web.entries.actions import Fields
from web.entries.rows import Ref
from web.entries.terms import Lexicon, Term, marked, meaning, names_of

SAYS = "Et avvik er noe som ikke er som det skal være."


def term(id: int, title: str, plain: str = "It means that.", space: int = 1) -> Term:
    return Term(Ref(id, "page", "x", title, id), names_of(title, plain), meaning("", plain), space, "Torget", None, 1)


def shown(html: str, *terms: Term, space: int = 1) -> str:
    """Each that is marked as `[id:words]`."""
    by_id = {each.id: each for each in terms}
    return marked(html, Lexicon(terms), by_id, space, lambda term, words, _: f"[{term.id}:{words}]")


AVVIK, SERIOUS = term(1, "Avvik"), term(2, "Alvorlig avvik")
HSE = term(3, "Helse, miljø og sikkerhet (HMS)")
MEETING = term(4, "Møte", "Når flere møtes.\nOgså kalt: sammenkomst, ikke-samsvar.")


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>Meld avviket, og avvikene etterpå.</p>", "<p>Meld [1:avviket], og avvikene etterpå.</p>"),
        ("<p>AVVIKENE i avviksskjemaet</p>", "<p>[1:AVVIKENE] i avviksskjemaet</p>"),
        ("<p>To alvorlige\navvik og et avvik</p>", "<p>To [2:alvorlige\navvik] og et [1:avvik]</p>"),
        ("<p>HMS-kurs i hms: helse, miljø og sikkerhet</p>", "<p>[3:HMS]-kurs i hms: helse, miljø og sikkerhet</p>"),
        ("<p>avvik-skjema, et ikke-avvik</p>", "<p>avvik-skjema, et ikke-avvik</p>"),
        ("<p>Sammenkomsten &amp; møter</p>", "<p>[4:Sammenkomsten] &amp; møter</p>"),
        ("<p>Et ikke-samsvar</p>", "<p>Et [4:ikke-samsvar]</p>"),
        ("<h2>Avvik</h2><p><a>avvik</a> <code>avvik</code></p>", "<h2>Avvik</h2><p><a>avvik</a> <code>avvik</code></p>"),
        ('<pre class="math"><code>avvik</code></pre><table><td>Avvik</td></table>', '<pre class="math"><code>avvik</code></pre><table><td>Avvik</td></table>'),
        ('<p class="callout-title" data-word="tip">Avvik</p><p title="a > avvik">x</p>', '<p class="callout-title" data-word="tip">Avvik</p><p title="a > avvik">x</p>'),
        ("<p>Avik og vik</p>", "<p>Avik og vik</p>"),
    ],
)  # fmt: skip
def test_a_term_is_marked_once_in_whichever_form_and_only_as_a_word_of_its_own(html: str, said: str) -> None:
    assert shown(html, AVVIK, SERIOUS, HSE, MEETING) == said


def test_of_two_that_are_called_the_same_the_one_of_the_own_space_is_meant() -> None:
    here, there = term(8, "Sak", space=2), term(7, "Saken", space=1)
    assert shown("<p>En sak</p>", here, there, space=2) == "<p>En [8:sak]</p>"
    assert shown("<p>En sak</p>", here, there, space=3) == "<p>En [7:sak]</p>"


def test_what_a_term_means_is_its_lead_or_its_first_sentence() -> None:
    assert meaning("In short.", "At length.") == "In short."
    assert meaning("", "What\nIt means that. #term\nMore.", "# What") == "It means that."
    assert meaning("", "#term\nAlso called: this\nIt means that.") == "It means that."
    assert meaning("", "Also called: this") == ""
    assert len(meaning("", "word " * 400)) <= 321


def test_a_house_with_thousands_of_terms_costs_a_text_no_more() -> None:
    many = Lexicon([*(term(number, f"Begrep{number} ord") for number in range(5, 5000)), AVVIK])
    assert many.said_in("Et avvik.") == {1} and [*many.spans("Et avvik.")] == [(3, 8, (1,))]
    assert max(len(ways) for ways in many._ways.values()) < 5


async def written(house: House, title: str, body: str, space: str = "torget", tags: str = "") -> int:
    return await actions.post(await house.viewer("mons"), "page", house.spaces[space], Fields(title, body, tags=tags))


async def test_the_glossary_goes_from_a_to_å_and_on_where_it_ends(house: House) -> None:
    empty = await house.read("/glossary/")
    assert "No word is explained here yet" in empty and "/new/page/?tags=term" in empty
    assert 'value="term"' in await house.read("/new/page/?tags=term")
    for title in ("Ål", "Ærlig", "Øl", "Zebra", "apparat", "Bål (BÅL)"):
        await written(house, title, f"Om {title}.", tags="begrep")
    await written(house, "Ikke", "Ikke et begrep.")
    found = await queries.glossary(await house.viewer("ole"))
    assert [each.ref.title for each in found] == ["apparat", "Bål (BÅL)", "Zebra", "Ærlig", "Øl", "Ål"]
    after = await queries.glossary(await house.viewer("ole"), None, found[2].id)
    assert [each.ref.title for each in after] == ["Ærlig", "Øl", "Ål"]
    page = await house.read("/spaces/torget/glossary/")
    assert "Om Ål." in page and "BÅL" in page and "Ikke et begrep" not in page
    assert "/glossary/" in await house.read("/titles/") and "/glossary/" in await house.read("/tags/begrep/")
    assert "No word is explained" not in await house.read(f"/glossary/after/{found[0].id}/")


async def test_a_page_says_what_its_words_mean(house: House) -> None:
    page = await written(house, "Når noe går galt", "Meld avviket med en gang. Et avvik til.")
    assert 'class="term"' not in await house.read(f"/e/{page}")
    id = await written(house, "Avvik", f"{SAYS}\n\nMer om det.", tags="begrep")
    html = await house.read(f"/e/{page}")
    says = re.search(
        rf'<span class="term"><span role="term" tabindex="0" aria-describedby="(term-{page}-1)">avviket</span>'
        rf'<span class="says" id="\1"[^>]*>{SAYS} <a href="/pages/{id}/avvik/">Avvik</a></span>',
        html,
    )
    assert says and html.count('class="term"') == 1
    assert 'class="term"' not in await house.read(f"/e/{id}"), "it does not explain itself"
    reply = await actions.post(
        await house.viewer("ole"),
        "reply",
        None,
        Fields(body="Hvilke avvik?"),
        await queries.entry(await house.viewer("ole"), page),
    )
    assert f'id="term-{reply}-1"' in await house.read(f"/e/{page}")
    assert f'id="term-{reply}-1"' in await house.read(f"/entries/{page}/replies/0/")


async def test_what_is_changed_taken_back_or_given_back_is_so_at_once(house: House) -> None:
    mons = await house.viewer("mons")
    page = await written(house, "Når noe går galt", "Skriv kladden og tabben.")
    id = await written(house, "Kladd", SAYS, tags="begrep")

    async def says() -> list[str]:
        return re.findall(
            r'role="term"[^>]*>([^<]*)</span><span class="says"[^>]*>([^<]*) <a', await house.read(f"/e/{page}")
        )

    async def edit(title: str, body: str, tags: str = "begrep") -> None:
        entry = await queries.entry(mons, id)
        await actions.edit(mons, id, Fields(title, body, tags=tags), entry.revision)

    assert await says() == [("kladden", SAYS)]
    await edit("Kladd", "Noe annet.")
    assert await says() == [("kladden", "Noe annet.")]
    await edit("Tabbe", "Noe annet.\n\nOgså kalt: bommert")
    assert await says() == [("tabben", "Noe annet.")]
    await edit("Tabbe", "Noe annet.", tags="")
    assert await says() == []
    await edit("Tabbe", "Noe annet. #begrep", tags="")
    assert await says() == [("tabben", "Noe annet.")]
    await actions.trash(mons, id, "")
    assert await says() == []
    await actions.restore(mons, id)
    assert await says() == [("tabben", "Noe annet.")]
    await actions.move(mons, id, house.spaces["loftet"])
    assert await says() == [], "a colleague who may not read it any more is not told"


@pytest.mark.parametrize("space", ["kontoret", "loftet"])
async def test_whoever_may_not_read_a_term_is_told_nothing_of_it(house: House, space: str) -> None:
    page = await written(house, "Når noe går galt", f"Et strengt {space}vern.")
    hidden = await written(house, f"Strengt {space}vern", "Det hemmelige.", space, "term")
    await written(house, f"{space.title()}vern", SAYS, tags="term")
    for who, told in (("mons", True), ("hedda", True), ("ole", False), ("astrid", False)):
        html = await house.read(f"/e/{page}", who)
        assert ("Det hemmelige" in html) is told and (f"/pages/{hidden}/" in html) is told, who
        assert 'class="term"' in html, "the other one is found in it"
        glossary = await house.read("/glossary/", who)
        assert (
            SAYS in glossary and ("Strengt" in glossary) is told and (f"/spaces/{space}/glossary/" in glossary) is told
        )
        async with house.browser(who) as browser:
            assert (await browser.get(f"/spaces/{space}/glossary/")).status_code == (200 if told else 404)


async def test_a_page_with_terms_costs_one_question_more(house: House) -> None:
    page = await written(house, "Hva det koster", "En kostnad til.")
    async with house.browser("ole") as browser:

        async def asked() -> int:
            for _ in range(2):  # the first time, what the house knows is read too
                house.app.state.pages.clear()
                with counted_statements() as statements:
                    html = (await browser.get(f"/pages/{page}/hva-det-koster/")).text
            assert ('class="term"' in html) is explained
            return how_many(statements)

        explained = False
        before = await asked()
        for number in range(30):
            await written(house, f"Kostnad {number}" if number else "Kostnad", SAYS, tags="begrep")
        explained = True
        assert await asked() == before + 1 <= 8
