"""
Where things lie in the folder of a recorded session.

    SESSION/
      consent.json         the signed consent record
      checkpoints          shadow.checkpoints
      segments/0001.seg    shadow.journal
      keys/0001.key        sealed to the agent; destroying one is forgetting its segment
      pictures/            shadow.pictures; only where the agent asked for them
      release.json         shadow.release; with released/0001.key, sealed to the study
      withdrawn/           marker: what this folder held is being destroyed
      recording            while it is recorded: locked by the recorder
      ballast              while it is recorded: room to close the session on a full disk
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["SessionFolder"]


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """
    The places in the folder of one session.

    Args:

        path: The folder.
    """

    path: Path

    @property
    def consent(self) -> Path:
        """The consent record."""
        return self.path / "consent.json"

    @property
    def checkpoints(self) -> Path:
        """The signed checkpoints."""
        return self.path / "checkpoints"

    @property
    def segments(self) -> Path:
        """Folder of the segments."""
        return self.path / "segments"

    @property
    def keys(self) -> Path:
        """Folder of the segments' keys, sealed to the agent."""
        return self.path / "keys"

    @property
    def released(self) -> Path:
        """Folder of the segments' keys, sealed to the study."""
        return self.path / "released"

    @property
    def manifest(self) -> Path:
        """The agent's signed release."""
        return self.path / "release.json"

    @property
    def withdrawn(self) -> Path:
        """Marker that everything here is to be destroyed; a folder, the one that held the segments."""
        return self.path / "withdrawn"

    @property
    def lock(self) -> Path:
        """Locked while the session is recorded."""
        return self.path / "recording"

    @property
    def ballast(self) -> Path:
        """Room kept for closing the session."""
        return self.path / "ballast"

    def segment(self, number: int) -> Path:
        """One segment."""
        return self.segments / f"{number:04}.seg"

    def key(self, number: int) -> Path:
        """A segment's key, sealed to the agent."""
        return self.keys / f"{number:04}.key"

    def released_key(self, number: int) -> Path:
        """A segment's key, sealed to the study."""
        return self.released / f"{number:04}.key"

    @property
    def pictures(self) -> Path:
        """Folder of the sealed pictures."""
        return self.path / "pictures"

    def picture(self, segment: int, t_ms: int) -> Path:
        """One picture, by the segment it belongs to and its time."""
        return self.pictures / f"{segment:04}-{t_ms}.pic"

    def numbers(self) -> list[int]:
        """Numbers of the segments that are there, in order."""
        return sorted(int(file.stem) for file in self.segments.glob("*.seg") if file.stem.isdecimal())
