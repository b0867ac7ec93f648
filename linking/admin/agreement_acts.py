"""What parties do with an agreement on its pages: comment, sign, reject, withdraw."""

from django import forms
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking.models import AgreementVersion
from linking.permissions import own_parties
from linking.selectors import agreements
from linking.services.change_edge import terminate
from linking.services.comment import comment
from linking.services.reject_version import reject_version
from linking.services.sign_version import sign_version
from registry.admin.actors import actor_of
from registry.errors import NotFound
from registry.keys import text_forms

from . import reading
from .acting import ActForm, Acts, last_day, reason
from .texts import told_version

REJECT, TAKE_BACK = _("Reject the text"), _("Take the text back")


class SignForm(ActForm):
    """Consent to exactly the text that the page shows."""

    signature = forms.CharField(
        label=_("Signature"),
        required=False,
        max_length=200,
        help_text=_("Base64url, where another node keeps the registry of the party."),
    )

    def fit(self):
        if all(each.public_key is None for each in self.told["own_parties"]):
            del self.fields["signature"]

    def clean_signature(self):
        text = self.cleaned_data["signature"]
        try:
            return text_forms.decode(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(_("This is no Base64url.")) from error


class CommentForm(ActForm):
    """What a party says about a clause or a field of what is proposed."""

    clause = forms.ChoiceField(label=_("About"))
    text = forms.CharField(
        label=_("Comment"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def fit(self):
        if "said" in self.told:
            self.fields["clause"].choices = reading.places(self.told["said"])


class RejectionForm(ActForm):
    """Why a party does not want the text that the page shows."""

    reason = reason()


class TerminationForm(ActForm):
    """A party ends what it recognises."""

    reason = reason()
    grace_until = last_day()


class AgreementActs(Acts):
    """For the admin class of agreements."""

    acts = {
        "sign": (SignForm, _("Sign"), "linking/admin/sign.html", True),
        "comment": (CommentForm, _("Comment"), "linking/admin/comment.html", False),
        "reject": (RejectionForm, REJECT, "linking/admin/reject.html", False),
        "terminate": (
            TerminationForm,
            _("Withdraw with notice"),
            "linking/admin/terminate.html",
            True,
        ),
    }

    def act_paths(self):
        return [
            path(
                "<int:pk>/act/<str:act>/",
                self.admin_site.admin_view(self.act),
                name="linking_agreement_act",
            )
        ]

    def _seen_by(self, request, pk, act):
        actor = actor_of(request)
        try:
            of = agreements.find_by_id(actor, pk)
        except NotFound:
            return None
        version = agreements.in_force(of) if act == "terminate" else agreements.proposed(of)
        own = own_parties(actor, of)
        told = {
            "of": of,
            "own_parties": _who_may(own, version, act),
            "seen": "",
            "version": version,
            "title": f"{self.acts[act][1]}: {of.code}",
            "address": reverse("admin:linking_agreement_change", args=[of.pk]),
        }
        if version is None:
            return told if own else {**told, "own_parties": []}
        return {**told_version(of, version), **told, "seen": bytes(version.digest).hex()}

    def _done(self, request, told, act, said):
        of = told["of"]
        by = {"actor": actor_of(request), "agreement": of.code, "at": timezone.now()}
        if act == "comment":
            comment(**by, party=said["party"], said=(said["clause"], said["text"]))
            return _("The comment is added.")
        if act == "sign":
            signed = sign_version(
                **by,
                party=said["party"],
                digest=bytes.fromhex(told["seen"]),
                signature=said.get("signature"),
            )
            if signed.status == AgreementVersion.Status.IN_FORCE:
                return _("All parties have signed: the text is in force.")
            return _("Signed for %(party)s.") % {"party": said["party"]}
        if act == "reject":
            digest = bytes.fromhex(told["seen"])
            reject_version(**by, party=said["party"], digest=digest, reason=said["reason"])
            return _("The text is dropped. What is in force stays so.")
        ends = terminate(
            **by,
            party=said["party"],
            reason=said["reason"],
            grace_until=said["grace_until"],
        )
        return _("What %(party)s recognises ends on %(day)s.") % {
            "party": said["party"],
            "day": f"{ends:%Y-%m-%d %H:%M} UTC",
        }


def _who_may(own, version, act):
    """The parties of the person's that the act is for; all where nothing is left to do, which
    the page then says."""
    if version is None:
        return own
    if act == "sign":
        signed = set(version.signatures.values_list("party_id", flat=True))
        return [each for each in own if each.pk not in signed] or own
    if act == "terminate":
        accepts = set(version.edges.values_list("acceptor_id", flat=True))
        return [each for each in own if each.jurisdiction_id in accepts] or own
    return own
