"""What visits to another system were for, and which bundles would make each purpose needless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.kernel.columns import role_codes
from analysis.spans import expanded, opens, packed
from shadow.events import ACTION_CODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.pieces import Pieces

    Places = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["UNCOVERED", "Fetching", "Purposes", "purposes_of"]

# The bundle of a purpose that no bundle covers.
UNCOVERED: Final = -1

ENTERING: Final = ("change", "select", "paste", "input", "submit")


@dataclass(frozen=True, slots=True)
class Purposes:
    """What visits were for, in order of visit and bundle, each once: UNCOVERED for what no bundle fetches."""

    visit: Places
    bundle: Places

    @classmethod
    def of(cls, visit: Places, bundle: Places) -> Purposes:
        """Put in order, each once."""
        visit, bundle = packed(visit, bundle + 1)
        once = opens(visit, bundle)
        return cls(visit[once], bundle[once] - 1)

    def joined(self, other: Purposes) -> Purposes:
        """Both."""
        return Purposes.of(np.concatenate([self.visit, other.visit]), np.concatenate([self.bundle, other.bundle]))

    def any(self, n_visits: int) -> Bools:
        """Which visits have a purpose."""
        return self._some(n_visits, np.ones(len(self.visit), dtype=np.bool_))

    def some_covered(self, n_visits: int) -> Bools:
        """Which visits have a purpose that a bundle covers."""
        return self._some(n_visits, self.bundle != UNCOVERED)

    def some_uncovered(self, n_visits: int) -> Bools:
        """Which visits have a purpose that none covers."""
        return self._some(n_visits, self.bundle == UNCOVERED)

    def _some(self, n_visits: int, which: Bools) -> Bools:
        found = np.zeros(n_visits, dtype=np.bool_)
        found[self.visit[which]] = True
        return found


@dataclass(frozen=True, slots=True)
class Fetching:
    """
    What bundles of a block fetch, and from where.

    Args:

        copy, copier: Rows of copies that bundles carry on, and those bundles; in order of the rows.

        read_key, reader: Cases and fields from which bundles type what they read, and those bundles; in order of the keys.

        memory_key, filler: Cases and fields that only carry a value on, and the bundles that fill them; likewise.
    """

    copy: Places
    copier: Places
    read_key: Places
    reader: Places
    memory_key: Places
    filler: Places


@dataclass(frozen=True, slots=True)
class _Located:
    """Events that may be purposes: row, visit, and key of case and field (-1 without a field)."""

    row: Places
    visit: Places
    key: Places

    def only(self, which: Bools) -> _Located:
        return _Located(self.row[which], self.visit[which], self.key[which])


def purposes_of(work: Pieces, known: Bools, opened: Places, fetching: Fetching) -> Purposes:
    """
    What the visits of a block were for.

    Args:

        work: The block.

        known: Which of its visits to applications are asked about.

        opened: Row of the last screen each of them opened; -1 without.

        fetching: What bundles fetch.
    """
    block = work.block
    located = _located(work, known)
    action = block.action[located.row]
    is_copy = action == ACTION_CODES["copy"]
    is_look = (action == ACTION_CODES["focus"]) | (action == ACTION_CODES["click"])
    copies, looks, edits = located.only(is_copy), located.only(is_look), located.only(~is_copy & ~is_look)
    # A look at a field in the course of copying or filling it is no purpose of its own.
    looks = looks.only(~_handled(located.only(~is_look), looks, len(block.places.field_role)))
    copied = _covered(copies.visit, copies.row, fetching.copy, fetching.copier)
    copied = Purposes(*(side[copied.bundle != UNCOVERED] for side in (copied.visit, copied.bundle)))
    looked = _covered(looks.visit, looks.key, fetching.read_key, fetching.reader)
    fetches = copied.joined(looked).some_covered(len(known))
    search = _searches(work, edits, located.only(is_copy | is_look), (fetches, opened))
    edits = edits.only(~search)
    return copied.joined(looked).joined(_covered(edits.visit, edits.key, fetching.memory_key, fetching.filler))


def _located(work: Pieces, known: Bools) -> _Located:
    """
    What a person may have come for, in the visits asked about.

    An edit, a copy, a submit, or a look at a field that shows a value. Moving about is not a purpose.
    """
    block, apps = work.block, work.apps
    looks = np.flatnonzero(block.is_action("focus", "click") & (block.case_no > 0))
    looks = looks[np.repeat(known, apps.last - apps.first + 1)[looks]]
    looks = looks[block.mark(looks) >= 0]
    moves = np.append(np.isin(block.places.field_role, role_codes("button", "link")), np.False_)
    looks = looks[~moves[block.field[looks]]]
    acts = np.flatnonzero(block.is_action("copy", *ENTERING) & (block.case_no > 0))
    rows = np.sort(np.concatenate([looks, acts]))
    visit = np.searchsorted(apps.first, rows, side="right") - 1
    rows, visit = rows[known[visit]], visit[known[visit]]
    return _Located(rows, visit, field_key(work, rows))


def field_key(work: Pieces, rows: Places) -> Places:
    """A number for the case and the field of each event; -1 without a field."""
    block = work.block
    field = block.field[rows].astype(np.int64)
    case = work.cases.number(rows, block.case_no[rows]).astype(np.int64)
    return np.where(field >= 0, case * len(block.places.field_role) + field, -1)


def _handled(acts: _Located, looks: _Located, n_fields: int) -> Bools:
    """Looks at a field that the same visit edits or copies in the case."""
    if not len(acts.row) or not len(looks.row):
        return np.zeros(len(looks.row), dtype=np.bool_)
    # Cases of visits are few, so that a table of them and the fields is small.
    case, field = (np.concatenate(parts) for parts in zip(*(np.divmod(one.key, n_fields) for one in (acts, looks)), strict=True))
    pair = np.concatenate([acts.visit, looks.visit]) * (int(case.max()) + 2) + case + 1
    number = _numbered(pair)
    table = np.zeros((int(number.max()) + 1, n_fields), dtype=np.bool_)
    known = acts.key >= 0
    n_acts = len(acts.row)
    table[number[:n_acts][known], field[:n_acts][known]] = True
    handled: Bools = table[number[n_acts:], field[n_acts:]] & (looks.key >= 0)
    return handled


def _numbered(keys: Places) -> Places:
    """A number for each different key; neighbours are mostly alike."""
    begins = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    _, of_run = np.unique(keys[begins], return_inverse=True)
    numbers: Places = np.repeat(of_run, np.diff(np.flatnonzero(begins), append=len(keys)))
    return numbers


def _covered(visit: Places, asked: Places, keys: Places, bundles: Places) -> Purposes:
    """Purposes by the bundles that cover what was asked for; UNCOVERED where none does."""
    first, end = (np.searchsorted(keys, asked, side=side) for side in ("left", "right"))
    which, at = expanded(visit, first, end - first)
    alone = visit[first == end]
    return Purposes.of(np.concatenate([which, alone]), np.concatenate([bundles[at], np.full(len(alone), UNCOVERED, dtype=np.int64)]))


def _searches(work: Pieces, edits: _Located, fetched: _Located, facts: tuple[Bools, Places]) -> Bools:
    """
    Which edits are only a search.

    One field is filled on a screen, and then a value is fetched: later in the same visit, on another screen of the same system or on the
    same one after it was opened anew; or, as the first of that system in the case, in a later visit to what was opened here.

    Args:

        work: The block.

        edits: Its edits and submits.

        fetched: Its copies and looks, handled ones too.

        facts: Which visits fetch something, and the row of the last screen each opened.
    """
    block, (fetches, opened) = work.block, facts
    fetched = fetched.only(fetches[fetched.visit])
    visit, screen, case, last_edit = _single_fields(work, edits)
    # On another screen, or on the same one after it was opened anew.
    here = np.where(opened[visit] > last_edit, _last_by_visit(fetched, len(opened))[visit], _last_elsewhere(block, fetched, visit, screen))
    place = case * len(block.places.app_known) + work.apps.place[visit]
    fetched_place = work.cases.number(fetched.row, block.case_no[fetched.row]).astype(np.int64) * len(block.places.app_known)
    ahead = _first_at(fetched_place + work.apps.place[fetched.visit], fetched.row, place)
    only = (here > last_edit) | ((ahead > last_edit) & (opened[visit] > last_edit))
    n_screens = len(block.places.screen_app)
    return np.isin(edits.visit * n_screens + block.screen[edits.row], visit[only] * n_screens + screen[only])


def _single_fields(work: Pieces, edits: _Located) -> tuple[Places, Places, Places, Places]:
    """Screens in visits of one case on which one field was filled: visit, screen, case, row of the last edit or submit there."""
    block = work.block
    case = work.cases.number(edits.row, block.case_no[edits.row])
    submit = block.action[edits.row] == ACTION_CODES["submit"]
    # A submit fills no field: it stands behind all fields of its screen.
    filled = np.where(submit, len(block.places.field_role) + 1, block.field[edits.row] + 1)
    visit, screen, of_case, filled, row = packed(edits.visit, block.screen[edits.row], case, filled, edits.row)
    begin = np.flatnonzero(opens(visit, screen, of_case))
    if not len(begin):
        return visit, screen, of_case, row
    fields = opens(visit, screen, of_case, filled) & (filled <= len(block.places.field_role))
    single = np.add.reduceat(fields.astype(np.int64), begin) == 1
    last_edit = np.maximum.reduceat(row, begin)
    return visit[begin][single], screen[begin][single], of_case[begin][single], last_edit[single]


def _last_by_visit(fetched: _Located, n_visits: int) -> Places:
    last = np.full(n_visits, -1, dtype=np.int64)
    last[fetched.visit] = fetched.row
    return last


def _last_elsewhere(block: SessionBlock, fetched: _Located, visit: Places, screen: Places) -> Places:
    """Row of the last copy or look in each visit on another screen than the one given; -1 without."""
    found = np.full(len(visit), -1, dtype=np.int64)
    seen = block.screen[fetched.row]
    # Runs on one screen: before the last run of a visit there is another screen, or nothing.
    changes = opens(fetched.visit, seen)
    ends = np.flatnonzero(np.append(changes[1:], np.ones(min(1, len(changes)), dtype=np.bool_)))
    last = np.searchsorted(fetched.visit[ends], visit, side="right") - 1
    for step in (0, 1):
        at = np.maximum(last - step, 0)
        inside = (last - step >= 0) & (len(ends) > 0)
        if len(ends):
            inside &= (fetched.visit[ends[at]] == visit) & (seen[ends[at]] != screen) & (found < 0)
            found[inside] = fetched.row[ends[at[inside]]]
    return found


def _first_at(keys: Places, rows: Places, asked: Places) -> Places:
    """Row of the first event of each key; -1 without."""
    keys, rows = packed(keys, rows)
    place = np.searchsorted(keys, asked)
    exists = place < len(keys)
    place = np.where(exists, place, 0)
    if not len(keys):
        return np.full(len(asked), -1, dtype=np.int64)
    return np.where(exists & (keys[place] == asked), rows[place], -1)
