"""Recorded logs of other programs, on their way into a study (contracts, sections 3 to 5)."""
