"""
The agent's key on the agent's PC: made by the recorder after the first yes, kept outside every study.

    <home>/keys/agent.pub   the public half, by which the secret one is found
    <home>/keys/agent.key   the secret half, where there is no system keyring

From the one secret comes another pair for each study, so that two studies cannot learn that they watched the same person.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from shadow.errors import KeyFault
from shadow.keys import KeyPair, PublicKey, SecretPlace, keep_secret, load_secret

__all__ = ["agent_home", "agent_pair", "for_study", "kept_pair"]

NAME: Final = "agent"
HOME_VARIABLE: Final = "SHADOW_HOME"


def agent_home() -> Path:
    """The recorder's folder on this PC: SHADOW_HOME, or the user's own place for programs' data. Nothing is made."""
    given = os.environ.get(HOME_VARIABLE)
    if given:
        return Path(given)
    from platformdirs import user_data_path  # noqa: PLC0415 - only those who ask where need it

    return user_data_path("agent-shadowing", appauthor=False)


def agent_pair(home: Path) -> tuple[KeyPair, SecretPlace | None]:
    """
    The agent's pair; made and kept where there is none yet, so never called before the agent has said yes.

    Args:

        home: As `agent_home` gives it.

    Returns:

        The pair, and where its secret was put; None if it was there already.

    Raises:

        KeyFault: There was a pair, and its secret is damaged or cannot be got at.
    """
    keys = home / "keys"
    known = _known(keys)
    pair = load_secret(known, keys, NAME)
    if pair is not None:
        return pair, None
    if known is not None:
        remedy = f"unlock the system keyring; or delete {keys / 'agent.pub'} for a new key: sessions of the old one then stay shut for good"
        raise KeyFault("the agent's secret key cannot be got at", remedy)
    return _fresh_pair(home, keys)


def kept_pair(home: Path) -> KeyPair:
    """
    The agent's pair, on a PC where it was made; nothing is made here.

    Raises:

        KeyFault: There is none, or its secret is damaged or cannot be got at.
    """
    if _known(home / "keys") is None:
        raise KeyFault("there is no agent's key here", "do this on the PC, and as the user, that the session was recorded on")
    return agent_pair(home)[0]


def for_study(agent: KeyPair, study: PublicKey) -> KeyPair:
    """The agent's pair for one study: always the same one, and of no use in telling who it is in another."""
    return agent.derived(b"study:" + study.raw)


def _known(keys: Path) -> PublicKey | None:
    """The public half that was written down; None if there is none yet."""
    try:
        text = (keys / f"{NAME}.pub").read_text("ascii", errors="replace")
    except FileNotFoundError:
        return None
    return PublicKey(text.strip())


def _fresh_pair(home: Path, keys: Path) -> tuple[KeyPair, SecretPlace]:
    for folder in (home, keys):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pair = KeyPair.fresh()
    place = keep_secret(pair, keys, NAME)
    # The secret comes first: without its public half it is made anew, the other way round nothing could be opened.
    draft = keys / f"{NAME}.pub.new"
    draft.write_text(pair.public.text + "\n", "ascii")
    draft.replace(keys / f"{NAME}.pub")
    return pair, place
