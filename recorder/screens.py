"""
Names of applications and screens: from the allowlist and the patterns of study.toml, and from nothing else.

A title or an address may hold anything, so neither is ever kept. One that matches no pattern becomes `unnamed screen n`, counted within its
application in order of first sight. Two sights are the same unnamed screen if they show the same form, or, without a form, if their
addresses or titles differ in nothing but numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from recorder.marks import ValueMarks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recorder.sources.base import Page, Window
    from shadow.settings import Settings

__all__ = ["Allowlist", "CaseIds", "ScreenNames"]

# Fewer fields in common do not make two pages the same.
FORM_FIELDS: Final = 2

_NUMBERS: Final = re.compile(r"\d+")
_PIECES: Final = re.compile(r"[^\s/,;()|]+")


class Allowlist:
    """
    The applications that may be recorded.

    Args:

        apps: `[record] apps` of study.toml: names as the window system or the browser gives them, web systems by host and port.
    """

    def __init__(self, apps: Iterable[str]) -> None:
        self._spelling = {app.casefold(): app for app in apps}

    def app(self, names: Iterable[str]) -> str | None:
        """The application by the allowlist's spelling; None if none of its names is there."""
        return next((self._spelling[name.casefold()] for name in names if name.casefold() in self._spelling), None)

    def allows(self, names: Iterable[str]) -> bool:
        """Whether an application of these names may be recorded."""
        return self.app(names) is not None


class ScreenNames:
    """
    Names of the screens of one session.

    Args:

        settings: The study's `[systems]` and `[[screens]]`.
    """

    def __init__(self, settings: Settings) -> None:
        self._systems = settings.systems
        self._patterns = [(pattern.app, re.compile(pattern.match), pattern.name) for pattern in settings.screens]
        self._numbers: dict[tuple[str, object], int] = {}
        self._forms: dict[tuple[str, int], frozenset[str]] = {}
        self._given: dict[str, int] = {}

    def of_page(self, app: str, page: Page, elements: tuple[str, ...] | None) -> str:
        """
        Name of the screen that a page is.

        Args:

            app: Its application, from the allowlist.

            page: The page.

            elements: Ids of its fillable fields, if they are listed.
        """
        text = page.address if page.web else page.title
        return self._patterned(app, text, page.title) or self._unnamed(app, text, frozenset(elements or ()))

    def of_window(self, app: str, window: Window) -> str:
        """Name of the screen that a window without accessibility is."""
        return self._patterned(app, window.title) or self._unnamed(app, window.title, frozenset())

    def _patterned(self, app: str, *texts: str | None) -> str | None:
        known = (app, self._systems.get(app, app))
        found = (name for text in texts if text for of, match, name in self._patterns if of in known and match.search(text))
        return next(found, None)

    def _unnamed(self, app: str, text: str | None, form: frozenset[str]) -> str:
        shape, has_form = (app, _NUMBERS.sub("0", text or "")), len(form) >= FORM_FIELDS
        number = self._numbers.get((app, form)) if has_form else None
        if number is None:
            number = self._numbers.get(shape)
            # The same address with another form is another screen; one whose form was not listed yet is this one.
            if number is None or (has_form and self._forms.get((app, number), form) != form):
                number = self._given[app] = self._given.get(app, 0) + 1
        self._numbers.setdefault(shape, number)
        if has_form:
            self._numbers[app, form] = number
            self._forms[app, number] = form
        return f"unnamed screen {number}"


class CaseIds:
    """
    Case ids seen in one session, as ordinals.

    Args:

        settings: The study's `[cases] id_patterns`.
    """

    def __init__(self, settings: Settings) -> None:
        self._patterns = [re.compile(pattern) for pattern in settings.cases.id_patterns]
        self._seen = ValueMarks(settings.study.region)

    def in_value(self, value: str | None) -> int | None:
        """Ordinal of the case id that a field shows; None if it shows none."""
        shown = (value or "").strip()
        return self._ordinal(shown) if shown else None

    def in_page(self, page: Page) -> int | None:
        """Ordinal of the case id in a page's address or title; None if there is none."""
        pieces = [piece for text in (page.address, page.title) for piece in _PIECES.findall(text or "")]
        return next((ordinal for ordinal in map(self._ordinal, pieces) if ordinal is not None), None)

    def _ordinal(self, text: str) -> int | None:
        found = (match.group() for pattern in self._patterns if (match := pattern.search(text)))
        case_id = next(found, None)
        return self._seen.mark(case_id) if case_id else None
