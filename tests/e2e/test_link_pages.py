"""The pages about links, other nodes and comparisons in a real browser, wide and on a tablet."""

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import Person
from registry.services.signing_keys import ensure_keys
from scenarios.services.load_reference import load_reference
from tests.e2e import browsing, neighbours
from tests.e2e.test_wizards import Walk

# The long words of the one, and the narrow page of the other.
WINDOWS = (("en", browsing.WIDE), ("ko", browsing.TABLET))


@pytest.fixture
def paths(fresh_database, keys_dir, settings, monkeypatch):
    """A pilot in use beside another node: name -> path."""
    monkeypatch.setitem(settings.CONCORD, "PEER_NETWORKS", neighbours.NETWORKS)
    load_reference()
    ensure_keys(at=timezone.now())
    neighbours.furnish(Client())
    return neighbours.addresses()


def test_pages_are_accessible_and_keep_to_the_policy(paths):
    """No violation of WCAG 2.2 A or AA, none of the content policy, nothing in the console; no
    page is wider than the window, on a screen or on a tablet."""
    person, wrong = Person.objects.get(username="keeper-1"), []
    with browsing.chromium() as browser, browsing.served() as address:
        for language, size in WINDOWS:
            window = browsing.reading(browser, address, person=person, language=language, size=size)
            with window as reader:
                going = Walk(reader)
                for path in paths.values():
                    going.open(path)
                wrong += [f"{language} {each}" for each in going.found]
    assert not wrong, "\n".join(wrong)
