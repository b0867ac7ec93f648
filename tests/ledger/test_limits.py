"""Counters of limits: taken whole or not at all, never beyond the capacity."""

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from registry.errors import RuleViolated
from registry.limits import Draw, give_back, left, take
from registry.models import LimitCounter


def counter(pool, capacity_t, **given):
    return LimitCounter.objects.create(pool=pool, period="2025", capacity_t=capacity_t, **given)


@pytest.mark.django_db
def test_take_and_give_back():
    """What is taken is missing from what is left, until it is given back."""
    counter("offsets", 100)
    take([Draw("offsets", "2025", 60)])
    assert left("offsets", "2025") == 40
    give_back([Draw("offsets", "2025", 10)])
    assert left("offsets", "2025") == 50


@pytest.mark.django_db
def test_a_draw_that_does_not_fit_takes_nothing_of_the_others():
    """Every draw that does not fit is named, and the fitting ones are undone."""
    counter("a", 100)
    counter("b", 5)
    with pytest.raises(RuleViolated) as refusal:
        take([Draw("a", "2025", 60), Draw("b", "2025", 6), Draw("c", "2025", 1)])
    assert refusal.value.codes == ["LIMIT_EXCEEDED", "LIMIT_UNKNOWN"]
    assert refusal.value.failures[0].data["left_t"] == "5"
    assert (left("a", "2025"), left("b", "2025"), left("c", "2025")) == (100, 5, None)


@pytest.mark.django_db
def test_a_limit_that_is_not_there_takes_nothing_back():
    """Each unknown limit is named."""
    with pytest.raises(RuleViolated) as refusal:
        give_back([Draw("a", "2025", 1), Draw("b", "2025", 1)])
    assert [failure.code for failure in refusal.value.failures] == ["LIMIT_UNKNOWN"] * 2
    assert [failure.data["pool"] for failure in refusal.value.failures] == ["a", "b"]


@pytest.mark.django_db
@pytest.mark.parametrize("used_t", [-1, 101])
def test_the_database_keeps_use_within_capacity(used_t):
    """Use below zero or above the capacity is refused by name."""
    made = counter("a", 100)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        LimitCounter.objects.filter(pk=made.pk).update(used_t=used_t)
    assert refusal.value.__cause__.diag.constraint_name == "limit_counter_stays_within_capacity"


def take_last():
    try:
        take([Draw("a", "2025", 10)])
    except RuleViolated as refusal:
        return refusal.code
    return "taken"


def take_last_by_reading_first():
    """The control: reads, then writes what it has read, as code without a row lock would."""
    with transaction.atomic():
        found = LimitCounter.objects.get(pool="a")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.2)")
        if found.capacity_t - found.used_t < 10:
            return "LIMIT_EXCEEDED"
        LimitCounter.objects.filter(pk=found.pk).update(used_t=found.used_t + 10)
    return "taken"


def test_two_never_take_the_last_tonne(together):
    """Of two draws on what only one can have, one wins."""
    counter("a", 10)
    outcomes = together(take_last, take_last)
    assert sorted(outcome.value for outcome in outcomes) == ["LIMIT_EXCEEDED", "taken"]


def test_without_the_single_statement_both_take_it(together):
    """The race is real: reading and writing apart lets both have the last tonne."""
    counter("a", 10)
    outcomes = together(take_last_by_reading_first, take_last_by_reading_first)
    assert [outcome.value for outcome in outcomes] == ["taken", "taken"]
