"""Signatures as minisign makes and reads them (https://jedisct1.github.io/minisign/): whoever has nothing of ours can check them too.

Keys are not locked with a password, as `minisign -G -W` makes them: a run at night has nobody to type one.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from web.errors import NotDone

SIGNATURE = ".minisig"
# What a key, a checksum and a signature of a file's hash begin with.
_KEY, _UNLOCKED, _SUM, _HASHED = b"Ed", b"\0\0", b"B2", b"ED"
_UNTRUSTED, _TRUSTED = "untrusted comment: ", "trusted comment: "
_SALT_AND_LIMITS = bytes(32 + 8 + 8)


@dataclass(frozen=True)
class SigningKey:
    """`id`: eight bytes that say which key it is."""

    id: bytes
    key: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """As minisign writes it."""
        return self.id[::-1].hex().upper()

    @property
    def public(self) -> str:
        """What checks a bare signature, as browsers take it: 32 bytes in Base64."""
        return _base64(self.key.public_key().public_bytes_raw())

    def token(self, of: str) -> str:
        """A word for something that nobody can guess who has not the key."""
        return blake2b(of.encode(), key=self.key.private_bytes_raw(), digest_size=16, person=b"dugnad").hexdigest()

    def bare(self, content: bytes) -> str:
        """A signature of the content itself (Ed25519) in Base64, without what minisign adds."""
        return _base64(self.key.sign(content))

    def sign(self, content: bytes, comment: str) -> bytes:
        """What stands in the file beside. The same content and comment give the same."""
        signature = self.key.sign(blake2b(content).digest())
        whole = self.key.sign(signature + comment.encode())
        lines = [
            f"{_UNTRUSTED}signature from dugnad",
            _base64(_HASHED + self.id + signature),
            _TRUSTED + comment,
            _base64(whole),
        ]
        return "\n".join(lines).encode() + b"\n"


def new_keys(secret: Path, public: Path) -> str:
    """Makes two files and gives the key's name. Raises NotDone when there is one of them already."""
    key, id = Ed25519PrivateKey.generate(), os.urandom(8)
    known = key.public_key().public_bytes_raw()
    both = key.private_bytes_raw() + known
    checksum = blake2b(_KEY + id + both, digest_size=32).digest()
    name = SigningKey(id, key).name
    _write(
        secret,
        f"{_UNTRUSTED}minisign secret key {name}",
        _KEY + _UNLOCKED + _SUM + _SALT_AND_LIMITS + id + both + checksum,
        0o600,
    )
    _write(public, f"{_UNTRUSTED}minisign public key {name}", _KEY + id + known, 0o644)
    return name


def _write(path: Path, comment: str, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise NotDone(f"{path} is there already: a key that is lost cannot be made again.") from None
    with os.fdopen(handle, "w") as file:
        file.write(f"{comment}\n{_base64(content)}\n")


def read_key(secret: Path) -> SigningKey:
    """Raises NotDone."""
    content = _decoded(_lines(secret), secret)
    if len(content) != 158 or content[:2] != _KEY:
        raise NotDone(f"{secret} is not a secret key: `dugnad key` makes one.")
    if content[2:4] != _UNLOCKED:
        raise NotDone(f"{secret} is locked with a password: a key that nobody types one for is made by `dugnad key`.")
    id, seed = content[54:62], content[62:94]
    if blake2b(_KEY + content[54:126], digest_size=32).digest() != content[126:]:
        raise NotDone(f"{secret} is damaged.")
    return SigningKey(id, Ed25519PrivateKey.from_private_bytes(seed))


def wrong_signature(content: bytes, signature: bytes, public: Path) -> str:
    """Why it is not what the owner of the key signed, as a sentence; empty when it is. Raises NotDone for what is no key."""
    known = _decoded(_lines(public), public)
    if len(known) != 42 or known[:2] != _KEY:
        raise NotDone(f"{public} is not a public key.")
    if not signature:
        return "nobody has signed it"
    try:
        lines = signature.decode().splitlines()
        signed, comment, whole = base64.b64decode(lines[1]), lines[2].removeprefix(_TRUSTED), base64.b64decode(lines[3])
        if signed[:2] != _HASHED or signed[2:10] != known[2:10]:
            return "somebody else has signed it"
        key = Ed25519PublicKey.from_public_bytes(known[10:])
        key.verify(signed[10:], blake2b(content).digest())
        key.verify(whole, signed[10:] + comment.encode())
    except (ValueError, IndexError, InvalidSignature):
        return "it is not what was signed"
    return ""


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise NotDone(f"{path} cannot be read: {wrong}.") from wrong


def _decoded(lines: Sequence[str], path: Path) -> bytes:
    try:
        return base64.b64decode(lines[1], validate=True)
    except (ValueError, IndexError) as wrong:
        raise NotDone(f"{path} is not a key.") from wrong


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
