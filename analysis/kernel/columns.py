"""
Whole sessions as numpy arrays.

The catalogue knows how many rows each session has, and `seq` runs from 0 without a gap (`shadow.session` holds every import to that), so
neither `session` nor `seq` is read: a row's place says both. An application is known from its screen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shadow.events import ACTION_CODES, ROLES, UNKNOWN_APP
from shadow.store import Catalogue

__all__ = ["EVENT_COLUMNS", "NO_ROLE", "Dimensions", "SessionBlock", "block_of", "role_codes"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

EVENT_COLUMNS: Final = ("t_ms", "action", "screen", "field", "mark", "filled", "keys", "x", "y")
NO_ROLE: Final = len(ROLES)

# Repeated clicks on these are the way to work; as in repeat_clicks.sql.
STEPPERS: Final = frozenset("+ - − – ▲ ▼ < > ‹ › « » << >>".split())


def role_codes(*roles: str) -> list[int]:
    """Codes of roles, as `Dimensions.field_role` holds them."""
    return [ROLES.index(role) for role in roles]


@dataclass(frozen=True, slots=True)
class Dimensions:
    """
    What is known of the study's places, by code.

    Args:

        app_known: False for the application whose name the log does not know.

        screen_app: Application of each screen.

        field_screen: Screen of each field.

        field_role: Role of each field, an index into ROLES; NO_ROLE if the log gives none.

        field_steps: The field's label is that of a stepper or of paging.
    """

    app_known: Bools
    screen_app: Codes
    field_screen: Codes
    field_role: NDArray[np.uint8]
    field_steps: Bools

    @classmethod
    def of(cls, catalogue: Catalogue) -> Dimensions:
        """The places of a study."""
        roles = {role: code for code, role in enumerate(ROLES)}
        fields = catalogue.fields
        return cls(
            np.array([name != UNKNOWN_APP for name in catalogue.apps], dtype=np.bool_),
            np.array([screen.app for screen in catalogue.screens], dtype=np.int32),
            np.array([entry.screen for entry in fields], dtype=np.int32),
            np.array([NO_ROLE if entry.role is None else roles[entry.role] for entry in fields], dtype=np.uint8),
            np.array([entry.label is not None and entry.label.strip(" ") in STEPPERS for entry in fields], dtype=np.bool_),
        )

    @property
    def field_app(self) -> Codes:
        """Application of each field."""
        return self.screen_app[self.field_screen]

    def field_has_role(self, *roles: str) -> Bools:
        """Whether each field has one of these roles."""
        found: Bools = np.isin(self.field_role, role_codes(*roles))
        return found


@dataclass(frozen=True, slots=True)
class SessionBlock:
    """
    Whole sessions, one place in the arrays for each event, in session and seq order.

    Args:

        places: The study's applications, screens and fields.

        sessions: Ordinals of the sessions; each has events.

        starts: Place of each session's first event, and the number of events behind the last.

        t_ms, action, screen: Columns of the events.

        field: -1 for an event on no field.

        filled: 1 filled, 0 empty, -1 not known.

        keys: -1 if not counted.

        case_no: 0 for an event that belongs to no case.

        rare: Columns that only few events are asked for: mark, x, y.

        form_rows, form_fields: Each field that a `screen` event announced, and the place of that event; in order of place.

        token_rows, tokens, token_whole: Each comparable mark of an event's value, and the place of the event; in order of place.
    """

    places: Dimensions
    sessions: Codes
    starts: Places
    t_ms: Codes
    action: NDArray[np.uint8]
    screen: Codes
    field: Codes
    filled: NDArray[np.int8]
    keys: Codes
    case_no: Codes
    rare: pl.DataFrame
    form_rows: Places
    form_fields: Codes
    token_rows: Places
    tokens: Codes
    token_whole: Bools
    _session_of: list[Codes] = dataclasses.field(default_factory=list)
    _marks: list[Codes] = dataclasses.field(default_factory=list)

    def __len__(self) -> int:
        return len(self.t_ms)

    @property
    def session_of(self) -> Codes:
        """Index of each event's session in `sessions`; counted once."""
        if not self._session_of:
            self._session_of.append(np.repeat(np.arange(len(self.sessions), dtype=np.int32), np.diff(self.starts)))
        return self._session_of[0]

    @property
    def session(self) -> Codes:
        """Session of each event, by its ordinal in the study."""
        return self.sessions[self.session_of]

    @property
    def seqs(self) -> Codes:
        """Seq of each event."""
        return (np.arange(len(self)) - np.repeat(self.starts[:-1], np.diff(self.starts))).astype(np.int32)

    @property
    def app(self) -> Codes:
        """Application of each event."""
        return self.places.screen_app[self.screen]

    @property
    def role(self) -> NDArray[np.uint8]:
        """Role of each event's field, an index into ROLES; NO_ROLE without a role or without a field."""
        # The last place answers for -1, an event on no field.
        return np.append(self.places.field_role, np.uint8(NO_ROLE))[self.field]

    def is_action(self, *actions: str) -> Bools:
        """Where the action is one of these."""
        found: Bools = self.action == ACTION_CODES[actions[0]]
        for action in actions[1:]:
            found |= self.action == ACTION_CODES[action]
        return found

    def mark(self, rows: Places) -> Codes:
        """Value marks of some events; -1 without."""
        if not self._marks:
            # Asked for row by row, polars takes longer for some events than for all of them at once.
            self._marks.append(filled(self.rare["mark"]))
        marks: Codes = self._marks[0][rows]
        return marks

    def position(self, rows: Places) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Screen pixels x and y of some events; NaN where not known."""
        x, y = (self.rare[name].gather(rows).cast(pl.Float64).to_numpy() for name in ("x", "y"))
        return x, y

    def seq(self, rows: Places) -> Codes:
        """Seq of some events."""
        return (rows - self.starts[self.session_of[rows]]).astype(np.int32)


def block_of(
    places: Dimensions,
    sizes: Sequence[tuple[int, int, int, int]],
    events: pl.DataFrame,
    case_no: Codes,
    sides: tuple[pl.DataFrame, pl.DataFrame],
) -> SessionBlock:
    """
    A block from frames of the store.

    Args:

        places: The study's places.

        sizes: Session, and the numbers of its events, forms and tokens, for each session of the block that has events.

        events: EVENT_COLUMNS of their events, in session and seq order.

        case_no: Case of each event; 0 for none.

        sides: The sessions' forms (seq, field) and tokens (seq, token, whole), in session and seq order.
    """
    numbers = np.array(sizes, dtype=np.int64).reshape(-1, 4)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(numbers[:, 1])])
    forms, tokens = sides
    whole = tokens["whole"].to_numpy() if tokens.height else np.zeros(0, dtype=np.bool_)
    return SessionBlock(
        places, numbers[:, 0].astype(np.int32), starts,
        events["t_ms"].to_numpy(), events["action"].to_numpy(), events["screen"].to_numpy(),
        filled(events["field"]), _states(events["filled"]), filled(events["keys"]),
        case_no, events.select("mark", "x", "y"),
        np.repeat(starts[:-1], numbers[:, 2]) + forms["seq"].to_numpy(), forms["field"].to_numpy(),
        np.repeat(starts[:-1], numbers[:, 3]) + tokens["seq"].to_numpy(), tokens["token"].to_numpy(), whole,
    )  # fmt: skip


def filled(column: pl.Series, missing: int = -1) -> NDArray[np.int32]:
    values: NDArray[np.int32] = (column.fill_null(missing) if column.null_count() else column).to_numpy()
    return values


def _states(column: pl.Series) -> NDArray[np.int8]:
    states: NDArray[np.int8] = column.cast(pl.Int8).fill_null(-1).to_numpy()
    return states
