"""People, the spaces they share, and how they get in. Times are milliseconds since 1970, UTC."""

from __future__ import annotations

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Varchar
from piccolo.table import Table


class House(Table, tablename="house"):
    """What the house has settled about itself: one row. Its name is that of the space called `house`."""

    id = BigInt(primary_key=True, default=1)
    language = Varchar(length=8, null=True, default=None)
    settled = Boolean(default=False, help_text="Whoever moved in has put the list of first things away.")
    stand_in = BigInt(
        null=True, default=None, help_text="The person who is nobody: writes what is asked without a name."
    )


class Person(Table, tablename="person"):
    """Somebody who can sign in. A guest of the house sees only the spaces they were invited into."""

    id = BigInt(primary_key=True, default=None)
    handle = Varchar(length=40, unique=True)
    name = Varchar(length=120)
    email = Varchar(length=254, null=True, default=None, unique=True)
    password = Text(null=True, default=None, secret=True)
    about = Text(default="")
    language = Varchar(length=8, null=True, default=None)
    admin = Boolean(default=False)
    guest = Boolean(default=False)
    active = Boolean(default=True)
    away_until = BigInt(null=True, default=None)
    by_time = Boolean(default=False, help_text="Reads conversations in the order in which they were written.")
    created_at = BigInt(default=0)


class Skill(Table, tablename="skill"):
    """What somebody says of themself: `ask` me about that, I am `learning` it, or I would rather `pass`, and whom to ask `instead`.
    The topic is a tag's name, whether or not anything has that tag."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    topic = Varchar(length=50)
    says = Varchar(length=8)
    instead = ForeignKey(Person, on_delete=OnDelete.set_null, null=True, default=None)
    created_at = BigInt(default=0)


class Space(Table, tablename="space"):
    """A group, or the whole house. Access is open, closed (listed, ask to join) or secret."""

    id = BigInt(primary_key=True, default=None)
    slug = Varchar(length=60, unique=True)
    name = Varchar(length=120)
    about = Text(default="")
    access = Varchar(length=8, default="open")
    public = Boolean(default=False, help_text="Anybody may read it, also without signing in.")
    members = Integer(default=0)
    ends_at = BigInt(null=True, default=None, help_text="From then on nothing is written in it.")
    welcome = BigInt(null=True, default=None, help_text="The entry that whoever comes in reads first.")
    tags = Text(default="", help_text="Those that its hosts recommend: a line for each, and what it is about.")
    nameless = Boolean(default=False, help_text="While it is open, questions may be asked in it without one's name.")
    created_at = BigInt(default=0)


class Membership(Table, tablename="membership"):
    """Who belongs to a space, and as what: host, editor, member or guest (until a date)."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=False)
    role = Varchar(length=8, default="member")
    until = BigInt(null=True, default=None)
    created_at = BigInt(default=0)


class JoinRequest(Table, tablename="join_request"):
    """Somebody has asked to join a closed space, and no host has answered yet."""

    id = BigInt(primary_key=True, default=None)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=False)
    why = Text(default="")
    created_at = BigInt(default=0)


class Invitation(Table, tablename="invitation"):
    """A link that lets one person in, once, until it expires."""

    id = BigInt(primary_key=True, default=None)
    token_hash = Varchar(length=64, unique=True)
    email = Varchar(length=254, null=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    role = Varchar(length=8, default="member")
    guest = Boolean(default=False)
    invited_by = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    created_at = BigInt(default=0)
    expires_at = BigInt(default=0)
    used_at = BigInt(null=True, default=None)


class Session(Table, tablename="session"):
    """A browser that is signed in. The cookie's secret is kept only as a hash."""

    id = BigInt(primary_key=True, default=None)
    token_hash = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    agent = Varchar(length=200, default="")
    created_at = BigInt(default=0)
    seen_at = BigInt(default=0)


class Token(Table, tablename="token"):
    """A key to the API, kept only as a hash."""

    id = BigInt(primary_key=True, default=None)
    token_hash = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    name = Varchar(length=120, default="")
    created_at = BigInt(default=0)
    seen_at = BigInt(null=True, default=None)


class FeedKey(Table, tablename="feed_key"):
    """A key that stands in the address of a feed and opens nothing but feeds, kept only as a hash."""

    id = BigInt(primary_key=True, default=None)
    token_hash = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=False)
    name = Varchar(length=120, default="")
    created_at = BigInt(default=0)
    seen_at = BigInt(null=True, default=None)


class Correspondence(Table, tablename="correspondence"):
    """What somebody (`id`) is told by mail, and when. Whoever has none is told as the columns say by themselves.

    `due_at`: when the next letter goes; 0 while that is not reckoned yet, none while nothing has happened. What happened until `told_at`
    was told by mail.
    """

    id = BigInt(primary_key=True, default=None)
    rhythm = Varchar(length=8, default="soon")
    most = Integer(default=20, help_text="How many things stand in one letter.")
    quiet_from = Varchar(length=5, default="", help_text="On the clocks of the house, `22:00`.")
    quiet_until = Varchar(length=5, default="")
    told_at = BigInt(default=0)
    due_at = BigInt(null=True, default=None)
    written_at = BigInt(default=0, help_text="When the last letter was.")
    failing_at = BigInt(null=True, default=None, help_text="When a letter came back for good.")


class Letter(Table, tablename="letter"):
    """A mail, until it is sent: to whom, about what, and the facts that its words are made of when it goes."""

    id = BigInt(primary_key=True, default=None)
    address = Varchar(length=254)
    language = Varchar(length=8, null=True, default=None)
    about = Varchar(length=16)
    secret = Text(default="", help_text="What the link in it ends with; gone when it is sent.")
    writer = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    space = ForeignKey(Space, on_delete=OnDelete.cascade, null=True, default=None)
    created_at = BigInt(default=0)
    tries = Integer(default=0)
    next_at = BigInt(default=0)
    sent_at = BigInt(null=True, default=None)
    wrong = Text(default="")
    person = ForeignKey(
        Person, on_delete=OnDelete.cascade, null=True, default=None, help_text="Whom it tells of what has happened."
    )


class PasswordReset(Table, tablename="password_reset"):
    """A link to choose a new password by, once; for nobody, when nobody is called so."""

    id = BigInt(primary_key=True, default=None)
    token_hash = Varchar(length=64, unique=True)
    person = ForeignKey(Person, on_delete=OnDelete.cascade, null=True, default=None)
    expires_at = BigInt(default=0)


class Attempt(Table, tablename="attempt"):
    """How often something that must not be tried too often was tried, in one window of time."""

    id = BigInt(primary_key=True, default=None)
    key = Varchar(length=200, unique=True)
    count = Integer(default=0)  # type: ignore[assignment]
    until = BigInt(default=0)


TABLES = (
    House,
    Person,
    Skill,
    Space,
    Membership,
    JoinRequest,
    Invitation,
    Session,
    Token,
    FeedKey,
    Correspondence,
    Letter,
    PasswordReset,
    Attempt,
)
