"""What people do to themselves, each other and spaces. Each verb is one transaction and asks the policy itself."""

from __future__ import annotations

from web.people.actions.corresponding import MOST_IN_A_LETTER, RHYTHMS, correspond, unsubscribe
from web.people.actions.entering import (
    SESSION_LIFE,
    NewPerson,
    add_person,
    change_language,
    change_password,
    change_profile,
    end_feed_key,
    end_session,
    end_token,
    feed_key_seen,
    new_feed_key,
    new_token,
    read_by_time,
    seen,
    set_password,
    sign_in,
    sign_out,
    start_session,
    token_seen,
    tried,
)  # fmt: skip
from web.people.actions.forgetting import forgotten, may_reset, reset
from web.people.actions.inviting import INVITATION_LIFE, Invited, come_in, invitation, invite, invite_all
from web.people.actions.moving_in import move_in, settle
from web.people.actions.spaces import (
    add_member,
    add_space,
    answer_asker,
    ask,
    change_space,
    hand_over,
    join,
    leave,
    name_host,
    open_space,
    set_role,
)  # fmt: skip

__all__ = [
    "INVITATION_LIFE", "MOST_IN_A_LETTER", "RHYTHMS", "SESSION_LIFE", "Invited", "NewPerson", "add_member", "add_person", "add_space", "answer_asker", "ask",
    "change_language", "change_password", "change_profile", "change_space", "come_in", "correspond", "end_feed_key", "end_session", "end_token", "feed_key_seen", "forgotten", "hand_over",
    "invitation", "invite", "invite_all", "join", "leave", "may_reset", "move_in", "name_host", "new_feed_key", "new_token", "open_space", "read_by_time", "reset", "seen", "set_password", "set_role", "settle", "sign_in",
    "sign_out", "start_session", "token_seen", "tried", "unsubscribe",
]  # fmt: skip
