"""What a report may show of a result, for programs: the document that `result.schema.json` describes."""

from __future__ import annotations

import json

from shadow.report.page import Page

__all__ = ["render_json"]


def render_json(page: Page) -> bytes:
    """The permitted result; a range is written as `[low, high]`."""
    return json.dumps(page.result, ensure_ascii=False, indent=1).encode()
