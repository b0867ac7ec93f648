"""The style that a program can check. Each rule carries a line that passes and one that fails."""

import re

import pytest
from django.apps import apps
from django.db.models import UniqueConstraint

from tests.tidy import layers, ledger, sizes, words
from tests.tidy.rule import tree

RULES = [*layers.RULES, *sizes.RULES, *ledger.RULES, *words.RULES]
SENTENCE = re.compile(r"[a-z]+(_[a-z]+){2,}")


@pytest.mark.parametrize("rule", [*RULES, *sizes.SQL_RULES], ids=str)
def test_rule_tells_good_from_bad(rule):
    """The rule lets each good example pass, and finds each bad one."""
    assert all(rule.applies_to(file) for file in rule.good + rule.bad)
    assert [list(rule.find(file)) for file in rule.good] == [[]] * len(rule.good)
    assert [bool(list(rule.find(file))) for file in rule.bad] == [True] * len(rule.bad)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_python_keeps_the_rule(rule):
    """Nothing in the tree breaks the rule."""
    wrong = [text for file in tree() if rule.applies_to(file) for text in rule.find(file)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("rule", sizes.SQL_RULES, ids=str)
def test_sql_keeps_the_rule(rule):
    """SQL files are as short as others."""
    wrong = [text for file in tree(".sql") for text in rule.find(file)]
    assert not wrong, "\n".join(wrong)


def _constraints():
    for app in ("registry", "linking", "mrv"):
        for model in apps.get_app_config(app).get_models():
            for constraint in model._meta.constraints:
                yield model, constraint


def test_constraints_have_names_that_are_sentences():
    """The name is what the database answers with; errors.py turns it into words for people."""
    found = list(_constraints())
    wrong = [
        f"{model.__name__}: {constraint.name}"
        for model, constraint in found
        if not SENTENCE.fullmatch(constraint.name)
    ]
    assert not wrong, "\n".join(wrong)
    assert len(found) > 20


def test_rows_that_are_unique_together_say_so_by_a_constraint():
    """`unique_together` gives a name that tells nobody anything."""
    wrong = [
        model.__name__
        for app in ("registry", "linking", "mrv")
        for model in apps.get_app_config(app).get_models()
        if model._meta.unique_together
    ]
    assert not wrong, "\n".join(wrong)
    assert any(isinstance(constraint, UniqueConstraint) for _model, constraint in _constraints())
