"""
The report a client reads, in four forms that say the same.

    content = render(result, "pdf", lang="da")

`result` is the one result document of the analysis; nothing else is read, and nothing is computed.
"""

from shadow.report.disclosure import ReportRefusedError, level
from shadow.report.forms import FORMS, form_of, render

__all__ = ["FORMS", "ReportRefusedError", "form_of", "level", "render"]
