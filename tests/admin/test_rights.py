"""Who may see and change what: ledger and governance rows are written by services only."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from registry.models import (
    AccountClass,
    AccountHolder,
    BatchItem,
    CalendarDay,
    CalendarYear,
    CorporateGroup,
    Fact,
    GroupLimit,
    Holding,
    IssuanceCap,
    IssuanceSigner,
    Jurisdiction,
    MessageBlock,
    Notice,
    NoticeMail,
    NoticeSource,
    OfficeHours,
    Person,
    Reading,
    Registry,
    RegistryRules,
    RoleAssignment,
    Scheme,
    SeenSignature,
    Sequencer,
    Source,
    StoredAnswer,
    TransactionLine,
    UnitType,
    UnitTypeAlias,
    UploadError,
    UploadPiece,
    WebhookDelivery,
    WebhookEndpoint,
)
from registry.posting import sequence

# What changes by proposals; a registry is loaded, and only its names change.
EDITABLE = {AccountHolder, Fact, Jurisdiction, Scheme, Source, UnitType, UnitTypeAlias}
EDITABLE |= {
    CalendarDay,
    CalendarYear,
    CorporateGroup,
    GroupLimit,
    IssuanceCap,
    OfficeHours,
    AccountClass,
    RegistryRules,
}
CHANGED_ONLY = {Registry}
# Shown with the rows that they belong to; how far the sequencer and the signer are is a panel.
# What the API remembers of requests is for programs.
PARTS = {
    BatchItem,
    IssuanceSigner,
    MessageBlock,
    Notice,
    NoticeMail,
    NoticeSource,
    SeenSignature,
    Sequencer,
    StoredAnswer,
    TransactionLine,
    UploadError,
    UploadPiece,
    WebhookDelivery,
    WebhookEndpoint,
}
READ_ONLY = sorted(
    (model for model in admin.site._registry if model not in EDITABLE | CHANGED_ONLY),
    key=lambda m: m.__name__,
)


def address(model, page, *args):
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"admin:{name}_{page}", args=args)


def test_every_model_has_a_page():
    """What the registry keeps can be looked at."""
    models = set(apps.get_app_config("registry").get_models())
    registered = {model for model in admin.site._registry if model in models}
    assert models - registered == PARTS
    others = {model._meta.app_label for model in set(admin.site._registry) - registered}
    assert others == {"linking"}


@pytest.mark.parametrize("username", ["administrator_1", "auditor", "system_administrator"])
def test_nobody_writes_rows_of_the_ledger(signed_in, system_administrator, proposed, username):
    """Adding, changing and deleting are forbidden to every role, by GET and by POST."""
    sequence(10)
    pages = signed_in(username)
    for model in READ_ONLY:
        row = model.objects.order_by("pk").first()
        before = list(model.objects.order_by("pk").values())
        requests = [address(model, "add")]
        if row is not None:
            requests.append(address(model, "delete", row.pk))
            change = pages.post(address(model, "change", row.pk), {"name": "x", "_save": "1"})
            assert change.status_code in (302, 403), model
        for path in requests:
            assert pages.get(path).status_code in (302, 403), model
            assert pages.post(path, {"post": "yes"}).status_code in (302, 403), model
        chosen = {"_selected_action": [row and row.pk], "post": "yes"}
        pages.post(address(model, "changelist"), {"action": "delete_selected", **chosen})
        after = list(model.objects.order_by("pk").values())
        # That somebody tried is on record.
        assert after[: len(before)] == before, model
        assert len(after) == len(before) or model is Reading


def test_reference_data_is_edited_by_system_administrators(signed_in, system_administrator):
    """Others read it and can not add to it."""
    administrator, auditor = signed_in("administrator_1"), signed_in("auditor")
    for model in EDITABLE:
        assert system_administrator.get(address(model, "add")).status_code == 200, model
        for pages in (administrator, auditor):
            assert pages.get(address(model, "changelist")).status_code == 200, model
            assert pages.get(address(model, "add")).status_code == 403, model
            assert pages.post(address(model, "add"), {}).status_code == 403, model


def test_unit_types_are_never_deleted(system_administrator, world):
    """Serials are for ever, and so is what they belong to."""
    path = address(UnitType, "delete", world.gxa.pk)
    assert system_administrator.post(path, {"post": "yes"}).status_code == 403


def test_system_administrators_see_no_ledger(system_administrator, proposed):
    """The role has no access to units."""
    assert system_administrator.get(address(Holding, "changelist")).status_code == 403
    page = system_administrator.get("/admin/").content.decode()
    assert address(Holding, "changelist") not in page
    assert address(UnitType, "changelist") in page


def test_lists_are_those_of_own_registries(elsewhere, signed_in, proposed, world):
    """Rows of other registries are neither listed nor shown."""
    everywhere = signed_in("auditor")
    for name in ("holding", "transaction", "account", "mark", "issuance", "posting"):
        path = reverse(f"admin:registry_{name}_changelist")
        assert everywhere.get(path).context["cl"].result_count > 0, name
        assert elsewhere.get(path).context["cl"].result_count == (
            0 if name != "account" else len(vars(world.at_neighbour))
        ), name
    row = Holding.objects.first()
    assert elsewhere.get(address(Holding, "change", row.pk)).status_code == 302
    path = reverse("admin:registry_transaction_change", args=[proposed.pk])
    assert elsewhere.get(path).status_code == 302
    for act in ("approve", "reject", "withdraw"):
        path = reverse("admin:registry_transaction_decide", args=[proposed.pk, act])
        assert elsewhere.get(path).status_code == 404
        assert elsewhere.post(path, {"payload_hash": "00"}).status_code == 404


def test_people_are_seen_by_those_of_the_same_registries(elsewhere, signed_in, world):
    """A role in one registry shows the roles in that registry; no page shows a secret."""
    listed = elsewhere.get(address(RoleAssignment, "changelist")).context["cl"].queryset
    assert {row.registry_id for row in listed} == {world.neighbour.pk}
    person = Person.objects.get(username="administrator_1")
    assert elsewhere.get(address(Person, "change", person.pk)).status_code == 302
    person.set_password("known to nobody")
    person.save(update_fields=["password"])
    page = signed_in("auditor").get(address(Person, "change", person.pk)).content.decode()
    assert "administrator_1" in page
    assert person.password not in page
