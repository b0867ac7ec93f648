"""The builder: from a form of link to a proposed text, with every complaint at its field."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from linking.admin import edge_document, edge_form
from linking.admin.builder_forms import Counts, edge_step
from linking.decide import Request
from linking.edges.edge import read
from linking.models import Agreement, AgreementVersion
from linking.presets import FORMS, preset
from linking.route import Unit
from linking.services.accept import Wanted, accept
from linking.services.create_agreement import NewParty, create_agreement
from linking.services.retire_elsewhere import Statement, confirm_retirement, state_retirement
from registry.models import Account, Holding, Jurisdiction, Registry, Scheme, UnitType
from tests.linking.admin.typing import Fields, pressed, went_on
from tests.linking.conftest import administrator
from tests.linking.documents import document, quota

CODE = re.compile(r"<code>([A-Z_]+)</code>")
LINK = {"add_form": "restricted", "add_source": "CN", "add_acceptor": "KR"}


def address(of, name="propose"):
    return reverse(f"admin:linking_agreement_{name}", args=[of.pk])


@pytest.fixture
def of(table):
    return Agreement.objects.get(code="KR-CN")


def opened(browser, path):
    return browser.get(path).content.decode()


def settled(edge):
    """The edge with its triggers in one order, which is that of the form."""
    stops = replace(edge.suspension, triggers=sorted(edge.suspension.triggers, key=str))
    return replace(edge, suspension=stops, phases=tuple(map(phase_settled, edge.phases)))


def phase_settled(phase):
    return replace(phase, edge=settled(phase.edge))


def typed_back(edge):
    """What an edge becomes when it goes through its form unchanged."""
    step = edge_step("b0", edge, {})
    said = edge_document.typed(edge, "b0")
    values = {name: said.get(name, "") for name in step.base_fields}
    for name, value in values.items():
        if isinstance(value, int) and not isinstance(value, bool):
            values[name] = str(value)
    return edge_document.document(values, "b0", step.counts)


@pytest.mark.parametrize("form", FORMS)
def test_edge_goes_through_its_form_unchanged(form):
    """For each preset, what the fields say is the edge that the preset is."""
    edge = preset(form, source="CN", acceptor="KR", unit_types=["CEA"])
    assert settled(read(typed_back(edge))) == settled(read(edge))


def test_edge_with_everything_goes_through_its_form_unchanged():
    """Thresholds, windows, splits, cut factors, phases with quotas and rarer changes."""
    edge = document(
        accept_project_types=["forest"],
        deny_project_types=["coal"],
        min_issue_date="2026-01-01",
        facility_limit_t=150_000,
        converts_to={"CEA": "KCU"},
        method="issue_and_cancel",
        re_export="forbidden",
        acceptance="people",
        factor={"kind": "discount", "value": "4/5", "review": "2027-01-01"},
        remainder_to="split(1/4)",
        banking={"allowed": True, "limit": "1/2", "counts_as_net_sales": True},
        transfer_windows=["TUE", {"days": ["MON", "FRI"], "from": "09:00", "to": "17:00",
                                  "zone": "Asia/Tokyo"}],
        quotas=[quota(), quota(at="use", value="10")],
        phases=[
            {"n": 0, "from": "2027-01-01", "to": "2028-01-01", "overrides": {"state": "draft"}},
            {
                "n": 1,
                "from": "2028-01-01",
                "gate": {"min_readiness": "0.45", "no_blockers": True, "min_must": 1},
                "overrides": {
                    "accept_unit_types": ["CEA"],
                    "factor": {"kind": "par", "value": "1", "review": None},
                    "quotas": [quota(value="5")],
                    "holder_classes": "any",
                },
            },
        ],
        suspension={
            "notice_days": 30,
            "triggers": [{"kind": "price_gap", "above": "3", "days": 5}, "manual"],
            "in_flight": "settle",
            "held": "haircut(0.9)",
            "grace": "P90D",
        },
        article6={
            "authorisation_id": "A-1", "first_transfer": "issuance", "ca_required": True,
            "annual_report": True,
        },
    )  # fmt: skip
    assert settled(read(typed_back(edge))) == settled(read(edge))


def test_pointers_lead_to_fields():
    """The nearest field that there is; what a phase changes besides is in its own."""
    step = edge_step("n0", document(quotas=[quota()], phases=[]), {"n0_phases_count": "1"})
    known = step.base_fields
    for pointer, name in (
        ("/factor/value", "n0_factor_value"),
        ("/factor", "n0_factor_value"),
        ("/quotas/0/period", "n0_quotas_0_period"),
        ("/vintage_window", "n0_vintage_window_oldest"),
        ("/suspension/triggers/2/above", "n0_suspension_triggers"),
        ("/phases/0", "n0_phases_0_n"),
        ("/phases/0/overrides/factor/value", "n0_phases_0_overrides_factor_value"),
        ("/phases/0/overrides/banking/limit", "n0_phases_0_overrides_other"),
        ("/nothing", None),
    ):
        assert edge_form.field_of(pointer, "n0", known) == name, pointer
    assert step.counts == Counts(1, (0,))


def test_first_text_from_a_form_of_link(korea, of):
    """Choose a form, fill in what the preset leaves open, look at it, propose it."""
    path = address(of)
    page = opened(korea, path)
    clauses = {"title": "A link", "clauses_0_id": "1", "clauses_0_text": "As the edge says."}
    page = went_on(korea, path, page, {**clauses, **LINK})
    assert Fields(page).found["n0_quotas_0_base"] == ["cap"]
    page = went_on(korea, path, page, {"n0_article6_authorisation_id": "A-1"})
    assert 'value="submit"' in page and "discount" in page
    answer = pressed(korea, path, page, go="submit")
    version = AgreementVersion.objects.get()
    assert answer["Location"] == reverse("admin:linking_agreement_version", args=[of.pk, 1])
    said = json.loads(version.canonical)
    expected = preset("restricted", source="CN", acceptor="KR", unit_types=["CEA"])
    expected["article6"]["authorisation_id"] = "A-1"
    assert read(said["edges"][0]) == read(expected)
    assert said["clauses"] == [{"id": "1", "text": "As the edge says."}]


@pytest.fixture
def mechanism(world):
    """A mechanism outside all Parties with one unit type; Korea issues KCU for it."""
    place = Jurisdiction.objects.create(code="UNFCCC", level="external", name_en="Mechanism")
    scheme = Scheme.objects.create(
        code="A64", jurisdiction=place, kind="crediting", name_en="Mechanism"
    )
    registry = Registry.objects.create(
        code="A64-REG", scheme=scheme, jurisdiction=place, name_en="Registry", hosted=False
    )
    return UnitType.objects.create(registry=registry, code="A6.4X", kind="credit", name_en="Credit")


def test_indirect_link_is_built_signed_and_used(korea, table, of, mechanism):
    """From a mechanism that is no party, to a credit that is retired there and issued here."""
    path = address(of)
    page = opened(korea, path)
    new = {"title": "A link", "add_form": "indirect", "add_acceptor": "KR"}
    refused = went_on(korea, path, page, {**new, "add_source": "CN"})
    assert "An indirect link leads from a mechanism" in refused
    page = went_on(korea, path, page, {**new, "add_source": "UNFCCC"})
    assert Fields(page).found["n0_converts_to"] == ["A6.4X: KCU"]
    page = went_on(korea, path, page, {"n0_article6_authorisation_id": "A-1"})
    pressed(korea, path, page, go="submit")
    version = AgreementVersion.objects.get()
    for party in ("KR", "CN"):
        table.sign(party, version)
    said = Statement(
        mechanism,
        Account.objects.get(pk=table.world.at_home.operator_a),
        "A6.4X 1-10",
        vintage_from=date(table.world.at.year, 1, 1),
        retired_on=table.world.at.date(),
        evidence="https://mechanism.example/1",
        document_hash=bytes(32),
    )
    at = table.world.at
    stated = state_retirement(actor=table.korea, said=said, at=at)
    other = administrator(table.world, table.world.home, "another")
    done = confirm_retirement(actor=other, number=stated.pk, at=at)
    assert (done.state, done.quantity) == ("confirmed", 10)
    held = Holding.objects.filter(account=said.account, unit_type__code="KCU", closed_by=None)
    assert sum(each.quantity for each in held) == 10


def test_every_complaint_stands_at_its_field_at_once(korea, of):
    """A float-like share, a quota without period, an unknown unit type: all on one page."""
    path = address(of)
    page = went_on(korea, path, opened(korea, path), {"title": "A link", **LINK})
    wrong = {
        "n0_factor_value": "1.2",
        "n0_quotas_0_period": "",
        "n0_quotas_1_value": "5 %",
        "n0_accept_unit_types": "CEA XYZ",
        "n0_vintage_window_oldest": "two",
    }
    page = went_on(korea, path, page, wrong)
    found = {
        name: CODE.search(page.split(f'id="id_{name}_error"')[1])[1]
        for name in wrong
        if f'id="id_{name}_error"' in page
    }
    assert found == {
        "n0_factor_value": "FACTOR_DOES_NOT_SUIT_KIND",
        "n0_quotas_0_period": "NOT_A_CHOICE" if "NOT_A_CHOICE" in page else "QUOTA_WITHOUT_PERIOD",
        "n0_quotas_1_value": "NOT_EXACT",
        "n0_vintage_window_oldest": "NOT_EXACT",
    }
    assert "5 fields" in page or "4 fields" in page
    assert Fields(page).found["n0_quotas_1_value"] == ["5 %"]
    page = went_on(korea, path, page, {
        "n0_factor_value": "0.7", "n0_quotas_0_period": "calendar_year",
        "n0_quotas_1_value": "0.05", "n0_vintage_window_oldest": "-1",
    })  # fmt: skip
    assert "UNKNOWN_UNIT_TYPE" in page.split('id="id_n0_accept_unit_types_error"')[1]
    assert not AgreementVersion.objects.exists()


def test_reciprocal_link_has_a_page_for_each_way(korea, of):
    """The edge back is there without being asked for; quotas and phases can be added."""
    path = address(of)
    link = {**LINK, "add_form": "reciprocal", "title": "Both ways"}
    page = went_on(korea, path, opened(korea, path), link)
    assert "CN&gt;KR" in page and "KR&gt;CN" in page
    page = went_on(korea, path, page, {"n0_factor_value": "0.9"}, go="add:n0_quotas")
    assert "n0_quotas_1_value" in page and 'value="0.9"' in page
    page = went_on(korea, path, page, go="add:n0_phases")
    assert "n0_phases_0_from" in page
    page = went_on(korea, path, page, {"n0_factor_kind": "discount"})
    assert "n1_factor_value" in page
    page = went_on(korea, path, page)
    assert pressed(korea, path, page, go="submit").status_code == 302
    assert sorted(AgreementVersion.objects.get().edges.values_list("edge_id", flat=True)) == [
        *("CN>KR", "KR>CN")
    ]


def test_amendment_changes_one_s_own_edge_and_shows_what_it_would_have_done(
    korea, table, of, link, clock
):
    """The other party's edge can not be chosen; last year's requests are replayed."""
    unit = Unit("CEA", "CN", 2026)
    request = Request(500, table.world.holder_a.pk, "covered", 2026, "2026")
    accept(Wanted(unit, "CN", "KR", request), at=table.world.at)
    path = address(of)
    page = opened(korea, path)
    assert 'value="CN&gt;KR"' in page and 'value="KR&gt;CN"' not in page
    page = went_on(korea, path, page, {"edit": ["CN>KR"]})
    page = went_on(korea, path, page, {"b0_quotas_0_value": "450", "b0_factor_value": "0.5"})
    assert "<del>1,000</del>" in page and "<ins>450</ins>" in page
    rows = page.split("<tbody>")[-1].replace("\n", "")
    numbers = re.findall(r'<td class="number">([0-9,]+)</td>', rows)
    # Accepted, refused, credited and cancelled, as links are and as they would be.
    assert numbers == [*("500", "0", "400", "0"), *("500", "0", "250", "0")]
    answer = pressed(korea, path, page, go="submit")
    assert answer["Location"].endswith("/versions/2/")
    edge = AgreementVersion.objects.get(number=2).edges.get(edge_id="CN>KR")
    assert edge.document["factor"]["value"] == "0.5"


def test_text_that_was_replaced_meanwhile_is_not_amended(korea, table, of, link):
    """Whoever began from another text is told so, and nothing is proposed."""
    path = address(of)
    page = went_on(korea, path, opened(korea, path), {"edit": ["CN>KR"]})
    page = went_on(korea, path, page, {"b0_factor_value": "0.7"})
    table.propose("CN", title="Another")
    assert pressed(korea, path, page, go="submit").status_code == 409
    assert AgreementVersion.objects.count() == 2


def test_agreement_begins_with_its_parties(korea, table):
    """The code and the registries; what the service refuses stands beside its field."""
    path = reverse("admin:linking_agreement_begin")
    said = {"code": "KR-CN", "registries": ["KR-ETRS", "CN-ETR"]}
    page = went_on(korea, path, opened(korea, path), said)
    refused = pressed(korea, path, page, go="submit")
    assert refused.status_code == 409 and "AGREEMENT_EXISTS" in refused.content.decode()
    page = went_on(korea, path, opened(korea, path), {**said, "code": "SECOND"})
    answer = pressed(korea, path, page, go="submit")
    made = Agreement.objects.get(code="SECOND")
    assert answer["Location"] == address(made)
    assert {each.registry.code for each in made.parties.all()} == {"KR-ETRS", "CN-ETR"}


def test_text_without_an_edge_is_not_looked_at(korea, table):
    """A first text chooses a form, and names between whom."""
    create_agreement(
        actor=table.korea,
        code="EMPTY",
        parties=[NewParty("KR-ETRS"), NewParty("CN-ETR")],
        at=table.world.at,
    )
    path = address(Agreement.objects.get(code="EMPTY"))
    page = went_on(korea, path, opened(korea, path), {"title": "Nothing"})
    assert "a text has at least one edge" in page
    page = went_on(korea, path, page, {"add_form": "gradual", "add_source": "KR"})
    assert "Say between whom the new link is." in page
