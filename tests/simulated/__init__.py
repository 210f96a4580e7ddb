"""
Simulated offices with planted truth: what an analysis should find is known, because it was put there.

    seed -> office -> agents -> sessions -> logs for the product
                                        `-> what every set of integrations truly saves

It shares nothing with what it tests: neither imports the other.
"""

from tests.simulated.drawing import draw_office
from tests.simulated.gate import Calibration, calibration, refuse, usable
from tests.simulated.logs import write_log
from tests.simulated.office import Default, Field, Office, Planted, Transfer
from tests.simulated.sessions import AgentSession, Carried, Saved, Signal, simulate_agent

__all__ = [
    "AgentSession",
    "Calibration",
    "Carried",
    "Default",
    "Field",
    "Office",
    "Planted",
    "Saved",
    "Signal",
    "Transfer",
    "calibration",
    "draw_office",
    "refuse",
    "simulate_agent",
    "usable",
    "write_log",
]
