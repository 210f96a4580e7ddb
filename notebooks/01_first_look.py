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
# # A first look at a study
#
# What was recorded, where the time goes, what is entered twice, and which small integration would save the most minutes per case.
#
# This notebook looks at the sample study: eight invented agents, 60 cases each, four systems. For your own, leave out the first cell and open
# your study's folder. Nothing here is about a person: figures are about screens, fields and systems, and no session says whose it is.

# %%
import tempfile
from pathlib import Path

from shadow.cli.demo import run_demo

folder = Path(tempfile.mkdtemp(prefix="shadow-"))
_ = run_demo(folder / "study", note=print)

# %%
import polars as pl

import shadow

pl.Config.set_fmt_str_lengths(80)
study = shadow.open(folder / "study")
study

# %% [markdown]
# ## Where does the time go?
#
# Seconds are means over all cases, without gaps of more than two minutes. `excess_s_per_case` is time beyond what the actions on the screen
# take at the agents' own pace: reading, searching, waiting, putting right. It is a question to ask, not a saving.

# %%
study.friction(by="screen").select("app", "screen", "dwell_s_per_case", "excess_s_per_case", "returns_per_case", "repeat_clicks").head(8)

# %%
study.plot.pareto()

# %% [markdown]
# ## How does one case look?
#
# The typical case is the one nearest to all others. Hatched: a value was being carried from one system to another.

# %%
study.plot.case()

# %%
study.case("s003", 12)

# %% [markdown]
# ## What is entered twice?
#
# The same value, in a second system, within a case: copied and pasted, or typed again. `case_share` says in how many cases; typed pairs have to
# beat the rate at which two fields agree by chance.

# %%
study.reentry().select(
    "source_app", "source_label", "target_app", "target_label", "mode", "case_share", "chance_rate", "seconds_per_case"
).head(6)

# %%
study.plot.reentry()

# %% [markdown]
# ## How often is the application changed?

# %%
study.plot.transitions()

# %% [markdown]
# ## What would help?
#
# `minutes_per_case` is what one integration saves alone, with its 90 % interval; `marginal_minutes_per_case` is what it adds to the rows above
# it. Savings overlap, so only the second column may be added up.

# %%
study.rank().select(
    "rank", "title", "minutes_per_case", "ci90_low", "ci90_high", "marginal_minutes_per_case", "cumulative_minutes_per_case", "evidence"
).head(6)

# %%
study.plot.waterfall()

# %% [markdown]
# ## The report
#
# What a client reads, in their language. With fewer than five agents it gives ranges, with fewer than three it is refused unless they agreed.

# %%
study.report(folder / "report.html", lang="en")

# %%
study.close()
