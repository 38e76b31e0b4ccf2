"""What is measured."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx

from tests.bench.house import House
from tests.bench.load import Asked
from web import crowd

_JSON = {"content-type": "application/json"}


def readings(house: House) -> dict[str, Asked]:
    """By name. Whoever asks has signed in, and colleagues take turns."""
    by = tuple({"cookie": f"dugnad={session}"} for session in house.sessions)
    key = ({"authorization": f"Bearer {house.token}"},)

    def found(words: str) -> str:
        return f"/search/?q={quote(words)}"

    return {
        "stream": Asked("/", by),
        "stream, made anew": Asked("/?n={n}", by),
        "page": Asked(house.page, by),
        "page, made anew": Asked(f"{house.page}?n={{n}}", by),
        "thread of 1000": Asked(house.thread, by),
        "person": Asked(house.person, by),
        "tag": Asked(house.tag, by),
        "search, rare word": Asked(found(crowd.RARE), by),
        "search, middling": Asked(found(crowd.MIDDLING), by),
        "search, common": Asked(found(crowd.COMMON), by),
        "API, list": Asked("/api/entries?limit=30", key),
    }


def growing(house: House) -> dict[str, Asked]:
    """What may not take much longer in a house of any size, by name."""
    reads = {name: each for name, each in readings(house).items() if "anew" not in name}
    many, few = ({"cookie": f"dugnad={session}"} for session in (house.many, house.few))
    return {
        **reads,
        "stream, in 300 spaces": Asked("/", (many,)),
        "stream, in 3 spaces": Asked("/", (few,)),
        "all tags": Asked("/tags/", (few,)),
        **writings(house),
        "a reply in the thread": Asked(
            house.reply,
            ({"authorization": f"Bearer {house.token}", **_JSON},),
            "POST",
            (json.dumps({"body": "Yes, {n}."}),),
            201,
        ),
    }


def not_changed(port: int, reading: Asked) -> Asked:
    """The same, asked by one whose browser has it."""
    one = reading.headers[0]
    etag = httpx.get(f"http://127.0.0.1:{port}{reading.path}", headers=one).headers["etag"]
    return Asked(reading.path, ({**one, "if-none-match": etag},), status=304)


def writings(house: House) -> dict[str, Asked]:
    key = {"authorization": f"Bearer {house.token}", **_JSON}
    said = {
        "kind": "question",
        "space": "house",
        "title": "How {n}?",
        "body": "Ask @per about #ferry {n}, or [[Ferry {n}]].",
    }
    form = tuple(
        {
            "cookie": f"dugnad={session}", "sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded",
            "hx-request": "true",
        }
        for session in house.sessions
    )  # fmt: skip
    return {
        "a save": Asked("/api/entries", (key,), "POST", (json.dumps(said),), 201),
        # Each colleague gives it in one round, and takes it back in the next.
        "a reaction": Asked(
            house.reaction, form, "POST", ("undo=",) * len(form) + ("undo=true",) * len(form), 200
        ),
    }  # fmt: skip
