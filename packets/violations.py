"""What is wrong with an allocation, in sentences. Pure."""

from __future__ import annotations

from crosscheck.i18n import N_, gettext
from packets.allocation_report import level_in_words
from packets.rules import Rule
from packets.verify import Violation

# A sentence for each rule, and what the ids of its violation are, in their order.
_SAID: dict[Rule, tuple[str, tuple[str, ...]]] = {
    Rule.UNKNOWN_WORK: (N_("Work {work} is given out, but it isn't among the works to mark."), ("work",)),
    Rule.UNKNOWN_EXPERT: (N_("Expert {expert} got a work, but isn't among the experts."), ("expert",)),
    Rule.NOT_ASSIGNED: (N_("Work {work}: nobody has marking {marking}."), ("work", "marking")),
    Rule.NOT_ASKED: (N_("Work {work}: nobody asked for marking {marking}."), ("work", "marking")),
    Rule.ASSIGNED_TWICE: (N_("Work {work}: marking {marking} is given out more than once."), ("work", "marking")),
    Rule.SAME_EXPERT: (N_("Work {work}: expert {expert} has it more than once."), ("work", "expert")),
    Rule.SAME_SCHOOL: (
        N_("Work {work}: experts {expert} and {other} belong to one school."),
        ("work", "expert", "other"),
    ),
    Rule.USED_SCHOOL: (
        N_("Work {work}: somebody of a school of expert {expert} has read it before."),
        ("work", "expert"),
    ),
    Rule.CONFLICT: (
        N_("Work {work}: expert {expert} has a conflict of interest, or isn't where it is marked."),
        ("work", "expert"),
    ),
    Rule.BARRED: (
        N_("Work {work}: expert {expert} has read it before, or is barred from it by name."),
        ("work", "expert"),
    ),
    Rule.STATUS: (
        N_("Work {work}: expert {expert} hasn't the status that this marking asks for."),
        ("work", "expert"),
    ),
    Rule.PAIR: (
        N_("Work {work}: no school of expert {expert} is among those that were given to mark it."),
        ("work", "expert"),
    ),
    Rule.RETURNED: (
        N_("Work {work}, marking {marking}: its scores came back already, but it would be given to somebody else."),
        ("work", "marking"),
    ),
    Rule.UNCHANGED: (
        N_("Work {work}, marking {marking}: given anew to expert {expert}, who has it already."),
        ("work", "marking", "expert"),
    ),
    Rule.MUTUAL: (N_("Schools {school} and {other} mark each other."), ("school", "other")),
    Rule.CAPACITY: (N_("Expert {expert}: works in all {load}, more than the capacity."), ("expert", "load")),
    Rule.NOT_ONE_PART: (N_("The part with the tasks {tasks} is not given out once for every work."), ("tasks",)),
    Rule.OTHER_PART: (
        N_("Expert {expert} would mark the tasks {tasks}, and marks others: nobody marks two parts."),
        ("expert", "tasks"),
    ),
    Rule.CONTROL: (
        N_("Work {work}: its control marking can't be given to expert {expert} under this number."),
        ("work", "expert"),
    ),
    Rule.LOADS: (N_("The loads stated aren't those of the works given out."), ()),
    Rule.SEED: (N_("The choice among equals was made with another number ({seed}) than the one asked for."), ("seed",)),
    Rule.OBJECTIVE: (N_("The cost stated isn't what the allocation costs: {level}."), ("level",)),
    Rule.BOUND: (N_("Not proven how far from the best the allocation can be: {level}."), ("level",)),
    Rule.OPTIMALITY: (N_("Not proven that no other allocation is better: {level}."), ("level",)),
}


def in_sentence(violation: Violation) -> str:
    """One sentence: which work and expert, and what is wrong; in the language in use."""
    words, names = _SAID[violation.rule]
    fields = dict(zip(names, violation.about, strict=True))
    if "level" in fields:
        fields["level"] = level_in_words(fields["level"], gettext)
    return gettext(words).format(**fields)
