"""
How true the product's figures are, against simulated offices whose truth is planted.

    python -m tests.accuracy worlds 0 100        whole worlds: re-entry, savings, order, total, cases, friction signals
    python -m tests.accuracy nothing 0 100       worlds in which nothing is entered twice
    python -m tests.accuracy aside 0 20          worlds in which cases are put aside
    python -m tests.accuracy calls 0 20          worlds with a telephone: savings beside calls, and what is masked by talk
    python -m tests.accuracy pool 0 8            pools of agents, from whom teams are drawn: do the intervals hold the truth?
    python -m tests.accuracy teams 0 8           teams from these pools, each recorded by itself, to check that against
    python -m tests.accuracy segments 0 20       logs of several tasks cut into cases, like those others published scores on
    python -m tests.accuracy table               what all that says, beside what a sensible person would try first

Each world is one line in a file of the folder `--to`; what is there already is not made again, so a long run can be stopped and goes on.
Seeds 0 to 99 are for tuning, 1000 and above for reporting.
"""
