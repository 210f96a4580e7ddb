"""
The sums of a study, of which only what is new is read: the rest was kept in its cache by an earlier analysis.

    part 1..8   content, cases, code and thresholds as they were  ->  kept sums
    part 9      new                                               ->  read, added, kept with the others

What comes to a study and goes from it is a part: an import, or one recorded session. Parts never change, and sums add up; so one file
holds the sums of all parts together. Where anything of what they were made of is not as it was, all of them are made again.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import msgspec

from analysis.digests import code_digest, part_digest
from analysis.kernel.keeping import PackedSums, pack_sums, unpack_sums
from analysis.kernel.study_pass import Watch, empty_sums, read_sums
from analysis.progress import Said, say_nothing
from analysis.thresholds import Thresholds
from shadow.cache import read_cached, write_cached

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy import dtype, generic, ndarray

    from analysis.cases import StudyCases
    from analysis.kernel.aggregates import StudySums
    from analysis.kernel.columns import Dimensions
    from shadow.study import Study

__all__ = ["sums_of_study"]

KIND: Final = "sums"


class KeptPart(msgspec.Struct, frozen=True):
    """
    A part of the store whose sums were kept.

    Args:

        part: Its number.

        content: Digest of its rows and of the headers of its sessions.

        cases: Digest of the cases that were found in it, which other parts may change; empty if its sessions tell all their cases.
    """

    part: int
    content: bytes
    cases: bytes


class KeptSums(msgspec.Struct, frozen=True):
    """
    What is in the cache.

    Args:

        code: Digest of the code that made it.

        thresholds: What it rests on.

        places: Numbers of applications, screens and fields there were, and a digest of what was known of them.

        parts: What is added up.

        sums: The sums.
    """

    code: bytes
    thresholds: Thresholds
    places: tuple[tuple[int, int, int], bytes]
    parts: list[KeptPart]
    sums: PackedSums


def sums_of_study(
    study: Study, thresholds: Thresholds, cases: StudyCases, say: Said = say_nothing, watch: Watch | None = None
) -> StudySums:
    """
    What the concepts of a study add up to.

    Args:

        study: The study. Its cache is read, and written if anything was new.

        thresholds: The numbers the concepts rest on.

        cases: Says which events belong to which case.

        say: Told how far it is.

        watch: Shown every block of the study in order, whether it is new or not.
    """
    content = {part.part: part_digest(study, part.part) for part in study.catalogue.parts}
    agents = sorted({header.agent for header in study.catalogue.sessions})
    sums, kept = empty_sums(study), _kept(study, thresholds)
    parts: list[KeptPart] = []
    if kept is not None and _still_holds(kept, study, sums.places, content, cases):
        sums, parts = unpack_sums(kept.sums, sums, agents), list(kept.parts)
    new = content.keys() - {part.part for part in parts}
    if not new and watch is None:
        return sums
    total, before = sum(part.events for part in study.catalogue.parts if part.part in new), sums.totals["events"]
    if new:
        say("counting events", 0)
    for found in read_sums(study, thresholds, cases, new, watch):
        sums.add(*found)
        say("counting events", (sums.totals["events"] - before) / total)
    if new:
        parts += [KeptPart(part, content[part], cases.digest(_sessions(study, part))) for part in sorted(new)]
        made = KeptSums(code_digest(), thresholds, _places(sums.places, _sizes(sums.places)), parts, pack_sums(sums, agents))
        write_cached(study, KIND, msgspec.msgpack.encode(made))
    return sums


def _kept(study: Study, thresholds: Thresholds) -> KeptSums | None:
    """What was kept by this code with these thresholds; None if nothing was."""
    written = read_cached(study, KIND)
    try:
        kept = None if written is None else msgspec.msgpack.decode(written, type=KeptSums)
    except msgspec.MsgspecError:
        return None
    return kept if kept is not None and (kept.code, kept.thresholds) == (code_digest(), thresholds) else None


def _still_holds(kept: KeptSums, study: Study, places: Dimensions, content: dict[int, bytes], cases: StudyCases) -> bool:
    """Whether all that the sums were made of is there, and as it was."""
    sizes = kept.places[0]
    if any(now < then for now, then in zip(_sizes(places), sizes, strict=True)) or _places(places, sizes) != kept.places:
        return False
    return all(
        content.get(part.part) == part.content and (not part.cases or cases.digest(_sessions(study, part.part)) == part.cases)
        for part in kept.parts
    )


def _sessions(study: Study, part: int) -> list[int]:
    """Sessions of a part that have events."""
    return sorted(header.session for header in study.catalogue.sessions if header.part == part and header.n_events)


def _sizes(places: Dimensions) -> tuple[int, int, int]:
    return len(places.app_known), len(places.screen_app), len(places.field_role)


def _places(places: Dimensions, sizes: tuple[int, int, int]) -> tuple[tuple[int, int, int], bytes]:
    """What is known of the first applications, screens and fields: a study gets more of them, and those it had stay as they are."""
    apps, screens, fields = sizes
    known: Iterable[ndarray[tuple[int], dtype[generic]]] = (
        places.app_known[:apps], places.screen_app[:screens],
        places.field_screen[:fields], places.field_role[:fields], places.field_steps[:fields],
    )  # fmt: skip
    return sizes, hashlib.blake2b(b"".join(array.tobytes() for array in known), digest_size=16).digest()
