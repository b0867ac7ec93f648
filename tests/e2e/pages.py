"""The addresses of the main pages, by name, in a ledger that has something on each of them."""

from django.urls import reverse

from linking.models import LinkEdge, ReadinessScore
from registry.models import AccountHolder, Holding, Posting, Task, Transaction, UnitType
from registry.selectors import type_versions


def addresses(*, registry="KR-ETRS", unit_type="KAU"):
    """name -> path. `decide` is of a transaction that waits, `transaction` of one that is done."""
    waiting = Transaction.objects.filter(status=0).latest("pk")
    moved = Holding.objects.filter(
        closed_by=None, unit_type__code=unit_type, account__kind="operator"
    ).select_related("account")
    moved = moved.latest("opened_by")
    done = Posting.objects.get(pk=moved.opened_by_id).transaction_id
    holder = AccountHolder.objects.earliest("pk")
    type_ = type_versions.latest("transfer", None)
    type_pk = UnitType.objects.get(code=unit_type).pk
    return {
        "home": "/admin/",
        "search": "/admin/search/?q=" + holder.name[:4],
        "search-nothing": "/admin/search/?q=KR-ETRS:KAU:1-2:00",
        "block": reverse("admin:block", args=[unit_type, moved.first, moved.last]),
        "account": reverse("admin:registry_account_change", args=[moved.account_id]),
        "accounts": reverse("admin:registry_account_changelist"),
        "holdings": reverse("admin:registry_holding_changelist"),
        "transactions": reverse("admin:registry_transaction_changelist"),
        "transaction": reverse("admin:registry_transaction_change", args=[done]),
        "waiting": reverse("admin:registry_transaction_change", args=[waiting.pk]),
        "decide": reverse("admin:registry_transaction_decide", args=[waiting.pk, "approve"]),
        "task": reverse("admin:registry_task_change", args=[Task.objects.latest("pk").pk]),
        "tasks": reverse("admin:registry_task_changelist"),
        "propose": reverse("admin:propose") + f"?registry={registry}",
        "propose-transfer": reverse("admin:propose_type", args=[registry, "transfer"])
        + f"?source={moved.account.number}",
        "propose-issue": reverse("admin:propose_type", args=[registry, "issue"]),
        "ask": reverse("admin:ask") + f"?registry={registry}",
        "ask-opening": reverse("admin:ask_kind", args=[registry, "account_opening"]),
        "unit-types": reverse("admin:registry_unittype_changelist"),
        "unit-type": reverse("admin:registry_unittype_change", args=[type_pk]),
        "propose-version": reverse("admin:registry_transactiontype_propose", args=[type_.pk]),
        "facts": reverse("admin:registry_fact_changelist"),
        "persons": reverse("admin:registry_person_changelist"),
        "password": "/admin/password_change/",
        "factors": "/accounts/2fa/",
        "add-app": "/accounts/2fa/totp/activate/",
        "add-key": "/accounts/2fa/webauthn/add/",
        "missing": "/admin/registry/nothing/",
    }


def of_links():
    """name -> path of what is done on the pages of links, where some are in force."""
    edge = LinkEdge.objects.filter(version__status="in_force").earliest("pk")
    of = edge.version.agreement_id
    pair = ReadinessScore.objects.select_related("one", "other").earliest("pk")
    ends = [pair.one.code, pair.other.code]
    return {
        "agreement-text": reverse("admin:linking_agreement_version", args=[of, 1]),
        "agreement-begin": reverse("admin:linking_agreement_begin"),
        "agreement-propose": reverse("admin:linking_agreement_propose", args=[of]),
        "edge-suspend": reverse("admin:linking_linkedge_act", args=[edge.pk, "suspend"]),
        "send-over-link": reverse("admin:linking_transfer_send"),
        "retire-for-another": reverse("admin:linking_retirementfor_retire"),
        "retired-elsewhere": reverse("admin:linking_externalretirement_state"),
        "readiness": reverse("admin:linking_readinessscore_pairs"),
        "readiness-pair": reverse("admin:linking_readinessscore_pair", args=ends)
        + "?criterion=C02&score=3",
    }


# For whoever has not signed in.
OUTSIDE = {"sign-in": "/accounts/login/", "nowhere": "/nowhere"}
NOT_FOUND = {"missing", "nowhere"}
