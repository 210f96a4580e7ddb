"""
What the sessions of a block say of typed re-entry: which values two fields of one case share, and how often chance would have it.

    tokens  ->  entries                 ->  cells                        entry   one token in one field of one case
    (rare)      (token, case, field)        (source field, target field)         with the events that have it, in order
                        `-------------->  matches
                                          (edit, source field, token)

Tokens compare within a session only, so everything here adds up over sessions; what is accepted is known of the study as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.edits import Edits
from analysis.kernel.runs import run_ends
from analysis.kernel.times import CaseRuns
from analysis.spans import expanded, opens, packed, run_lengths

__all__ = ["Cells", "Entries", "Matches", "pair_cells", "rare_entries", "typed_matches"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Numbers = NDArray[np.float64]

# With fewer cases in a session a share of cases says nothing: a token is rare there if no other case has it.
FEW_CASES: Final = 5
WORD: Final = 64
# A choice in these is no value that somebody typed.
NOT_TYPED: Final = ("cell", "button", "link", "check", "radio")


@dataclass(frozen=True, slots=True)
class Entries:
    """
    Rare tokens by case and field, in order of token, case and field.

    Args:

        token: Numbered through the block, so that a token is one of one session.

        case: Number of the case in the block (`CaseRuns.number`).

        group: The same token in the same case; from 0.

        field: A field whose value had it.

        first: Row of the first event by which that value was seen.

        typed: Row of the last edit by which it was typed; -1 if it was not.

        begin: Where the entry's events begin in `rows`.

        rows: All events of all entries, in order in each.

        is_typed: Which of those typed it.
    """

    token: Codes
    case: Codes
    group: Places
    field: Codes
    first: Places
    typed: Places
    begin: Places
    rows: Places
    is_typed: Bools


@dataclass(frozen=True, slots=True)
class Cells:
    """
    Pairs of fields of different systems that were in one case, added up over sessions: one row per source and target.

    Args:

        source, target: Fields.

        n: Cases with both.

        n_matching: Those in which they share a token.

        n_before: Those in which it was read before it was typed.

        expected: Cases that chance would have match: for each session the rate among pairs of its different cases, times its n.
    """

    source: Codes
    target: Codes
    n: Places
    n_matching: Places
    n_before: Places
    expected: Numbers


@dataclass(frozen=True, slots=True)
class Matches:
    """
    Edits by which a value was typed that another system's field had shown before in the case: one row per edit, source and token.

    Tokens of an edit that all its sources have say the same of them: they stand as one.

    Args:

        edit: Row of the edit.

        source_field: Where the value had been seen.

        token: Of the block, as in `Entries`.

        first: Row of the first event that showed it, or one of those that stand as one, there.

        last: Row of the last one before the edit.
    """

    edit: Places
    source_field: Codes
    token: Codes
    first: Places
    last: Places


def rare_entries(block: SessionBlock, cases: CaseRuns, made: Edits, rare_df: float) -> Entries:
    """Tokens of values read or typed within cases, without those common in the cases of their session."""
    case_no = block.case_no[block.token_rows]
    inside = np.flatnonzero(case_no > 0)
    rows = block.token_rows[inside]
    session = block.session_of[rows]
    tokens = block.tokens[inside]
    n_tokens = np.zeros(len(block.sessions), dtype=np.int64)
    if len(rows):
        first = np.flatnonzero(opens(session))
        n_tokens[session[first]] = np.maximum.reduceat(tokens, first) + 1
    token = (np.cumsum(n_tokens) - n_tokens)[session] + tokens
    case = cases.number(rows, case_no[inside])
    token, of_case, place = packed(token, case, np.arange(len(rows)))
    rows, session = rows[place], session[place]
    group = opens(token, of_case)
    n_cases = np.bincount(block.session_of[cases.ends_case], minlength=len(block.sessions))
    limit = np.where(n_cases < FEW_CASES, 1.0, np.maximum(n_cases * rare_df, 1.0))
    of_token = np.cumsum(opens(token)) - 1
    df = np.bincount(of_token, weights=group)
    kept = (df[of_token] <= limit[session]) & _is_read(block, rows)
    return _entries(block, made, (token[kept], of_case[kept], rows[kept]))


def _is_read(block: SessionBlock, rows: Places) -> Bools:
    """Events that show the value of a field."""
    unread = block.is_action("paste", "submit", "switch")
    read: Bools = (block.field[rows] >= 0) & ~unread[rows]
    return read


def _entries(block: SessionBlock, made: Edits, known: tuple[Places, Places, Places]) -> Entries:
    token, case, rows = known
    group = np.cumsum(opens(token, case)) - 1
    group, field, at = packed(group, block.field[rows], np.arange(len(rows)))
    token, case, rows = token[at], case[at], rows[at]
    # A word may be the whole value, too.
    once = opens(group, field, rows)
    group, field, token, case, rows = (column[once] for column in (group, field, token, case, rows))
    begin = np.flatnonzero(opens(group, field))
    typing = np.zeros(len(block), dtype=np.bool_)
    typing[made.row[~made.pasted & ~block.places.field_has_role(*NOT_TYPED)[made.field]]] = True
    is_typed = typing[rows]
    last = np.maximum.reduceat(np.where(is_typed, rows, -1), begin) if len(begin) else rows
    return Entries(
        token[begin].astype(np.int32), case[begin].astype(np.int32), group[begin], field[begin].astype(np.int32), rows[begin], last,
        begin, rows, is_typed,
    )  # fmt: skip


def pair_cells(block: SessionBlock, cases: CaseRuns, entries: Entries) -> Cells:
    """Count the pairs of fields of a block's sessions."""
    fields, of_field = np.unique(entries.field, return_inverse=True)
    n_fields = len(fields)
    app = block.places.field_app[fields]
    source = np.zeros((cases.n_cases, n_fields), dtype=np.bool_)
    source[entries.case, of_field] = True
    target = np.zeros_like(source)
    typed = np.flatnonzero(entries.typed >= 0)
    target[entries.case[typed], of_field[typed]] = True
    local = (entries, of_field.astype(np.int32), app)
    matching, before = _matching(local, n_fields)
    both, expected = _expected(_crossings(local, source, target), (source, target), cases)
    cells = np.flatnonzero((both > 0) & (app[:, None] != app[None, :]).ravel())
    one, other = np.divmod(cells, max(1, n_fields))
    return Cells(fields[one], fields[other], both[cells], matching[cells], before[cells], expected[cells])


def _matching(local: tuple[Entries, Codes, Codes], n_fields: int) -> tuple[Places, Places]:
    """For each pair of fields the cases in which they share a token, and those in which it was read before it was typed."""
    entries, of_field, app = local
    begin = np.flatnonzero(opens(entries.group))
    length = run_lengths(begin, len(entries.group))
    typed = np.flatnonzero(entries.typed >= 0)
    of_group = entries.group[typed]
    typed, of_group = typed[length[of_group] > 1], of_group[length[of_group] > 1]
    target, source = expanded(typed, begin[of_group], length[of_group])
    other = app[of_field[source]] != app[of_field[target]]
    target, source = target[other], source[other]
    pair = of_field[source].astype(np.int64) * n_fields + of_field[target]
    case, pair, before = packed(entries.case[target], pair, entries.first[source] < entries.typed[target])
    # The last of a case and pair says whether any was read before.
    last = run_ends(np.flatnonzero(opens(case, pair)), len(case))
    n_cells = n_fields * n_fields
    return np.bincount(pair[last], minlength=n_cells), np.bincount(pair[last[before[last] > 0]], minlength=n_cells)


def _crossings(local: tuple[Entries, Codes, Codes], source: Bools, target: Bools) -> tuple[Places, Places, Places]:
    """
    Source and target in different cases that share a token, each case having both fields: case of the target, its field, source field.

    Each pair of a source in a case and a target in another counts once, however many tokens they share.
    """
    entries, of_field, app = local
    begins = opens(entries.token)
    begin = np.flatnonzero(begins)
    length = run_lengths(begin, len(entries.token))
    typed = np.flatnonzero(entries.typed >= 0)
    of_token = (np.cumsum(begins) - 1)[typed]
    typed, of_token = typed[length[of_token] > 1], of_token[length[of_token] > 1]
    put, read = expanded(typed, begin[of_token], length[of_token])
    n_fields = np.int32(source.shape[1])
    case_cell = entries.case * n_fields
    # The other case has the target too, this one the source too.
    real = target.ravel()[case_cell[read] + of_field[put]]
    put, read = put[real], read[real]
    real = source.ravel()[case_cell[put] + of_field[read]]
    real &= (entries.case[put] != entries.case[read]) & (app[of_field[put]] != app[of_field[read]])
    put, read = put[real], read[real]
    cells = source.shape[0] * source.shape[1]
    node = case_cell + of_field
    one, other = np.divmod(_once(node[put].astype(np.int64) * cells + node[read]), max(1, cells))
    case, field = np.divmod(one, max(1, int(n_fields)))
    return case, field, other % max(1, int(n_fields))


def _once(keys: Places) -> Places:
    keys = np.sort(keys)
    return keys[opens(keys)]


def _expected(crossings: tuple[Places, Places, Places], has: tuple[Bools, Bools], cases: CaseRuns) -> tuple[Places, Numbers]:
    """
    Cases with both fields, and how many of them chance would have match; by source and target, added up over sessions.

    rate = sum over i != j of [S_i and D_j share a token] / (n (n - 1)), n the cases with both: exact, over all pairs of different cases.
    """
    case, target, source = crossings
    n_fields = has[0].shape[1]
    both = np.zeros(n_fields * n_fields, dtype=np.int64)
    expected = np.zeros(n_fields * n_fields, dtype=np.float64)
    cell = source * n_fields + target
    ends = [*cases.offset.tolist(), cases.n_cases]
    for begin, end in pairwise(ends):
        n = _cases_with_both(has[0][begin:end], has[1][begin:end])
        first, last = np.searchsorted(case, (begin, end))
        hits = np.bincount(cell[first:last])
        hit = np.flatnonzero(hits)
        both += n
        expected[hit] += hits[hit] / (n[hit] - 1)
    return both, expected


def _cases_with_both(source: Bools, target: Bools) -> Places:
    """Cases of a session that have both of two fields, for each pair: a bit a case, counted 64 at a time."""
    columns = []
    for has in (source, target):
        bits = np.zeros((-(-len(has) // WORD) * WORD, has.shape[1]), dtype=np.bool_)
        bits[: len(has)] = has
        columns.append(np.ascontiguousarray(np.packbits(bits, axis=0).T).view(np.uint64))
    n = np.zeros((source.shape[1], target.shape[1]), dtype=np.int64)
    for word in range(columns[0].shape[1]):
        n += np.bitwise_count(columns[0][:, word, None] & columns[1][None, :, word])
    return n.ravel()


def typed_matches(block: SessionBlock, entries: Entries, is_pasted: Bools) -> Matches:
    """
    The typed edits of a block, with what had shown their values before in another system of the case.

    Args:

        block: The sessions.

        entries: Their rare tokens.

        is_pasted: Events that end a clipboard chain, which are not typed.
    """
    group_begin = np.flatnonzero(opens(entries.group))
    length = run_lengths(group_begin, len(entries.group))
    of_entry = np.repeat(np.arange(len(entries.begin)), run_lengths(entries.begin, len(entries.rows)))
    typing = np.flatnonzero(entries.is_typed & ~is_pasted[entries.rows])
    of_group = entries.group[of_entry[typing]]
    typing, of_group = typing[length[of_group] > 1], of_group[length[of_group] > 1]
    typed, source = expanded(typing, group_begin[of_group], length[of_group])
    app = block.places.field_app
    edit = entries.rows[typed]
    real = (app[entries.field[source]] != app[block.field[edit]]) & (entries.first[source] < edit)
    edit, source = edit[real], source[real]
    keys = of_entry * len(block) + entries.rows
    last = entries.rows[np.searchsorted(keys, source * len(block) + edit) - 1]
    return _as_one(Matches(edit, entries.field[source], entries.token[source], entries.first[source], last))


def _as_one(found: Matches) -> Matches:
    """The matches, with an edit's tokens as one where each of its sources has all of them: that spares most rows, for most values are seen whole."""
    if not len(found.edit):
        return found
    edit, source, last, row = packed(found.edit, found.source_field, found.last, np.arange(len(found.edit)))
    with_token, token = packed(found.edit, found.token)
    begins = opens(edit, source)
    begin = np.flatnonzero(begins)
    of_edit = np.cumsum(opens(edit)) - 1
    n_tokens = np.bincount((np.cumsum(opens(with_token)) - 1)[opens(with_token, token)])
    whole = (np.bincount(of_edit) == np.bincount(of_edit[begin]) * n_tokens)[of_edit]

    def lowest(column: NDArray[Any]) -> NDArray[Any]:
        return np.where(whole, np.minimum.reduceat(column, begin)[np.cumsum(begins) - 1], column)

    kept = ~whole
    kept[run_ends(begin, len(edit))] = True
    first, token = lowest(found.first[row]), lowest(found.token[row])
    return Matches(edit[kept], source[kept].astype(np.int32), token[kept], first[kept], last[kept])
