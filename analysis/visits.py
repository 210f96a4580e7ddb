"""
Visits made only to fetch values, and what each was for: such a visit disappears when everything it was for is covered.

    B ... | A: search customer   open   click S1  copy   click S2  copy | B ...
                 means                  ------ purposes: S1, S2 ------

A purpose is a copy, a look at a field that shows a value, an edit or a submit. Moving about is none, nor is a search on the way to where a
value was fetched. A visit whose purposes are all values that bundles fetch is needless once those bundles are covered; any other purpose
keeps it. One that only opens what later visits fetch from is as needless as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.bundles import Bundles
    from analysis.loading import LoadedStudy
    from analysis.timeline import Timeline

    Floats = NDArray[np.float64]

__all__ = ["needless_visits"]

# Source, memory, and one more on the way: longer chains of fetching were not seen.
LONGEST_CHAIN: Final = 3

VISITS = """
    SELECT v.session, v.visit_no, v.app, v.case_no, v.first_seq, v.last_seq
    FROM app_visits AS v
    WHERE v.case_no IS NOT NULL AND v.known AND v.visit_no > 1
      AND v.visit_no < (SELECT max(w.visit_no) FROM app_visits AS w WHERE w.session = v.session)
    ORDER BY v.session, v.visit_no
"""

# What a person came for: an edit, a copy, a submit, or a look at a field that shows a value. Moving about is not a purpose.
PURPOSES = """
    SELECT e.session, e.seq, e.app, e.screen, e.field, e.action, e.case_no
    FROM events AS e
    WHERE e.case_no IS NOT NULL
      AND (e.action IN ('change', 'select', 'paste', 'input', 'submit', 'copy')
        OR (e.action IN ('focus', 'click') AND e.mark IS NOT NULL AND coalesce(e.role NOT IN ('button', 'link'), TRUE)))
    ORDER BY e.session, e.seq
"""

OPENED = "SELECT session, seq FROM events WHERE action = 'screen' AND field IS NULL ORDER BY session, seq"


def needless_visits(loaded: LoadedStudy, line: Timeline, bundles: Bundles) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    Visits that could disappear, in stretches.

    Returns:

        Stretches (stretch, from 0; start and end in active seconds of the timeline), and needs (stretch, bundle): every bundle that must be
        covered for it to disappear, -1 for a purpose that no bundle covers. What a visit opened is needed as long as a later visit of the
        case to the same system is: that would have to open it instead. The way back is needed unless it leads to where the visit began.
    """
    visits = loaded.query(VISITS).with_row_index("visit").with_columns(pl.col("visit").cast(pl.Int64))
    purposes = _purposes(loaded, visits, bundles)
    fetching = visits.join(purposes.filter(pl.col("bundle") >= 0), on="visit", how="semi")
    # A visit without a purpose of its own that opens what later ones fetch from is there for their sake.
    openers = _located(loaded.query(OPENED), visits).select("visit").unique()
    for_later = visits.join(purposes, on="visit", how="anti").join(openers, on="visit", how="semi")
    for_later = for_later.join(_before(for_later, fetching), on="visit", how="semi")
    kept = pl.concat([fetching, for_later]).sort("visit")
    later = _needed_by_later_visits(visits, kept, purposes)
    needs = pl.concat([purposes.join(fetching, on="visit", how="semi"), later.join(for_later, on="visit", how="semi")]).unique()
    opening = pl.concat([needs, later]).unique()
    spans = _spans(loaded, line, kept)
    ways, ways_needs = _ways_back(line, kept, needs, _bearings(line, bundles))
    parts = [
        (spans.select("visit", start="way", end="first"), needs),
        (spans.select("visit", start="first", end="opened"), opening),
        (spans.select("visit", start="opened", end="left"), needs),
        (ways, ways_needs),
    ]
    return _numbered(parts)


def _numbered(parts: list[tuple[pl.DataFrame, pl.DataFrame]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stretches and needs of several kinds as one numbered table each."""
    stretches, needs, n = [], [], 0
    for spans, wanted in parts:
        numbered = spans.with_row_index("stretch", n).with_columns(pl.col("stretch").cast(pl.Int64))
        stretches.append(numbered.select("stretch", "start", "end"))
        needs.append(wanted.join(numbered.select("visit", "stretch"), on="visit").select("stretch", "bundle"))
        n += len(spans)
    return pl.concat(stretches), pl.concat(needs).sort("stretch", "bundle")


def _spans(loaded: LoadedStudy, line: Timeline, kept: pl.DataFrame) -> pl.DataFrame:
    """
    Points of active time of each visit.

        B | way . first event ... opened . look  copy . left | B
    """
    screens = _located(loaded.query(OPENED), kept)
    last_opened = screens.group_by("visit").agg(opened_seq=pl.col("seq").max())
    kept = kept.join(last_opened, on="visit", how="left", maintain_order="left").with_columns(
        pl.col("opened_seq").fill_null(pl.col("first_seq"))
    )
    first, after = line.place(kept, "first_seq"), line.place(kept, "last_seq") + 1
    clock = line.active_s
    return kept.select(
        "visit",
        way=pl.Series(clock[first] - line.lead_s(first)),
        first=pl.Series(clock[first]),
        opened=pl.Series(clock[line.place(kept, "opened_seq")]),
        left=pl.Series(clock[after] - line.lead_s(after)),
    )


def _bearings(line: Timeline, bundles: Bundles) -> Floats:
    """Seconds after each event that finding one's bearings takes: above 0 only where another application is in front."""
    found = np.zeros(len(line.active_s))
    found[line.place(bundles.switching.bearings, "seq")] = bundles.switching.bearings["bearings_s"].to_numpy()
    return found


def _ways_back(line: Timeline, kept: pl.DataFrame, needs: pl.DataFrame, bearings: Floats) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    The way out of one to LONGEST_CHAIN visits in a row that led back to where the first began, and one's bearings: gone if all of them are.

        B | C | N | B      C and N gone: so is the way from N to B
        B | C | N | H      C and N gone: there is still one way, from B to H
    """
    places = kept.with_columns(first=pl.Series(line.place(kept, "first_seq")), after=pl.Series(line.place(kept, "last_seq") + 1))
    ways, wanted, n = [], [], 0
    for length in range(1, LONGEST_CHAIN + 1):
        last = places.select("session", "after", visit_no=pl.col("visit_no") - (length - 1))
        chains = places.select("session", "visit_no", "first").join(last, on=["session", "visit_no"])
        first, after = chains["first"].to_numpy(), chains["after"].to_numpy()
        chains = chains.filter(pl.Series(line.app[np.maximum(first - 1, 0)] == line.app[np.minimum(after, len(line.app) - 1)]))
        chains = chains.with_row_index("way", n).with_columns(pl.col("way").cast(pl.Int64))
        after = chains["after"].to_numpy()
        ends = line.active_s[after]
        ways.append(chains.select(visit="way", start=pl.Series(ends - line.lead_s(after)), end=pl.Series(ends + bearings[after])))
        members = chains.select("session", "way", visit_no=pl.int_ranges("visit_no", pl.col("visit_no") + length)).explode("visit_no")
        members = members.join(kept.select("session", "visit_no", "visit"), on=["session", "visit_no"], how="left").join(
            needs, on="visit", how="left"
        )
        # A visit on the way that fetches nothing has no need that could be covered: it stays.
        wanted.append(members.select(visit="way", bundle=pl.col("bundle").fill_null(-1)))
        n += len(chains)
    return pl.concat(ways), pl.concat(wanted).unique()


def _purposes(loaded: LoadedStudy, visits: pl.DataFrame, bundles: Bundles) -> pl.DataFrame:
    """Each purpose of each visit with the bundles that cover it: visit, bundle (-1 = none does)."""
    reentries = bundles.frame.filter(pl.col("kind") == "reentry")
    located = _located(loaded.query(PURPOSES), visits)
    copies = reentries.filter(pl.col("mode") == "clipboard").select("session", "bundle", seq="source_seq")
    reads = reentries.filter(pl.col("mode") == "typed").select("session", "case_no", "bundle", field="source_field")
    memories = reentries.filter("memory").select("session", "case_no", "bundle", field="target_field")
    keys = ["session", "case_no", "field"]
    is_copy, is_look = pl.col("action") == "copy", pl.col("action").is_in(["focus", "click"])
    # A look at a field in the course of copying or filling it is no purpose of its own.
    handled = located.filter(~is_look).select(*keys, "visit").unique()
    copied = located.filter(is_copy).join(copies, on=["session", "seq"]).select("visit", "bundle")
    looked = located.filter(is_look).join(handled, on=[*keys, "visit"], how="anti").join(reads, on=keys, how="left")
    opened = _located(loaded.query(OPENED), visits)
    edited = located.filter(~is_copy & ~is_look).join(_search_edits(located, copied, looked, opened), on=["session", "seq"], how="anti")
    edited = edited.join(memories, on=keys, how="left")
    return pl.concat([frame.select("visit", pl.col("bundle").fill_null(-1)) for frame in (copied, looked, edited)]).unique()


def _located(events: pl.DataFrame, visits: pl.DataFrame) -> pl.DataFrame:
    """Events with the visit they lie in; those outside of any are left out."""
    spans = visits.select("session", "visit", "last_seq", seq="first_seq").sort("session", "seq")
    found = events.sort("session", "seq").join_asof(spans, on="seq", by="session", check_sortedness=False)
    return found.filter(pl.col("seq") <= pl.col("last_seq")).drop("last_seq")


def _search_edits(located: pl.DataFrame, copied: pl.DataFrame, looked: pl.DataFrame, opened: pl.DataFrame) -> pl.DataFrame:
    """
    Edits that are only a search: session, seq.

    One field is filled on a screen, and then a value is fetched: later in the same visit, on another screen of the same system or on the
    same one after it was opened anew; or, as the first of that system in the case, in a later visit to what was opened here.
    """
    fetching = pl.concat([frame.filter(pl.col("bundle") >= 0).select("visit") for frame in (copied, looked)]).unique()
    entered = located.filter(pl.col("action").is_in(["change", "select", "paste", "input", "submit"]))
    place = ["session", "case_no", "app"]
    single = entered.group_by("visit", "screen", *place).agg(
        n=pl.col("field").filter(pl.col("action") != "submit").n_unique(), last_edit=pl.col("seq").max()
    )
    single = single.filter(pl.col("n") == 1)
    openings = opened.group_by("visit").agg(opened_seq=pl.col("seq").max())
    fetched = located.filter(pl.col("action").is_in(["copy", "focus", "click"])).join(fetching, on="visit", how="semi")
    here = single.join(fetched.select("visit", "seq", other="screen"), on="visit").join(openings, on="visit", how="left")
    here = here.filter(pl.col("seq") > pl.col("last_edit"))
    here = here.filter((pl.col("other") != pl.col("screen")) | (pl.col("opened_seq") > pl.col("last_edit")))
    firsts = fetched.group_by(place).agg(first_fetch=pl.col("seq").min())
    ahead = single.join(firsts, on=place).join(openings, on="visit")
    ahead = ahead.filter((pl.col("first_fetch") > pl.col("last_edit")) & (pl.col("opened_seq") > pl.col("last_edit")))
    searches = pl.concat([here.select("visit", "screen"), ahead.select("visit", "screen")]).unique()
    return entered.join(searches, on=["visit", "screen"], how="semi").select("session", "seq")


def _before(early: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Those of the early visits, by `visit`, that one of the late ones follows in the same case and system."""
    keys = ["session", "case_no", "app"]
    pairs = early.select(*keys, "visit").join(late.select(*keys, later="visit"), on=keys)
    return pairs.filter(pl.col("later") > pl.col("visit")).select("visit").unique()


def _needed_by_later_visits(visits: pl.DataFrame, kept: pl.DataFrame, purposes: pl.DataFrame) -> pl.DataFrame:
    """The purposes of each visit's later visits in the case to the same system: visit, bundle."""
    early = kept.select("session", "case_no", "app", "visit")
    late = visits.select("session", "case_no", "app", later="visit")
    pairs = early.join(late, on=["session", "case_no", "app"]).filter(pl.col("later") > pl.col("visit"))
    return pairs.join(purposes.rename({"visit": "later"}), on="later").select("visit", "bundle")
