"""
A study in Python: what an analyst holds in a notebook.

    open(folder) ---> Study ---> frames      friction, reentry, cases, rank, transitions
                            |--> SQL         sql, relation, views
                            |--> figures     plot.waterfall, plot.pareto, ...
                            `--> a report    HTML, PDF, XLSX, PPTX

This is the working view: figures of the study at any size. Nothing in it is per agent, and nothing says whose session is whose.
"""

from shadow.notebook.charts import Chart
from shadow.notebook.shown import Case, Report
from shadow.notebook.study import Study, open  # noqa: A004 - as in gzip.open: it is called by the package's name

__all__ = ["Case", "Chart", "Report", "Study", "open"]
