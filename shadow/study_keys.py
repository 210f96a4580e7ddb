"""
The study's key pair: the secret half with the consultant, the public half in study.toml.

A folder without its `keys/` is what a consultant brings to an agent's PC: there sessions can be sealed to the study, not opened.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from shadow.errors import KeyFault, StudyError
from shadow.keys import KeyPair, PublicKey, SecretPlace, keep_secret, load_secret
from shadow.study import STUDY_TOML, Study
from shadow.study_toml import load_settings

__all__ = ["give_keys", "study_pair"]

NAME: Final = "study"
HEADER: Final = re.compile(rb"^[ \t]*\[[ \t]*keys[ \t]*\][ \t]*(?:#[^\r\n]*)?(?:\r?\n|\Z)", re.MULTILINE)
EMPTY: Final = re.compile(rb"""^([ \t]*public[ \t]*=[ \t]*)(?:""|'')""", re.MULTILINE)
NEXT: Final = re.compile(rb"^[ \t]*\[", re.MULTILINE)


def give_keys(folder: Path) -> SecretPlace | None:
    """
    Make the key pair of a study that has none, and write its public half into study.toml; every other byte of it stays.

    Args:

        folder: Of the study.

    Returns:

        Where the secret half was put; None if the study has its key already, and nothing was changed.

    Raises:

        StudyError: There is no place in study.toml where the key could be written; nothing was written there.

        KeyFault: The secret that lies in `keys/` is damaged.
    """
    toml = folder / STUDY_TOML
    if load_settings(toml).keys.public:
        return None
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    keys.chmod(0o700)
    # A secret that is there may be all that opens sessions released to it: it is used, never written over.
    kept = load_secret(None, keys, NAME)
    pair = kept or KeyPair.fresh()
    text = _with_key(toml.read_bytes(), pair.public)
    place = keep_secret(pair, keys, NAME) if kept is None else SecretPlace(keys / f"{NAME}.key")
    draft = toml.with_name(toml.name + ".new")
    draft.write_bytes(text)
    draft.replace(toml)
    return place


def study_pair(study: Study) -> KeyPair:
    """
    The pair that opens what was released to a study, and signs its receipts.

    Raises:

        StudyError: The study was never given keys.

        KeyFault: The secret half is not on this machine, is damaged, or belongs to another study.
    """
    written = study.settings.keys.public
    if not written:
        raise StudyError(f"{study.folder} has no key pair", f"make one with: shadow init {study.folder}")
    pair = load_secret(PublicKey(written), study.folder / "keys", NAME)
    if pair is None:
        remedy = "do this on the machine where shadow init was run, or restore keys/study.key from a copy"
        raise KeyFault("the study's secret key is not here", remedy)
    return pair


def _with_key(text: bytes, public: PublicKey) -> bytes:
    """study.toml with the public half in it; checked, so that nothing else in it means something new."""
    line_end = b"\r\n" if b"\r\n" in text else b"\n"
    value = b'"' + public.text.encode("ascii") + b'"'
    header = HEADER.search(text)
    if header is None:
        added = text + (b"" if text.endswith(b"\n") or not text else line_end) + line_end.join((b"", b"[keys]", b"public = " + value, b""))
    else:
        following = NEXT.search(text, header.end())
        end = len(text) if following is None else following.start()
        section, n = EMPTY.subn(lambda found: found[1] + value, text[header.end() : end], count=1)
        if not n:
            section = b"public = " + value + line_end + section
        opening = text[: header.end()]
        added = opening + (b"" if opening.endswith(b"\n") else line_end) + section + text[end:]
    expected = _tree(text)
    keys = expected.setdefault("keys", {})
    if isinstance(keys, dict):
        keys["public"] = public.text
    if _tree(added) != expected:
        raise StudyError(
            "study.toml has no plain [keys] section to write the key into", "give it one: a line [keys], then shadow init again"
        )
    return added


def _tree(text: bytes) -> dict[str, object]:
    """What a study.toml means; empty where it is none."""
    try:
        return tomllib.loads(text.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError:
        return {}
