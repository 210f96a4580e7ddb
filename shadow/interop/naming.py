"""
Names of applications, screens and fields to codes of a draft catalogue: the same for a log and for a recorded session.

What a screen is called in the study is decided here: by `[systems]` and `[[screens]]` of study.toml, and for screens that nothing names
by the forms they show.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, TypeVar

from shadow.store import Catalogue, FieldEntry, ScreenEntry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shadow.settings import Settings

__all__ = ["Names", "is_unnamed", "unnamed_screens"]

# However a session tells its screens apart.
Seen = TypeVar("Seen", bound=Hashable)

# What the recorder calls a screen that no pattern matched.
_UNNAMED: Final = re.compile(r"unnamed screen ([0-9]+)")
# Two forms are the same with so many fields in common, and so large a share of all their fields.
COMMON_FIELDS: Final = 2
COMMON_SHARE: Final = 0.8


class Names:
    """
    Gives apps, screens and fields their codes, and extends the draft catalogue with new ones.

    Args:

        catalogue: The draft.

        settings: Names of systems and screen patterns of the study.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings) -> None:
        self._catalogue = catalogue
        self._systems = settings.systems
        self._patterns = [(pattern.app, re.compile(pattern.match), pattern.name) for pattern in settings.screens]
        self._apps = {name: code for code, name in enumerate(catalogue.apps)}
        self._screens = {(entry.app, entry.name): code for code, entry in enumerate(catalogue.screens)}
        self._fields = {(entry.screen, entry.element): code for code, entry in enumerate(catalogue.fields)}

    def app(self, name: str) -> int:
        """Code of a system, by what `[systems]` calls it."""
        shown = self._systems.get(name, name)
        code = self._apps.setdefault(shown, len(self._catalogue.apps))
        if code == len(self._catalogue.apps):
            self._catalogue.apps.append(shown)
        return code

    def screen(self, app_name: str, app: int, name: str) -> int:
        """Code of a screen, by what the first matching pattern of `[[screens]]` calls it."""
        for pattern_app, match, shown in self._patterns:
            if pattern_app in (app_name, self._catalogue.apps[app]) and match.search(name):
                name = shown
                break
        return self._screen_as_named(app, name)

    def recorded_screen(self, app_name: str, app: int, name: str) -> int:
        """Code of a screen of a recorded session: what a pattern has named already, or nothing could, no pattern names again."""
        given = {shown for pattern_app, _, shown in self._patterns if pattern_app in (app_name, self._catalogue.apps[app])}
        return self._screen_as_named(app, name) if name in given or is_unnamed(name) else self.screen(app_name, app, name)

    def _screen_as_named(self, app: int, name: str) -> int:
        code = self._screens.setdefault((app, name), len(self._catalogue.screens))
        if code == len(self._catalogue.screens):
            self._catalogue.screens.append(ScreenEntry(app, name))
        return code

    def field(self, screen: int, element: str, label: str | None = None, role: str | None = None, required: bool | None = None) -> int:  # noqa: FBT001
        """Code of a field; what was not known of it is added, and what was ever a password stays one."""
        code = self._fields.setdefault((screen, element), len(self._catalogue.fields))
        if code == len(self._catalogue.fields):
            self._catalogue.fields.append(FieldEntry(screen, element))
        entry = self._catalogue.fields[code]
        entry.label = entry.label or label
        entry.role = role if role == "password" else entry.role or role
        entry.required = entry.required or bool(required)
        return code

    def unnamed(self, app: int, announced: frozenset[int]) -> dict[str, frozenset[str]]:
        """
        Elements that each unnamed screen of an application has announced, as far as the study knows them.

        Args:

            app: Code of the application.

            announced: Codes of the fields that some form announced; the others say nothing of whether two forms are the same.
        """
        screens = {code: entry.name for code, entry in enumerate(self._catalogue.screens) if entry.app == app and is_unnamed(entry.name)}
        forms: dict[str, set[str]] = {name: set() for name in screens.values()}
        for code, entry in enumerate(self._catalogue.fields):
            if entry.screen in screens and code in announced:
                forms[screens[entry.screen]].add(entry.element)
        return {name: frozenset(form) for name, form in forms.items()}


def is_unnamed(screen: str) -> bool:
    """Whether this is the recorder's word for a screen that no pattern matched."""
    return _UNNAMED.fullmatch(screen) is not None


def unnamed_screens(found: Mapping[Seen, frozenset[str]], known: Mapping[str, frozenset[str]]) -> dict[Seen, str]:
    """
    What the unnamed screens of a session are called in the study: two of one application are the same if their forms are.

    Args:

        found: Elements of each unnamed screen of the session within one application, in order of first sight.

        known: The same of the study, as far as it knows that application.

    Returns:

        The study's name of each. One with a form that the study does not know, or without one, gets the next free number.
    """
    forms = dict(known)
    names = {}
    for seen, form in found.items():
        alike = max(forms, key=lambda other: (_alike(form, forms[other]), -_number(other)), default=None)
        if alike is None or not _alike(form, forms[alike]):
            alike = f"unnamed screen {max(map(_number, forms), default=0) + 1}"
        forms[alike] = forms.get(alike, frozenset()) | form
        names[seen] = alike
    return names


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the elements of two forms that both have; 0 if that is too little for them to be the same."""
    common, whole = len(one & other), len(one | other)
    return common / whole if common >= COMMON_FIELDS and common / whole >= COMMON_SHARE else 0.0


def _number(name: str) -> int:
    match = _UNNAMED.fullmatch(name)
    return int(match.group(1)) if match else 0
