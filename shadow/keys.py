"""
Keys: who may sign, who may open, and where the secret half is kept.

A key pair is one secret of 32 bytes that nobody but its owner has. Its public half is written as `ed25519:` and 64 hexadecimal digits. The
same pair signs (Ed25519) and opens what was sealed to it (X25519, from the same secret by the standard map of the curve), so that there is
one key to keep and one to destroy.

    study    made by `shadow init`: opens released sessions, signs receipts; its public half stands in study.toml
    agent    made by the recorder on the agent's PC: one secret there, and from it another pair for each study, so that two studies
             cannot learn that they watched the same person
    session  made when a recording starts, lives in memory, signs checkpoints; its public half stands in the consent record

Source: PyNaCl (libsodium): Ed25519, X25519 sealed boxes, BLAKE2b.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, Self

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.public import SealedBox
from nacl.signing import SigningKey, VerifyKey

from shadow.errors import KeyFault

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["KeyPair", "PublicKey", "SecretPlace", "keep_secret", "load_secret"]

PREFIX: Final = "ed25519:"
SECRET_BYTES: Final = 32
SERVICE: Final = "agent-shadowing"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """
    The half of a key pair that everybody may see.

    Args:

        text: `ed25519:` and 64 hexadecimal digits.

    Raises:

        KeyFault: The text is no public key.
    """

    text: str

    def __post_init__(self) -> None:
        digits = self.text.removeprefix(PREFIX)
        try:
            raw = bytes.fromhex(digits)
        except ValueError:
            raw = b""
        if digits == self.text or len(raw) != SECRET_BYTES:
            raise KeyFault("a public key is not what it should be", f"it is {PREFIX} and 64 hexadecimal digits: copy it whole")

    @property
    def raw(self) -> bytes:
        """Its 32 bytes."""
        return bytes.fromhex(self.text.removeprefix(PREFIX))

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits by which people and files tell keys apart."""
        return hashlib.blake2b(self.raw, digest_size=8).hexdigest()

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the holder of this key signed just this message."""
        try:
            VerifyKey(self.raw).verify(message, signature)
        except (BadSignatureError, ValueError):
            return False
        return True

    def seal(self, content: bytes) -> bytes:
        """Content that only the holder of this key can open."""
        try:
            return SealedBox(VerifyKey(self.raw).to_curve25519_public_key()).encrypt(content)
        except (CryptoError, RuntimeError):
            raise KeyFault("a public key is not what it should be", "copy it whole from where it was made") from None


class KeyPair:
    """A secret and what it can do. It is never shown, copied into a message or pickled."""

    __slots__ = ("_key", "public")

    def __init__(self, secret: bytes) -> None:
        self._key = SigningKey(secret)
        self.public = PublicKey(PREFIX + bytes(self._key.verify_key).hex())

    @classmethod
    def fresh(cls) -> Self:
        """A new pair from the system's random numbers."""
        return cls(secrets.token_bytes(SECRET_BYTES))

    def sign(self, message: bytes) -> bytes:
        """The signature of a message: 64 bytes."""
        return self._key.sign(message).signature

    def open(self, sealed: bytes) -> bytes:
        """
        What was sealed to this pair.

        Raises:

            KeyFault: It was sealed to somebody else, or is damaged.
        """
        try:
            return SealedBox(self._key.to_curve25519_private_key()).decrypt(sealed)
        except (CryptoError, ValueError, TypeError):
            raise KeyFault("this cannot be opened with this key", "it was sealed to another key, or is damaged") from None

    def derived(self, purpose: bytes) -> KeyPair:
        """Another pair that only this secret leads to, one for each purpose; nobody can tell that the two belong together."""
        return KeyPair(hashlib.blake2b(purpose, key=bytes(self._key), digest_size=SECRET_BYTES).digest())

    def secret(self) -> bytes:
        """The secret itself, for `keep_secret` only."""
        return bytes(self._key)

    def __repr__(self) -> str:
        return f"<KeyPair {self.public.fingerprint}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key pair can be neither copied nor pickled")


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """
    Where a secret lies.

    Args:

        file: The file; None if it is in the system keyring.
    """

    file: Path | None


def keep_secret(pair: KeyPair, folder: Path, name: str) -> SecretPlace:
    """
    Keep the secret of a pair: in the system keyring, or where there is none in `folder` as `name`.key with mode 600.

    Args:

        pair: The pair.

        folder: Folder for the file; it is made, with mode 700, if it is needed.

        name: What the secret is called there, such as `study`; in the keyring the fingerprint is added.
    """
    from keyring import set_password  # noqa: PLC0415 - a tenth of a second, and only those who keep keys need it
    from keyring.errors import KeyringError  # noqa: PLC0415

    entry = f"{name}:{pair.public.fingerprint}"
    with contextlib.suppress(KeyringError, RuntimeError):
        set_password(SERVICE, entry, pair.secret().hex())
        if load_secret(pair.public, folder, name) is not None:
            return SecretPlace(None)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.key"
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)  # one that was left over could be readable by others
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pair.secret().hex().encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return SecretPlace(path)


def load_secret(public: PublicKey | None, folder: Path, name: str) -> KeyPair | None:
    """
    The pair whose secret was kept; None if it is in neither place.

    Args:

        public: Its public half; None takes the file's, whichever it is.

        folder: As given to `keep_secret`.

        name: As given to `keep_secret`.

    Raises:

        KeyFault: The file is damaged or belongs to another public key.
    """
    path = folder / f"{name}.key"
    if path.exists():
        return _from_text(path.read_text("ascii", errors="replace"), public, path.name)
    if public is None:
        return None
    from keyring import get_password  # noqa: PLC0415
    from keyring.errors import KeyringError  # noqa: PLC0415

    with contextlib.suppress(KeyringError, RuntimeError):
        kept = get_password(SERVICE, f"{name}:{public.fingerprint}")
        if kept is not None:
            return _from_text(kept, public, "the system keyring")
    return None


def _from_text(text: str, public: PublicKey | None, where: str) -> KeyPair:
    try:
        pair = KeyPair(bytes.fromhex(text.strip()))
    except (ValueError, TypeError, CryptoError):
        raise KeyFault(f"the key in {where} is damaged", "restore it from a copy") from None
    if public is not None and pair.public != public:
        raise KeyFault(f"the key in {where} belongs to another public key", "restore the one that was made with this study")
    return pair
