"""A template is an entry that others begin from; what it asks for is asked first, and nothing is saved before it is shared."""

from __future__ import annotations

from tests.cast import House
from web.database import value
from web.entries import actions
from web.entries.actions import Fields
from web.entries.prompts import answered, prompts

BODY = """# Meeting {{When}}

There: {{ Who was there }}. It was {{When}}.

    {{in code}}

`{{also in code}}` {{}} {{a
b}} {{{deep}}}
"""


def test_a_template_asks_for_each_thing_once() -> None:
    assert prompts("Minutes {{Of what}}", BODY) == ("Of what", "When", "Who was there", "deep")
    assert len(prompts("", " ".join(f"{{{{{n}}}}}" for n in range(99)))) == 30
    made = answered(
        Fields("Minutes {{Of what}}", BODY, tags="mal Template minutes"),
        {"When": "Monday", "Of what": "the {{When}} club"},
    )
    assert made.title == "Minutes the {{When}} club" and made.tags == "minutes", "an answer asks for nothing"
    assert "# Meeting Monday" in made.body and "It was Monday." in made.body and "{{ Who was there }}" in made.body
    assert "    {{in code}}" in made.body and answered(Fields("Plain", "x"), {}).title == ""


def test_no_text_keeps_the_house_busy_by_what_it_asks_for() -> None:
    for hostile in ("{{" + " " * 200_000, "{{ " * 60_000, "{{" + "\t " * 100_000 + "}}", "{{a" + " " * 200_000 + "b}}"):
        assert prompts("", hostile) == () and answered(Fields("x", hostile), {}).body == hostile


async def test_something_new_begins_from_a_template(house: House) -> None:
    mons = await house.viewer("mons")
    torget, loftet = house.spaces["torget"], house.spaces["loftet"]
    template = await actions.post(mons, "page", torget, Fields("Minutes {{Of what}}", BODY, tags="mal minutes"))
    plain = await actions.post(mons, "page", torget, Fields("Plain beginning", "Just text.", tags="template"))
    secret = await actions.post(mons, "page", loftet, Fields("Kanaritemplate", "x {{y}}", tags="mal"))
    article = await actions.post(mons, "article", torget, Fields("For articles", "x", tags="mal"))
    before = await value("SELECT count(*) FROM entry")
    async with house.browser("ole") as browser:
        offered = (await browser.get(f"/new/page/?space=torget&parent={plain}&title=Spring")).text
        assert (
            f"/entries/{template}/begin/?space=torget&amp;parent={plain}&amp;title=Spring" in offered
            and "Plain beginning" in offered
        )
        assert "Kanaritemplate" not in offered and f"/entries/{article}/begin/" not in offered
        asked = (await browser.get(f"/entries/{template}/begin/?space=torget")).text
        assert "Who was there" in asked and 'name="answer-2"' in asked
        answers = {
            "answer-0": "the <b>board</b>",
            "answer-1": "Monday",
            "answer-2": "",
            "space": "torget",
            "parent": str(plain),
        }
        form = await browser.post(f"/entries/{template}/begin", data=answers)
        assert (
            form.status_code == 200
            and "Minutes the &lt;b&gt;board&lt;/b&gt;" in form.text
            and "# Meeting Monday" in form.text
        )
        assert (
            'value="minutes"' in form.text
            and f'name="parent" value="{plain}"' in form.text
            and "{{ Who was there }}" in form.text
        )
        assert "Just text." in (await browser.get(f"/entries/{plain}/begin/")).text, (
            "one that asks for nothing is there at once"
        )
        assert (await browser.get(f"/entries/{secret}/begin/")).status_code == 404
        assert (await browser.post(f"/entries/{secret}/begin", data={})).status_code == 404
        long = await browser.post(f"/entries/{template}/begin", data={"answer-1": "x" * 3000, "answer-0": "kept"})
        assert long.status_code == 422 and 'value="kept"' in long.text
        assert (await browser.get(f"/entries/{template}/begin/?parent=x")).status_code in (400, 404, 422)
    assert await value("SELECT count(*) FROM entry") == before
