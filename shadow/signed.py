"""Signed documents: short JSON that people can read and nobody can alter."""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec

from shadow.errors import KeyFault
from shadow.keys import KeyPair, PublicKey

__all__ = ["open_document", "sign_document"]

Body = TypeVar("Body", bound=msgspec.Struct)

_ENCODER: Final = msgspec.json.Encoder()


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    body: msgspec.Raw
    signer: str
    signature: str


def sign_document(kind: str, body: msgspec.Struct, signer: KeyPair) -> bytes:
    """
    A document over `body`, signed.

    Args:

        kind: What it is, such as `release`; a signature for one kind is none for another.

        body: What it says.

        signer: Who signs.
    """
    content = _ENCODER.encode(body)
    signature = signer.sign(_message(kind, content)).hex()
    return _written(_Document(kind, msgspec.Raw(content), signer.public.text, signature))


def open_document(raw: bytes, kind: str, body: type[Body]) -> tuple[Body, PublicKey]:
    """
    What a document says, and who signed it; whether that is the right one is for the caller to say.

    Raises:

        ValueError: It is none of this kind, or not as it was signed, to the last byte.
    """
    try:
        document = msgspec.json.decode(raw, type=_Document)
        said = msgspec.json.decode(document.body, type=body)
        signer, signature = PublicKey(document.signer.lower()), bytes.fromhex(document.signature)
    except (msgspec.MsgspecError, KeyFault, ValueError):
        raise ValueError(f"this is no signed {kind}") from None
    content = _ENCODER.encode(said)
    again = _Document(kind, msgspec.Raw(content), signer.text, signature.hex())
    if document.kind != kind or _written(again) != raw or not signer.signed(_message(kind, content), signature):
        raise ValueError(f"this {kind} is not as it was signed")
    return said, signer


def _message(kind: str, content: bytes) -> bytes:
    return b"agent-shadowing " + kind.encode() + b"\0" + content


def _written(document: _Document) -> bytes:
    return msgspec.json.format(_ENCODER.encode(document), indent=2) + b"\n"
