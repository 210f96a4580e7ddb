"""A real Chromium that opens pages of ours and says all that happened in it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["Opened", "chromium", "opened"]

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AWAY: Final = re.compile("^(?!file:)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; a failure instead of a skip where there is none but the run promised one, as `make test` does."""
    if not CHROMIUM:
        say = pytest.fail if os.environ.get("SHADOW_NEED_DESKTOP") else pytest.skip
        say("no Chromium on this machine (`make desktop` installs Debian's): nothing was opened")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass(slots=True)
class Opened:
    """
    A page, and what it did.

    Args:

        page: The page.

        executed: Errors and lines on the console, in words. `alert` writes such a line instead of waiting for somebody; the browser does
            when a policy keeps something from running.

        requests: Addresses it asked for.
    """

    page: Page
    executed: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def visit(self, path: Path) -> None:
        """Open a file, forgetting what the one before did, and did late."""
        self.page.goto("about:blank")
        self.executed.clear()
        self.requests.clear()
        self.page.goto(path.as_uri(), wait_until="load")


@contextmanager
def opened(browser: Browser, *, width: int = 1280, policy: bool = True) -> Iterator[Opened]:
    """
    A page to open files in. Nothing it asks for elsewhere is answered.

    Args:

        browser: The browser.

        width: Of the window, in pixels.

        policy: Whether the page's own policy is kept; without it only the escaping stands between a text and the reader.
    """
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=not policy)
    context.route(AWAY, lambda route: route.abort())
    page = context.new_page()
    seen = Opened(page)
    page.add_init_script("window.alert = () => console.log('executed')")
    page.on("pageerror", lambda error: seen.executed.append(f"error: {error}"))
    page.on("console", lambda line: seen.executed.append(f"console: {line.text}"))
    context.on("page", lambda other: seen.executed.append(f"window: {other.url}"))
    context.on("request", lambda request: seen.requests.append(request.url))
    yield seen
    context.close()
