"""`dugnad …`: everything that is done to a house from a terminal."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import json
import secrets
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from web import serving
from web.app import TABLES, NotReady, create_app, opened
from web.database import Unreachable, close_database, open_database
from web.database import migrate as migrations
from web.entries import check as integrity
from web.errors import Invalid, NotAllowed, NotDone, NotThere, Unavailable
from web.mailing import send_due
from web.people import actions, queries
from web.people.passwords import hashed
from web.policy import ACCESS, EVERYONE, Viewer
from web.serving import migrated_if_empty
from web.settings import Settings, WrongSetting, read_settings
from web.storage import storage_of

PROGRAM = "dugnad"
# What is told in a sentence.
_SAID = (NotDone, WrongSetting, NotReady, Unreachable, Unavailable, NotThere, NotAllowed, Invalid, OSError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit status: 0 only when what was asked for is done."""
    asked = _parser().parse_args(arguments)
    try:
        done = asked.does(read_settings(), asked)
        if inspect.iscoroutine(done):
            done = asyncio.run(done)
    except _SAID as wrong:
        print(f"{PROGRAM}: {_sentence(wrong)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0 if done is None else done


def _sentence(wrong: Exception) -> str:
    if isinstance(wrong, Invalid):
        return f"{wrong.field}: {wrong.why % wrong.values if wrong.values else wrong.why}"
    if isinstance(wrong, NotAllowed):
        return f"This person may not do that ({wrong})."
    return str(wrong) or "There is no such thing."


def _say(asked: argparse.Namespace, sentence: str, **facts: Any) -> None:
    """To a person as a sentence, to a machine as JSON."""
    print(json.dumps(facts, ensure_ascii=False) if asked.json else sentence)


# The database.


async def _migrate(settings: Settings, asked: argparse.Namespace) -> None:
    await open_database(settings.database, TABLES)
    try:
        if await migrations.state() is migrations.State.UNKNOWN:
            raise NotDone("The database was made by a newer Dugnad, or by something else; it is left alone.")
        if asked.back is not None:
            done = await migrations.migrate_back("" if asked.back == "0" else asked.back)
        else:
            done = await migrations.migrate()
    finally:
        await close_database()
    _say(asked, f"Done: {', '.join(done)}." if done else "Nothing to do.", done=done)


async def _check(settings: Settings, asked: argparse.Namespace) -> int:
    async with opened(settings):
        faults = await integrity.faults(storage_of(settings))
    _say(asked, "\n".join(faults) or "Everything fits together.", faults=faults)
    return 1 if faults else 0


# Serving.


def _run(settings: Settings, asked: argparse.Namespace) -> None:
    serving.serve(settings, asked.host, asked.port, asked.workers, verbose=asked.verbose)


async def _welcome(settings: Settings, asked: argparse.Namespace) -> None:
    await migrated_if_empty(settings)
    async with opened(settings):
        if await queries.anybody():
            raise NotDone("Somebody lives here already: an administrator can ask you in.")
    link = serving.welcome_link(settings)
    _say(asked, f"Move in at {link}", link=link)


async def _mail(settings: Settings, asked: argparse.Namespace) -> int:
    if not settings.mail:
        raise NotDone("This house sends no mail: DUGNAD_MAIL says through which server it would.")
    async with opened(settings):
        done = await send_due(settings)
    _say(asked, f"{done.sent} sent, {done.failed} not taken.", sent=done.sent, failed=done.failed)
    return 1 if done.failed else 0


async def _demo(settings: Settings, asked: argparse.Namespace) -> None:
    from web import demo  # a heavy room that no other command enters

    await migrated_if_empty(settings)
    async with opened(settings):
        if not await queries.anybody():
            with _bar(asked, "scenes") as bar:
                await demo.fill(storage_of(settings), whole=not asked.short, progress=_progress(bar))
        elif not asked.if_empty:
            raise NotDone("This house has people already; the demo is for an empty one.")
        elif not await demo.is_here():
            return
    lines = [f"  {person.handle:<10} {person.name} ({person.what})" for person in demo.PEOPLE]
    sentence = f"The demo house is ready. Sign in as, with the password {demo.PASSWORD}:\n" + "\n".join(lines)
    _say(asked, sentence, password=demo.PASSWORD, people=[person.handle for person in demo.PEOPLE])


async def _bench_fill(settings: Settings, asked: argparse.Namespace) -> None:
    from web import crowd

    await migrated_if_empty(settings)
    async with opened(settings):
        if await queries.anybody():
            raise NotDone("This house has people already; a crowd is for an empty one.")
    password = secrets.token_urlsafe(12)
    with _bar(asked, "entries") as bar:
        await crowd.fill(settings.database, asked.entries, await hashed(password), _progress(bar))
    sentence = f"{asked.entries} entries are in. Sign in as {' or '.join(crowd.PEOPLE)}, with the password {password}"
    _say(asked, sentence, entries=asked.entries, password=password, people=crowd.PEOPLE)


# People and spaces.


async def _add_person(settings: Settings, asked: argparse.Namespace) -> None:
    typed = sys.stdin.readline().rstrip("\r\n") if asked.password_stdin else None
    password = typed if typed is not None else secrets.token_urlsafe(12)
    await migrated_if_empty(settings)
    async with opened(settings):
        id = await actions.add_person(
            actions.NewPerson(asked.handle, asked.name, asked.email, password, admin=asked.admin)
        )
    made = None if typed is not None else password
    sentence = f"{asked.handle} can sign in." + (f" The password is {made} (shown only now)." if made else "")
    _say(asked, sentence, id=id, handle=asked.handle, password=made)


async def _add_space(settings: Settings, asked: argparse.Namespace) -> None:
    await migrated_if_empty(settings)
    async with opened(settings):
        host = await _first_host(asked.host)
        id = await actions.add_space(asked.slug, asked.name, asked.access, public=asked.public)
        if host is not None:
            await actions.add_member(host, id, "host")
    _say(asked, f"The space {asked.slug} is open.", id=id, slug=asked.slug)


async def _first_host(handle: str | None) -> int | None:
    """Nobody could ever come into a secret space without a host."""
    if handle is not None:
        return (await _person(handle)).person
    try:
        return (await queries.first_administrator()).person
    except NotThere:
        return None


async def _token(settings: Settings, asked: argparse.Namespace) -> None:
    async with opened(settings):
        viewer = await _person(asked.handle)
        secret = await actions.new_token(viewer, "dugnad token")
    _say(asked, secret, token=secret)


async def _person(handle: str) -> Viewer:
    try:
        return await queries.viewer_by_handle(handle)
    except NotThere:
        raise NotDone(f"There is nobody called {handle} here.") from None


async def _administrator() -> Viewer:
    try:
        return await queries.first_administrator()
    except NotThere:
        raise NotDone("This house has no administrator: say with --as who the pages are by.") from None


async def _space(viewer: Viewer, slug: str) -> Any:
    try:
        return await queries.readable_space(viewer, slug)
    except NotThere:
        raise NotDone(f"There is no space called {slug} that {viewer.handle} can read.") from None


# In and out.


async def _import_markdown(settings: Settings, asked: argparse.Namespace) -> None:
    from web.imports.markdown import import_markdown  # a heavy room that few commands enter

    if not asked.folder.is_dir():
        raise NotDone(f"{asked.folder} is not a folder.")
    async with opened(settings):
        viewer = await _person(asked.handle) if asked.handle else await _administrator()
        space = await _space(viewer, asked.space)
        with _bar(asked) as bar:
            report = await import_markdown(
                viewer, asked.folder, space, storage_of(settings), dry_run=asked.dry_run, progress=_progress(bar)
            )
    if asked.report:
        asked.report.write_bytes(report.as_json())
    _say(asked, report.sentence(), **report.counts())


def _bar(asked: argparse.Namespace, what: str = "pages") -> Any:
    """Told the size of the terminal: of one that does not know it, tqdm thinks that it has no room."""
    size = shutil.get_terminal_size()
    hidden = asked.json or not sys.stderr.isatty()
    return tqdm(unit=f" {what}", disable=hidden, ncols=size.columns, nrows=size.lines)


def _progress(bar: Any) -> Any:
    def progress(done: int, of: int) -> None:
        bar.total = of
        bar.update(done - bar.n)

    return progress


async def _export(settings: Settings, asked: argparse.Namespace) -> int:
    from export.snapshot import export  # the exporter knows the program, not the other way round

    async with opened(settings):
        with _bar(asked) as bar:
            report = await export(
                partial(create_app, settings), settings, asked.audience, asked.out, progress=_progress(bar)
            )
    _say(asked, report.sentence(), **report.counts())
    return 0


def _verify(settings: Settings, asked: argparse.Namespace) -> int:
    from export.verify import verify

    wrong = verify(asked.folder)
    _say(asked, "\n".join(wrong) or "Every file is as it was published.", faults=wrong)
    return int(bool(wrong))


# What can be asked.


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(PROGRAM, description="The intranet that colleagues write together.")
    parser.set_defaults(json=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: Any, help: str, among: Any = commands) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = among.add_parser(name, help=help, description=help)
        made.add_argument("--json", action="store_true", help="answer in JSON")
        made.set_defaults(does=does)
        return made

    migrate = command("migrate", _migrate, "Bring the database to the shape this version needs.")
    migrate.add_argument("--back", metavar="MIGRATION", help="undo what came after this one (0: everything)")
    filled = command("demo", _demo, "Fill an empty house with a demo: two years of a small company.")
    filled.add_argument("--short", action="store_true", help="only one day of it")
    filled.add_argument("--if-empty", action="store_true", help="leave a house that has people as it is")
    bench = commands.add_parser("bench", help="Measuring.").add_subparsers(required=True, metavar="COMMAND")
    crowd = command("fill", _bench_fill, "Fill an empty house with a crowd of any size, the same every time.", bench)
    crowd.add_argument("--entries", type=_between(1, 100_000_000), default=10_000)
    command("check", _check, "Check that the data fits together.")
    run = command("run", _run, "Serve the house.")
    run.add_argument("--host", default="127.0.0.1")
    run.add_argument("--port", type=_between(1, 65535), default=8000)
    run.add_argument("--workers", type=_between(1, 64), default=1)
    run.add_argument("--verbose", action="store_true", help="log what the server does")
    command("mail", _mail, "Send the letters that are due; an open house does it by itself.")
    command("welcome", _welcome, "Say where the first person moves into an empty house.")
    _people_commands(commands, command)
    _traffic_commands(commands, command)
    return parser


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(typed: str) -> int:
        if not least <= int(typed) <= most:
            raise argparse.ArgumentTypeError(f"must be between {least} and {most}")
        return int(typed)

    return number


def _people_commands(commands: Any, command: Any) -> None:
    person = commands.add_parser("person", help="People.").add_subparsers(required=True, metavar="COMMAND")
    add = command("add", _add_person, "Add a colleague.", person)
    add.add_argument("handle")
    add.add_argument("--name", required=True)
    add.add_argument("--email")
    add.add_argument("--admin", action="store_true", help="administers the house")
    add.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")
    space = commands.add_parser("space", help="Spaces.").add_subparsers(required=True, metavar="COMMAND")
    add = command("add", _add_space, "Open a space.", space)
    add.add_argument("slug")
    add.add_argument("--name", required=True)
    add.add_argument("--access", choices=ACCESS, default="open")
    add.add_argument("--public", action="store_true", help="anybody may read it, also without signing in")
    add.add_argument("--host", metavar="HANDLE", help="who runs it (default: the first administrator)")
    token = command("token", _token, "Make a key to the API and print it.")
    token.add_argument("handle")


def _traffic_commands(commands: Any, command: Any) -> None:
    sources = commands.add_parser("import", help="Bring texts in.").add_subparsers(required=True, metavar="WHAT")
    markdown = command("markdown", _import_markdown, "Import a folder of Markdown as pages in a tree.", sources)
    markdown.add_argument("folder", type=Path)
    markdown.add_argument("--space", required=True, metavar="SLUG")
    markdown.add_argument(
        "--as", dest="handle", metavar="HANDLE", help="who the pages are by (default: the first administrator)"
    )
    markdown.add_argument("--dry-run", action="store_true", help="only report")
    markdown.add_argument("--report", type=Path, metavar="FILE.json")
    export = command("export", _export, "Publish a read-only copy into a folder.")
    export.add_argument("out", type=Path)
    export.add_argument(
        "--audience",
        default="everyone",
        help=f"public, {EVERYONE.audience}, space:SLUG or person:HANDLE (default: %(default)s)",
    )
    command("verify", _verify, "Check that a snapshot is as it was published.").add_argument("folder", type=Path)


if __name__ == "__main__":
    sys.exit(main())
