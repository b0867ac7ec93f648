"""What a notice says, of each kind, in each language."""

import pytest
from django.utils import translation

from registry import notice_texts
from registry.models import Notice

LANGUAGES = ("en", "zh-hans", "ja", "ko")
EVERY_KIND = {
    "transaction": "7",
    "type": {"en": "transfer", "zh-hans": "转让", "ja": "移転", "ko": "이전"},
    "registry": "KR-ETRS",
    "proposer": "operator A",
    "quantity": "1234567",
    "left": 2,
    "status": 5,
    "request": "9",
    "request_kind": "recovery",
    "account": "KR-ETRS-1",
    "account_event": "representative_appointed",
    "username": "operator-a",
    "security_event": "new_address",
    "address": "192.0.2.7",
    "moment": "2026-03-02T09:00:00+00:00",
    "person": "administrator 2",
    "reason": "as agreed",
    "about": "operator-b",
    "right": "approve",
    "role": "auditor",
    "label": "nightly",
}


@pytest.mark.parametrize("kind", Notice.Kind.values)
def test_every_kind_is_told_in_four_languages(kind):
    """Each language has words of its own for it, and no placeholder is left."""
    titles = set()
    for language in LANGUAGES:
        with translation.override(language):
            text = notice_texts.text_of(kind, EVERY_KIND)
        assert text.title and text.body
        assert "%(" not in text.title + text.body
        titles.add(text.title)
    assert len(titles) == len(LANGUAGES)


@pytest.mark.parametrize("kind", Notice.Kind.values)
def test_every_kind_is_told_with_the_least_that_is_known(kind):
    """What is not known is left out, and nothing breaks."""
    needed = {"transaction", "status", "request", "request_kind", "account", "account_event"}
    needed |= {"username", "security_event", "registry"}
    least = {name: value for name, value in EVERY_KIND.items() if name in needed}
    assert notice_texts.text_of(kind, least).title


@pytest.mark.parametrize(("left", "said"), [(1, "1 more approval is"), (2, "2 more approvals are")])
def test_plurals(left, said):
    """One approval is told as one."""
    text = notice_texts.text_of("transaction_proposed", {**EVERY_KIND, "left": left})
    assert said in text.body
