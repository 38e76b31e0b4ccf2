"""Publishes a house made of a folder of Markdown, beside what others would publish the same folder with: `make bench-export`.

Each line says how long it took, how much memory its largest process held, and how that compares with Hugo's whole run in the same
minutes. Hugo comes from the system's packages; where there is none, only our own figures are told.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from web.crowd import VOCABULARY

_LAYOUTS = {
    "baseof.html": '<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body><nav>'
    '{{ range .Site.Sections }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}</nav><main>{{ block "main" . }}{{ end }}</main></body></html>',
    "single.html": '{{ define "main" }}<h1>{{ .Title }}</h1>{{ .TableOfContents }}{{ .Content }}{{ range .Params.tags }}'
    '<a href="/tags/{{ . | urlize }}/">{{ . }}</a>{{ end }}{{ end }}',
    "list.html": '{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> '
    "{{ .Summary }}</li>{{ end }}</ul>{{ end }}",
}
_CONFIG = 'baseURL = "http://bench.invalid/"\ntitle = "Bench"\ndisableKinds = ["RSS", "sitemap", "robotsTXT"]\n'
_IN_A_FOLDER = 100


@dataclass(frozen=True)
class Took:
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser("make bench-export", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dgbench") as folder:
        place = Path(folder)
        write(place / "pages", asked.pages)
        hugo = _hugo(place) if shutil.which("hugo") else {}
        ours = _ours(place)
    whole = hugo.get("whole")
    print(f"{asked.pages} pages of Markdown; seconds, megabytes, and how often Hugo's whole run")
    for name, took in [*((f"Hugo, {name}", took) for name, took in hugo.items()), *ours.items()]:
        ratio = f"{took.seconds / whole.seconds:8.2f}" if whole else ""
        print(f"{name:36} {took.seconds:8.2f} {took.megabytes:8.0f} {ratio}")


def write(folder: Path, pages: int) -> None:
    """So many pages of about 4 kB, with headings, lists, links to each other and tags; the same every time."""
    chance = random.Random(20_261_128)
    # As often as words are in any language: the second half as often as the first, and so on.
    vocabulary = [*VOCABULARY, *(first + second for first in VOCABULARY[::12] for second in VOCABULARY)]
    chance.shuffle(vocabulary)
    often = list(accumulate(1 / place for place in range(1, len(vocabulary) + 1)))

    def sentence(many: int) -> str:
        return " ".join(chance.choices(vocabulary, cum_weights=often, k=many)).capitalize()

    titles = [f"{sentence(2)} {number}" for number in range(pages)]
    for number, title in enumerate(titles):
        parts = []
        for part in range(5):
            also = f" [[{chance.choice(titles)}]]" if part < 2 else ""
            items = "\n".join(f"- {sentence(7)}." for _ in range(3))
            parts.append(f"## {sentence(4)}\n\n{sentence(45)}.\n\n{items}\n\n{sentence(16)} **{sentence(2)}**.{also}\n")
        file = folder / f"{number // _IN_A_FOLDER:04}" / f"{number:06}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        tags = ", ".join(chance.choices(VOCABULARY, k=2))
        file.write_text(f"---\ntitle: {title}\ntags: [{tags}]\n---\n\n" + "\n".join(parts), "utf-8")


def _hugo(place: Path) -> dict[str, Took]:
    site = place / "hugo"
    (site / "layouts" / "_default").mkdir(parents=True)
    (site / "config.toml").write_text(_CONFIG)
    for name, text in _LAYOUTS.items():
        (site / "layouts" / "_default" / name).write_text(text)
    shutil.copytree(place / "pages", site / "content" / "docs")
    build = ["hugo", "--quiet", "--source", str(site), "--destination", str(place / "hugo-out")]
    found = {"whole": _timed(build)}
    with next((site / "content").rglob("*.md")).open("a") as page:
        page.write("\nMore.\n")
    return found | {"one page changed": _timed(build), "nothing changed": _timed(build)}


def _ours(place: Path) -> dict[str, Took]:
    environ = {
        **os.environ,
        "DUGNAD_DATA": str(place / "data"),
        "DUGNAD_DATABASE": f"sqlite:///{place}/data/dugnad.sqlite",
    }
    dugnad = [sys.executable, "-m", "web.cli"]
    export = [*dugnad, "export", str(place / "out"), "--audience", "everyone"]

    def run(*more: str) -> Took:
        return _timed([*dugnad, *more], environ)

    run("migrate")
    run("person", "add", "kari", "--name", "Kari Nord", "--admin")
    run("space", "add", "book", "--name", "Book")
    bring = ("import", "markdown", str(place / "pages"), "--space", "book")
    found = {"dugnad, brought in": run(*bring), "dugnad, whole": _timed(export, environ)}
    found["dugnad, nothing changed"] = _timed(export, environ)
    found["dugnad, whole, into another folder"] = run("export", str(place / "another"), "--audience", "everyone")
    shutil.rmtree(place / "data" / "cache" / "pages")  # as with another program
    found["dugnad, whole, texts known"] = run("export", str(place / "third"), "--audience", "everyone")
    with next((place / "pages").rglob("*.md")).open("a") as page:
        page.write("\nMore.\n")
    run(*bring)
    return found | {"dugnad, one page changed": _timed(export, environ)}


def _timed(command: Sequence[str], environ: dict[str, str] | None = None) -> Took:
    began, most = time.perf_counter(), 0.0
    process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        most = max([most, *map(_megabytes, _family(process.pid))])
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Took(time.perf_counter() - began, most)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _family(int(child)))]


def _megabytes(pid: int) -> float:
    """That a process holds for itself (not what it shares with the file of the database)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))


if __name__ == "__main__":
    main()
