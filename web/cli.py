"""`dugnad …`: everything that is done to a house from a terminal."""

from __future__ import annotations

import gc

# What is there for good need not be looked through for garbage again and again, neither while it is made nor later.
gc.disable()

import argparse
import asyncio
import atexit
import inspect
import secrets
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import msgspec

from web import checks, posting, serving, traffic
from web.database import SQL, Unreachable, close_database, open_database
from web.database import migrate as migrations
from web.entries import check as integrity
from web.errors import Invalid, NotAllowed, NotDone, NotThere, Unavailable
from web.opening import TABLES, NotReady, application, opened
from web.people import actions, queries
from web.people.passwords import hashed
from web.policy import ACCESS
from web.publishing import check as editions
from web.publishing import recall, runs
from web.serving import migrated_if_empty
from web.settings import Settings, WrongSetting, read_settings
from web.storage import shelf_of, storage_of
from web.terminal import bar, person, progress_of, say
from web.times import zone_named

gc.freeze()
gc.enable()
atexit.register(gc.freeze)  # all of it goes with the process
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
    say(asked, f"Done: {', '.join(done)}." if done else "Nothing to do.", done=done)


async def _check(settings: Settings, asked: argparse.Namespace) -> int:
    async with opened(settings):
        faults = await integrity.faults(storage_of(settings)) + await editions.faults(shelf_of(settings))
    say(asked, "\n".join(faults) or "Everything fits together.", faults=faults)
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
    say(asked, f"Move in at {link}", link=link)


async def _snapshots(settings: Settings, asked: argparse.Namespace) -> int:
    # The exporter knows the program, not the other way round.
    from export.editions import carry_out

    build, outcomes = cache(partial(application, settings)), []
    async with opened(settings):
        while run := asked.run or await runs.take(zone_named(settings.zone)):
            outcomes.append(await carry_out(build, settings, run))
            if asked.run:
                break
    said = [f"{each.edition}: {each.sentence}" for each in outcomes]
    right = all(each.done for each in outcomes)
    say(asked, "\n".join(said) or "Nothing is due.", editions=[vars(each) for each in outcomes])
    return 0 if right else 1


async def _recall(settings: Settings, asked: argparse.Namespace) -> int:
    async with opened(settings):
        holding = await recall.holding(SQL("1 = 1"))
        if not asked.list:
            await recall.make_anew(holding)
    entries = recall.by_entry(holding)
    if asked.list or not holding:
        lines = [
            f"{each.withdrawn.entry.kind} {each.withdrawn.entry.id} {each.withdrawn.entry.title!r}, {each.withdrawn.verb}: "
            + ", ".join(f"{name} ({count})" for name, count in each.kept.items())
            for each in entries
        ]
        nothing = "No kept snapshot holds anything that its readers may not read."
        say(asked, "\n".join(lines) or nothing, entries=[msgspec.to_builtins(each) for each in entries])
        return 0
    return await _snapshots(settings, asked)


async def _demo(settings: Settings, asked: argparse.Namespace) -> None:
    from web import demo  # a heavy room that no other command enters

    await migrated_if_empty(settings)
    async with opened(settings):
        if not await queries.anybody():
            with bar(asked, "scenes") as shown:
                await demo.fill(storage_of(settings), whole=not asked.short, progress=progress_of(shown))
        elif not asked.if_empty:
            raise NotDone("This house has people already; the demo is for an empty one.")
        elif not await demo.is_here():
            return
    lines = [f"  {person.handle:<10} {person.name} ({person.what})" for person in demo.PEOPLE]
    sentence = f"The demo house is ready. Sign in as, with the password {demo.PASSWORD}:\n" + "\n".join(lines)
    say(asked, sentence, password=demo.PASSWORD, people=[person.handle for person in demo.PEOPLE])


async def _bench_fill(settings: Settings, asked: argparse.Namespace) -> None:
    from web import crowd

    await migrated_if_empty(settings)
    async with opened(settings):
        if await queries.anybody():
            raise NotDone("This house has people already; a crowd is for an empty one.")
    password = secrets.token_urlsafe(12)
    gc.disable()  # what is made up here leads nowhere in circles
    with bar(asked, "entries") as shown:
        await crowd.fill(settings.database, asked.entries, await hashed(password), progress_of(shown))
    sentence = f"{asked.entries} entries are in. Sign in as {' or '.join(crowd.PEOPLE)}, with the password {password}"
    say(asked, sentence, entries=asked.entries, password=password, people=crowd.PEOPLE)


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
    say(asked, sentence, id=id, handle=asked.handle, password=made)


async def _set_password(settings: Settings, asked: argparse.Namespace) -> None:
    typed = sys.stdin.readline().rstrip("\r\n") if asked.password_stdin else secrets.token_urlsafe(12)
    async with opened(settings):
        viewer = await person(asked.handle)
        await actions.set_password(viewer.me, checks.password("password", typed))
    made = None if asked.password_stdin else typed
    sentence = f"{asked.handle} can sign in." + (f" The password is {made} (shown only now)." if made else "")
    say(asked, sentence, handle=asked.handle, password=made)


async def _add_space(settings: Settings, asked: argparse.Namespace) -> None:
    await migrated_if_empty(settings)
    async with opened(settings):
        host = await _first_host(asked.host)
        id = await actions.add_space(asked.slug, asked.name, asked.access, public=asked.public)
        if host is not None:
            await actions.add_member(host, id, "host")
    say(asked, f"The space {asked.slug} is open.", id=id, slug=asked.slug)


async def _first_host(handle: str | None) -> int | None:
    """Nobody could ever come into a secret space without a host."""
    if handle is not None:
        return (await person(handle)).person
    try:
        return (await queries.first_administrator()).person
    except NotThere:
        return None


async def _token(settings: Settings, asked: argparse.Namespace) -> None:
    async with opened(settings):
        viewer = await person(asked.handle)
        secret = await actions.new_token(viewer, "dugnad token")
    say(asked, secret, token=secret)


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
    posting.add(command)
    due = command("snapshots", _snapshots, "Publish the editions that are due; an open house does it by itself.")
    due.add_argument("--run", type=int, help=argparse.SUPPRESS)  # for the house: one that it has taken itself
    taken = command(
        "recall", _recall, "Make kept snapshots anew without what their readers may not read any more.",
    )  # fmt: skip
    taken.set_defaults(run=None)
    taken.add_argument("--list", action="store_true", help="only say what that is, and which hold it")
    command("welcome", _welcome, "Say where the first person moves into an empty house.")
    _people_commands(commands, command)
    traffic.add(commands, command)
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
    change = command(
        "password", _set_password, "Give somebody a new password; wherever they are signed in, that ends.", person
    )
    change.add_argument("handle")
    change.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")
    space = commands.add_parser("space", help="Spaces.").add_subparsers(required=True, metavar="COMMAND")
    add = command("add", _add_space, "Open a space.", space)
    add.add_argument("slug")
    add.add_argument("--name", required=True)
    add.add_argument("--access", choices=ACCESS, default="open")
    add.add_argument("--public", action="store_true", help="anybody may read it, also without signing in")
    add.add_argument("--host", metavar="HANDLE", help="who runs it (default: the first administrator)")
    token = command("token", _token, "Make a key to the API and print it.")
    token.add_argument("handle")


if __name__ == "__main__":
    sys.exit(main())
