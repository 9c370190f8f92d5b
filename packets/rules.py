"""What an allocation can break, by name. Pure values."""

from __future__ import annotations

import enum


class Rule(enum.Enum):
    """A hard rule, or a claim of the solver's that doesn't hold."""

    UNKNOWN_WORK = "unknown_work"
    UNKNOWN_EXPERT = "unknown_expert"
    NOT_ASSIGNED = "not_assigned"
    NOT_ASKED = "not_asked"
    ASSIGNED_TWICE = "assigned_twice"
    SAME_EXPERT = "same_expert"
    SAME_SCHOOL = "same_school"
    USED_SCHOOL = "used_school"
    CONFLICT = "conflict"
    MUTUAL = "mutual_schools"
    BARRED = "barred"
    STATUS = "status"
    PAIR = "pair"
    CAPACITY = "capacity"
    NOT_ONE_PART = "not_one_part"
    OTHER_PART = "other_part"
    CONTROL = "control"
    RETURNED = "returned"
    UNCHANGED = "unchanged"
    LOADS = "loads"
    SEED = "seed"
    OBJECTIVE = "objective"
    OPTIMALITY = "optimality"
    BOUND = "bound"
