# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---
# %% [markdown]
# # Asking your own question in SQL
#
# The report answers the common questions. For the others there are views: events, cases, visits, edits, re-entries. They are read in a database
# of their own, in memory, from which nothing can be written and no file or address reached.

# %%
import tempfile
from pathlib import Path

import plotly.express as px
import polars as pl

import shadow
from shadow.cli.demo import run_demo
from shadow.notebook import Chart

pl.Config.set_fmt_str_lengths(80)
folder = Path(tempfile.mkdtemp(prefix="shadow-"))
run_demo(folder / "study", note=lambda _line: None)
study = shadow.open(folder / "study")

# %% [markdown]
# ## What can be asked
#
# Each view says what a row is, its columns and their units, and what a missing value means. There is no agent in any of them; `session` holds the
# events together and says neither whose it is nor when it was. Please leave it at that: what differs between sessions is not the question.

# %%
study.views().select("view", "title", "grain")

# %%
print(study.views().filter(view="screen_visits")["columns"].item())

# %% [markdown]
# ## How long does one search take, and how often is it needed?
#
# A name after `$` is given beside the query, never pasted into it.

# %%
study.sql(
    """
    SELECT screen, count(*) AS visits, median(dwell_s) AS median_s, count(DISTINCT (session, case_no)) AS cases
    FROM screen_visits
    WHERE app = $app AND case_no IS NOT NULL
    GROUP BY screen
    ORDER BY visits DESC
    """,
    app="CRM",
)

# %% [markdown]
# ## Are cases with a note on the side longer?
#
# The note is a workaround: the customer number is parked there until the other system asks for it.

# %%
lengths = study.sql(
    """
    WITH noted AS (SELECT DISTINCT session, case_no FROM app_visits WHERE app = $app)
    SELECT cases.seconds, cases.switches, noted.session IS NOT NULL AS with_note
    FROM cases LEFT JOIN noted USING (session, case_no)
    """,
    app="Notes",
)
lengths.group_by("with_note").agg(pl.len().alias("cases"), pl.median("seconds"), pl.mean("switches")).sort("with_note")

# %%
Chart(
    px.box(
        lengths, x="seconds", y="with_note", orientation="h", template="plotly_white", title="Seconds of a case, with and without a note"
    )
)

# %% [markdown]
# Longer, and with more changes of application: but a note is made in credit cases, which have more to carry. The difference is not the price of the
# note. That price is what lies between putting the number down and taking it up:

# %%
study.sql(
    """
    SELECT source_app, source_label, target_app, target_label, count(*) AS times, median(seconds) AS median_s
    FROM reentries
    WHERE source_app = $app OR target_app = $app
    GROUP BY ALL
    ORDER BY times DESC
    """,
    app="Notes",
)

# %% [markdown]
# ## Going on in DuckDB's own Python
#
# `relation` gives a view to build on; like a query it only reads.

# %%
study.relation("skips").filter("kind = 'passed_over'").aggregate("app, label, avg(skipped::INT) AS share, count(*) AS cases").order(
    "share DESC"
).limit(5)

# %% [markdown]
# ## What a query cannot do

# %%
for query in ("DELETE FROM events", "COPY cases TO 'cases.csv'", "SELECT * FROM read_csv('/etc/hosts')", "SELECT agent FROM events"):
    try:
        study.sql(query)
    except shadow.ShadowError as refusal:
        print(f"{query}\n    {refusal.reason}")

# %%
study.close()
