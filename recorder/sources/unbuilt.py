"""A desktop that is not built: its place is there, and it says so."""

from __future__ import annotations

from typing import ClassVar

from recorder.sources.base import Emit, Finding, Sighting, Source
from shadow.errors import CaptureError

__all__ = ["UnbuiltDesktop"]


class UnbuiltDesktop(Source):
    """
    Sees nothing, and refuses to start.

    Args of the class: `system` is what it is called; `finding` its key in the phrases of `doctor`.
    """

    system: ClassVar[str]
    finding: ClassVar[str]

    @classmethod
    def not_built(cls) -> CaptureError:
        """What is said instead of recording."""
        return CaptureError(
            f"recording on {cls.system} is not built yet", "record on Linux with X11; logs of other recorders can be imported"
        )

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Nothing."""
        return frozenset()

    def start(self, emit: Emit) -> None:
        """Refuse; see `not_built`."""
        del emit
        raise self.not_built()

    def stop(self) -> None:
        """Nothing was started."""

    def self_test(self) -> tuple[Finding, ...]:
        """That it is not built."""
        return (Finding(self.finding, works=False, remedy=f"{self.finding}_remedy"),)
