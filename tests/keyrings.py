"""A system keyring for tests, who must never touch a real one."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets; `locked` is one whose owner is away."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}
        self.locked = False

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self.secrets[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        """Give a secret back."""
        if self.locked:
            raise KeyringLocked
        return self.secrets.get((service, username))
