"""Names beside codes, and whose data was read, on the pages of links."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse

from linking.models import Agreement, LinkEdge
from registry.models import Reading
from tests.admin.naming import JAPANESE, bare, name_all


@pytest.fixture
def names(world):
    return name_all()


@pytest.fixture
def pages(names, table, link, clock, korea):
    """The browser of who acts for Korea, with a link in force and a text that waits."""
    table.propose()
    return korea


def addresses():
    """The lists of links, and a page of each kind."""
    agreement, edge = Agreement.objects.first(), LinkEdge.objects.first()
    yield from (
        reverse(f"admin:linking_{model._meta.model_name}_changelist")
        for model in admin.site._registry
        if model._meta.app_label == "linking"
    )
    yield reverse("admin:linking_agreement_change", args=[agreement.pk])
    yield reverse("admin:linking_agreement_version", args=[agreement.pk, 1])
    yield reverse("admin:linking_linkedge_change", args=[edge.pk])
    yield reverse("admin:linking_agreement_propose", args=[agreement.pk])
    yield reverse("admin:index")


def test_pages_of_links_name_what_they_show(pages, names):
    """No bare code of a unit type or jurisdiction. Identifiers of edges are no codes, and fields
    of a text say what is signed."""
    told, wrong = 0, {}
    for path in addresses():
        answer = pages.get(path, headers=JAPANESE)
        assert answer.status_code == 200, path
        text = re.sub(r"[\w-]+&gt;[\w-]+", "", answer.content.decode())
        found = [part for part in bare(text, names) if not set(part.split(", ")) <= set(names)]
        wrong |= {path: found} if found else {}
        told += sum(name in text for name in names.values())
    assert wrong == {} and told > 10


def test_readings_of_links_name_the_registries_of_the_parties(pages, world, link):
    """Of an agreement, a text, an edge, their lists and files: both sides see who has read."""
    both = sorted([world.home.pk, world.neighbour.pk])
    agreement, edge = link.agreement_id, link.edges.first().pk
    for path in (
        reverse("admin:linking_agreement_changelist"),
        reverse("admin:linking_agreement_change", args=[agreement]),
        reverse("admin:linking_agreement_version", args=[agreement, 1]),
        reverse("admin:linking_linkedge_changelist"),
        reverse("admin:linking_linkedge_change", args=[edge]),
    ):
        assert pages.get(path).status_code == 200
        row = Reading.objects.latest("pk")
        assert sorted(row.registries) == both, path
