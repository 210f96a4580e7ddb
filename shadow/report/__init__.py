"""
The report a client reads: one HTML file, without a script, that opens anywhere.

    html = render_html(result, lang="da")

`result` is the one result document of the analysis; nothing else is read.
"""

from shadow.report.disclosure import ReportRefusedError, level
from shadow.report.html import render_html

__all__ = ["ReportRefusedError", "level", "render_html"]
