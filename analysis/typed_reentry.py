"""
Typed re-entry: no clipboard, so the values themselves must tell, by their marks.

Two fields of different systems that share **rare** tokens within a case, in more cases than chance would have it, are a pair. Tokens
compare within a session only, so rarity and chance are computed there and the counts are added up.

Source: rare tokens, the permutation rate and the thresholds were measured on real logs with clipboard chains as the truth (F1 0.95 there,
precision 1.00); binomial tail; Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from scipy.special import bdtrc

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.thresholds import Thresholds

__all__ = ["typed_occurrences", "typed_pairs"]

# With fewer cases in a session a share of cases says nothing: a token is rare there if no other case has it.
FEW_CASES: Final = 5

READ = """
    SELECT t.session, e.case_no, e.field, e.app, t.seq, t.token
    FROM tokens AS t
    JOIN events AS e USING (session, seq)
    WHERE e.case_no IS NOT NULL AND e.field IS NOT NULL AND e.action NOT IN ('paste', 'submit', 'switch')
    GROUP BY ALL
    ORDER BY ALL
"""

TYPED = """
    SELECT t.session, d.case_no, d.field, d.app, t.seq, t.token
    FROM edits AS d
    JOIN tokens AS t USING (session, seq)
    WHERE d.case_no IS NOT NULL AND NOT d.pasted AND coalesce(d.role NOT IN ('cell', 'button', 'link', 'check', 'radio'), TRUE)
    GROUP BY ALL
    ORDER BY ALL
"""

KEY: Final = ["session", "case_no"]
PAIR: Final = ["session", "source_field", "target_field"]


def typed_pairs(loaded: LoadedStudy) -> pl.DataFrame:
    """
    Test every pair of fields of different systems.

    Returns:

        One row per pair that is accepted or possible: source_field, target_field, n_matching (cases), chance_rate, effect, q_value,
        accepted.
    """
    read, typed = _rare(loaded, READ), _rare(loaded, TYPED)
    counts = _counted(read, typed)
    if counts.is_empty():
        return _verdicts(counts, loaded.thresholds)
    chance = _chance(read, typed)
    tested = counts.join(chance, on=PAIR, how="left").with_columns(pl.col("rate").fill_null(0.0))
    summed = tested.group_by("source_field", "target_field").agg(
        pl.col("n", "n_matching", "n_before").sum(), chance_rate=(pl.col("rate") * pl.col("n")).sum() / pl.col("n").sum()
    )
    return _verdicts(summed.sort("source_field", "target_field"), loaded.thresholds)


def _rare(loaded: LoadedStudy, sql: str) -> pl.DataFrame:
    """Tokens of values read or typed, without those common in the cases of their session."""
    share = loaded.thresholds.rare_df
    in_cases = loaded.query("""
        SELECT t.session, t.token, count(DISTINCT e.case_no) AS df
        FROM tokens AS t JOIN events AS e USING (session, seq)
        WHERE e.case_no IS NOT NULL
        GROUP BY t.session, t.token
    """)
    n_cases = loaded.cases.drop_nulls("case_no").group_by("session").agg(n=pl.col("case_no").n_unique())
    limit = pl.when(pl.col("n") < FEW_CASES).then(1.0).otherwise((pl.col("n") * share).clip(lower_bound=1.0))
    rare = in_cases.join(n_cases, on="session").filter(pl.col("df") <= limit).select("session", "token")
    return loaded.query(sql).join(rare, on=["session", "token"], how="semi")


def _counted(read: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """Per session and pair: n cases with both, those sharing a token, and those in which it was read before it was typed."""
    sources = read.rename({"field": "source_field", "app": "source_app"})
    targets = typed.rename({"field": "target_field", "app": "target_app"})
    present = _present(read, typed).group_by(PAIR).agg(n=pl.len())
    matches = (
        sources.group_by(*KEY, "source_field", "source_app", "token").agg(read_seq=pl.col("seq").min())
        .join(targets.group_by(*KEY, "target_field", "target_app", "token").agg(typed_seq=pl.col("seq").max()), on=[*KEY, "token"])
        .filter(pl.col("source_app") != pl.col("target_app"))
        .group_by(*KEY, "source_field", "target_field").agg(before=(pl.col("read_seq") < pl.col("typed_seq")).any())
        .group_by(PAIR).agg(n_matching=pl.len(), n_before=pl.col("before").sum())
    )  # fmt: skip
    return present.join(matches, on=PAIR, how="left").with_columns(pl.col("n_matching", "n_before").fill_null(0))


def _chance(read: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """
    How often the two fields would match if the cases of one were shuffled: exact, over all pairs of different cases that have both.

    rate = sum over i != j of [S_i and D_j share a token] / (n (n - 1)), n the cases with both.
    """
    present = _present(read, typed)
    sources = read.select(*KEY, "token", source_field="field").unique().join(present, on=[*KEY, "source_field"])
    targets = typed.select(*KEY, "token", target_field="field").unique().join(present, on=[*KEY, "target_field"])
    crossed = sources.join(targets.rename({"case_no": "other_case"}), on=[*PAIR, "token"]).filter(pl.col("case_no") != pl.col("other_case"))
    hits = crossed.unique([*PAIR, "case_no", "other_case"]).group_by(PAIR).agg(hits=pl.len())
    rated = hits.join(present.group_by(PAIR).agg(n=pl.len()), on=PAIR)
    return rated.select(*PAIR, rate=pl.col("hits") / (pl.col("n") * (pl.col("n") - 1)))


def _present(read: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """The cases with both fields of a pair, in different systems: session, case_no, source_field, target_field."""
    sources = read.select(*KEY, source_field="field", source_app="app").unique()
    targets = typed.select(*KEY, target_field="field", target_app="app").unique()
    return sources.join(targets, on=KEY).filter(pl.col("source_app") != pl.col("target_app")).drop("source_app", "target_app")


def _verdicts(summed: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """Accept pairs by effect and false discovery rate; keep the possible ones beside them."""
    columns = ["source_field", "target_field", "n_matching", "chance_rate", "effect", "q_value", "accepted"]
    if summed.is_empty():
        kinds = [pl.Int32, pl.Int32, pl.UInt32, pl.Float64, pl.Float64, pl.Float64, pl.Boolean]
        return pl.DataFrame(schema=dict(zip(columns, kinds, strict=True)))
    # Signed: of no match at all, k - 1 is -1.
    n, k = (summed[name].cast(pl.Int64).to_numpy() for name in ("n", "n_matching"))
    rate = np.maximum(summed["chance_rate"].to_numpy(), 1 / (n + 1))
    chance = np.where(k > 0, bdtrc(k - 1, n, np.minimum(rate, 1.0)), 1.0)
    q = _false_discovery(np.clip(chance, 0, 1))
    judged = summed.with_columns(q_value=pl.Series(q), effect=pl.col("n_matching") / pl.col("n") - pl.col("chance_rate"))
    forward = pl.col("n_before") >= thresholds.direction_share * pl.col("n_matching")
    significant = (pl.col("q_value") <= thresholds.q_max) & (pl.col("n") >= thresholds.min_pair_cases)
    judged = judged.with_columns(accepted=significant & forward & (pl.col("effect") >= thresholds.effect_min))
    possible = pl.col("accepted") | (forward & (pl.col("n_matching") > 1) & (pl.col("q_value") <= thresholds.q_max))
    return judged.filter(possible).select(columns)


def _false_discovery(chance: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """
    False discovery rate at which each pair would just be accepted (Benjamini and Hochberg's step-up).

    scipy.stats has it too, at more than a second of start-up for every command.
    """
    order = np.argsort(chance)[::-1]
    ranks = np.arange(len(chance), 0, -1)
    rates = np.minimum.accumulate(chance[order] * len(chance) / ranks)
    found = np.empty_like(rates)
    found[order] = rates
    return found


def typed_occurrences(loaded: LoadedStudy, accepted: pl.DataFrame, clipboard: pl.DataFrame) -> pl.DataFrame:
    """
    The edits by which values were typed again, each with the source it was read from.

    Of several equal sources the one usually read first is taken; a second source counts only for tokens that the first does not have
    (a joined value), and the time is shared between them. Edits that end a clipboard chain are not typed.
    """
    read, typed = _rare(loaded, READ), _rare(loaded, TYPED)
    typed = typed.join(clipboard, left_on=["session", "seq"], right_on=["session", "target_seq"], how="anti")
    matches = (
        typed.select(*KEY, "token", target_field="field", target_seq="seq")
        .join(accepted.select("source_field", "target_field"), on="target_field")
        .join(read.select(*KEY, "token", source_field="field", source_seq="seq"), on=[*KEY, "token", "source_field"])
        .filter(pl.col("source_seq") < pl.col("target_seq"))
    )
    per_token = matches.group_by("session", "case_no", "target_field", "target_seq", "source_field", "token").agg(
        first_read=pl.col("source_seq").min(), source_seq=pl.col("source_seq").max()
    )
    return _timed(loaded, _first_sources(per_token))


def _first_sources(per_token: pl.DataFrame) -> pl.DataFrame:
    """
    For each edit its sources: each of its tokens counts to the source usually read first among those that have it.

    "Usually" is over all edits of the target, so that a target lists one of several equal sources and not each in turn.
    """
    edit = ["session", "target_seq"]
    read_order = per_token.group_by(*edit, "target_field", "source_field").agg(pl.col("first_read").min())
    read_order = read_order.with_columns(place=pl.col("first_read").rank("min").over(edit))
    usual = read_order.group_by("target_field", "source_field").agg(place=pl.col("place").mean(), n=pl.len())
    ranked = per_token.join(usual, on=["target_field", "source_field"]).sort(
        *edit, "token", "place", "n", "source_field", descending=[False, False, False, False, True, False]
    )
    chosen = ranked.unique([*edit, "token"], keep="first", maintain_order=True)
    keys = ["session", "case_no", "target_field", "target_seq", "source_field"]
    sources = chosen.group_by(keys, maintain_order=True).agg(source_seq=pl.col("source_seq").max())
    return sources.with_columns(share=1.0 / pl.len().over(edit))


def _timed(loaded: LoadedStudy, sources: pl.DataFrame) -> pl.DataFrame:
    """Each occurrence with its time: from the last reading of the source, or the edit before it if that is later, to the edit."""
    edits = loaded.table("edits").select("session", target_seq="seq").sort("session", "target_seq")
    edits = edits.with_columns(former_seq=pl.col("target_seq").shift(1).over("session"))
    clock = loaded.table("event_times").select("session", "seq", "agent", "active_clock_ms")
    started = sources.join(edits, on=["session", "target_seq"], how="left").with_columns(
        start_seq=pl.max_horizontal("source_seq", "former_seq")
    )
    timed = (
        started.join(clock, left_on=["session", "target_seq"], right_on=["session", "seq"])
        .join(clock.drop("agent"), left_on=["session", "start_seq"], right_on=["session", "seq"], suffix="_start")
    )  # fmt: skip
    active = (pl.col("active_clock_ms") - pl.col("active_clock_ms_start")) / 1000
    return timed.with_columns(active_s=active, mode=pl.lit("typed"), entry_seq="target_seq").sort("session", "target_seq", "source_seq")
