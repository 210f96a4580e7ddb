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
# # Is this saving real?
#
# A ranking is an estimate. Before anybody builds something, look at how sure it is, what it rests on, and what would change it.

# %%
import json
import shutil
import tempfile
from pathlib import Path

import plotly.express as px
import polars as pl

import shadow
from shadow.cli.demo import run_demo, sample_logs
from shadow.notebook import Chart

pl.Config.set_fmt_str_lengths(80)
folder = Path(tempfile.mkdtemp(prefix="shadow-"))
run_demo(folder / "study", note=lambda _line: None)
study = shadow.open(folder / "study")
rank = study.rank()

# %% [markdown]
# ## How sure is each?
#
# The interval leaves out each agent in turn and looks at how far the saving moves: agents are what was sampled. Those single values are never
# shown, for with the total they would give away one agent's figure. The bounds are something else: the least is the hands' part of what would
# disappear, the most is all of it. No sampling explains them away.

# %%
study.plot.intervals()

# %%
rank.filter(evidence="measured").select(
    "rank", "title", "minutes_per_case", "ci90_low", "ci90_high", "bounds_low", "bounds_high", "agents", "occurrences"
).head(5)

# %% [markdown]
# ## Is a second counted twice?
#
# Two integrations may save the same second. So a set of them is replayed over the log, and what disappears is counted once. Adding up the savings
# of each alone would promise too much:

# %%
ranked = rank.filter(pl.col("evidence") != "anecdote")
pl.DataFrame(
    {
        "way": ["each alone, added up", "replayed together"],
        "minutes_per_case": [ranked["minutes_per_case"].sum(), ranked["cumulative_minutes_per_case"].max()],
    }
)

# %% [markdown]
# ## Does it rest on which gaps count as work?
#
# A gap without any event counts up to two minutes. The minutes saved should not hang on that choice.

# %%
study.gaps()

# %% [markdown]
# ## Does it hold in either half of the cases?
#
# If a pair of fields were a coincidence or the habit of a few days, the odd and the even cases would not agree.

# %%
halves = study.sql(
    """
    SELECT source_label || ' → ' || target_label AS pair
        , sum(seconds * share) FILTER (case_no % 2 = 1) / (SELECT count(*) FROM cases WHERE case_no % 2 = 1) AS odd
        , sum(seconds * share) FILTER (case_no % 2 = 0) / (SELECT count(*) FROM cases WHERE case_no % 2 = 0) AS even
    FROM reentries
    GROUP BY pair
    HAVING count(*) >= 25
    ORDER BY odd DESC
    """
)
labels = {"odd": "Seconds per case in the odd cases", "even": "Seconds per case in the even cases"}
chart = Chart(
    px.scatter(
        halves,
        x="odd",
        y="even",
        hover_name="pair",
        labels=labels,
        template="plotly_white",
        title="The same pairs in either half of the cases",
    )
)
most = max(halves["odd"].max(), halves["even"].max())
chart.add_shape(type="line", x0=0, y0=0, x1=most, y1=most, line={"dash": "dot"})
chart

# %% [markdown]
# ## What does it assume?
#
# What was not measured is named, with its source. Whoever knows better writes it into study.toml. Say a filled field needs a longer glance, as
# long as two and a half seconds: what is left of the saving?

# %%
study.assumptions().filter(pl.col("name").is_in(["glance_s", "redo_share", "gap_drop_ms"]))

# %%
shutil.copytree(folder / "study", folder / "cautious")
toml = folder / "cautious" / "study.toml"
toml.write_text(toml.read_text(encoding="utf-8").replace("# glance_s = 1.2", "glance_s = 2.5"), encoding="utf-8")

with shadow.open(folder / "cautious") as cautious:
    both = [(glance_s, one.result()["total"]) for glance_s, one in ((1.2, study), (2.5, cautious))]
pl.DataFrame(
    [
        {"glance_s": glance_s, "minutes_per_case": total["minutes_per_case"], "low": total["ci90"][0], "high": total["ci90"][1]}
        for glance_s, total in both
    ]
)

# %% [markdown]
# ## And the truth?
#
# A real study never tells. This one was made up, so for once the answer lies beside it: what each field filled in would really save.

# %%
truth = json.loads(sample_logs()[0].with_name("truth.json").read_text(encoding="utf-8"))
told = {
    (row["targets"][0]["app"], row["targets"][0]["field"]): row["minutes_per_case"]
    for row in truth["integrations"]
    if len(row["targets"]) == 1
}
found = [row for row in study.result()["rank"] if row["kind"] == "autofill" and len(row["targets"]) == 1 and row["ci90"]]
pl.DataFrame(
    [
        {
            "field": row["targets"][0]["label"],
            "truth": told.get((row["targets"][0]["app"], row["targets"][0]["field"])),
            "estimate": row["minutes_per_case"],
            "low": row["ci90"][0],
            "high": row["ci90"][1],
        }
        for row in found
    ]
)

# %%
study.close()
