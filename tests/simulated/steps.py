"""
The steps a case is made of, and the kinds of steps that come back in every office.

A step knows what it is done for. Its random numbers are found by its name, so that taking another step away changes nothing for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tests.simulated.desk import Desk
from tests.simulated.office import Field, Screen
from tests.simulated.plan import Plan

__all__ = ["Keys", "Step", "a_step", "carry", "choose", "enter", "glance", "look", "typing"]

Keys = frozenset[str]

TYPO_SHARE: Final = 0.06  # of the fields typed


@dataclass(frozen=True, slots=True)
class Step:
    """
    Something done on one screen.

    Args:

        name: Unique in the case; names the step's random numbers.

        screen: Where it is done, None for anywhere.

        do: The gestures.

        needs: The step is done if every group holds something that is wanted and done by hand.

        glance_at: The step is a glance at the field with this key, made only where it came filled.
    """

    name: str
    screen: Screen | None
    do: Callable[[Desk], None]
    needs: tuple[Keys, ...] = ()
    glance_at: str = ""

    def needed(self, by_hand: Keys) -> bool:
        """Whether every group of fields that need it holds one that is done by hand."""
        return all(not by_hand.isdisjoint(group) for group in self.needs)

    @property
    def act(self) -> str:
        """What the step is a part of: the steps done for the sake of one field go equally well or badly."""
        sake = self.needs[0] if self.needs else ()
        return next(iter(sake)) if len(sake) == 1 else self.name


def a_step(plan: Plan, name: str, field: Field, do: Callable[[Desk], None], *needs: Keys) -> Step:
    """Do something on the screen of a field."""
    return Step(name, plan.office.screen_of(field), do, needs)


def look(plan: Plan, field: Field, thought: str, *needs: Keys, sake: str = "") -> Step:
    """Read a field, for the sake of another one where `sake` names it."""
    return a_step(plan, f"look {field.key} {sake}", field, lambda desk: desk.look(field, thought), *needs)


def glance(plan: Plan, field: Field, *needs: Keys) -> Step:
    """Look over a field where it came filled."""
    return Step(f"glance {field.key}", plan.office.screen_of(field), Desk.glance, needs, glance_at=field.key)


def enter(plan: Plan, field: Field, *needs: Keys) -> Step:
    """Type a field's value."""
    return a_step(plan, f"enter {field.key}", field, typing(plan, field), *needs)


def typing(plan: Plan, field: Field) -> Callable[[Desk], None]:
    """Type a field's value, and note where it was read before."""
    value = plan.values[field.key]
    sources = [way.sources[0] for way in plan.office.transfers if way.target == field]

    def do(desk: Desk) -> None:
        desk.enter(field, value, typo=desk.draw.happens(TYPO_SHARE))
        for source in sources:
            desk.carry(source, field)

    return do


def choose(plan: Plan, field: Field, *, wrong: bool = False) -> Iterator[Step]:
    """Choose; where it is going to be done again, something else first."""
    value = plan.values[field.key]
    if wrong:
        value = next(other for other, _ in field.options if other != value)
    yield glance(plan, field)
    yield a_step(plan, f"choose {field.key}", field, lambda desk: desk.choose(field, value, "choose"), frozenset({field.key}))


def carry(plan: Plan, way: tuple[Field, Field], sake: Field, after: str, *, add: bool = False) -> Iterator[Step]:
    """Copy a field, go to another and paste: there because `sake` is wanted."""
    (source, target), needs = way, frozenset({sake.key})
    yield a_step(plan, f"copy {source.key} for {target.key}", source, lambda desk: desk.copy(source), needs)

    def paste(desk: Desk) -> None:
        desk.paste(target, after, add=add)
        desk.carry(source, target)

    yield a_step(plan, f"paste {source.key} to {target.key}", target, paste, needs)
