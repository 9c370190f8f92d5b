"""What is wrong with an allocation is said in sentences."""

from __future__ import annotations

from string import Formatter

import pytest

from crosscheck import i18n
from packets.network import BALANCE
from packets.rules import Rule
from packets.verify import Violation
from packets.violations import _SAID, in_sentence


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_rule_has_a_sentence_with_all_that_it_is_about(rule: Rule, language: str) -> None:
    """In both languages; nothing that a violation says is left out."""
    words, names = _SAID[rule]
    assert {name for _, name, _, _ in Formatter().parse(words) if name} == set(names)
    about = tuple(f"<{name}>" for name in names)
    i18n.use(language)
    said = in_sentence(Violation(rule, about))
    i18n.use("en")
    assert all(each in said for each in about)
    assert said.endswith(".")
    assert (said == words.format(**dict(zip(names, about, strict=True)))) == (language == "en")


def test_a_level_is_told_in_words() -> None:
    """And a wish by its name."""
    assert "even loads" in in_sentence(Violation(Rule.OPTIMALITY, (BALANCE,)))
    assert "another way" in in_sentence(Violation(Rule.OBJECTIVE, ("wish another way",)))
