"""Other nodes: who they are, what waits for them, and what system administrators do about them."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linking import cards
from linking.models import InboxMessage, OutboxMessage, Peer
from linking.selectors import peers
from linking.services import introduce_peer, keep_peer
from linking.services.make_card import make_card
from registry.admin import kept_forms, shown
from registry.admin.actors import actor_of
from registry.admin.base import ReadOnly
from registry.admin.deciding import complain
from registry.admin.reauthentication import freshly_authenticated
from registry.errors import DomainError
from registry.models import Registry

from . import peer_words

SHOWN = 10
LONGEST_TEXT = 1_000


class Asked(forms.Form):
    """Nothing is asked but that it is meant."""

    use_required_attribute = False
    required_css_class = "required"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)


class IntroduceForm(Asked):
    url = forms.CharField(
        label=_("Address"), max_length=200, help_text=_("Such as https://registry.example")
    )


class ConfirmForm(Asked):
    fingerprint = forms.CharField(
        label=_("Fingerprint"),
        max_length=100,
        help_text=_("As people of the other node have told it, by another way than the network."),
    )


class TestForm(Asked):
    text = forms.CharField(label=_("Text"), max_length=LONGEST_TEXT)


# An act: its form, the words of its button, and the states of a peer in which it can be done.
ACTS = {
    "confirm": (ConfirmForm, _("Confirm the node"), ("introduced",)),
    "pause": (Asked, _("Pause the exchange"), ("pinned",)),
    "resume": (Asked, _("Resume the exchange"), ("paused",)),
    "end": (Asked, _("End the link for good"), ("introduced", "pinned", "paused")),
    "test": (TestForm, _("Send a test message"), ("pinned", "paused")),
}
STATES = {"pause": "paused", "resume": "pinned", "end": "ended"}


def may_keep(request) -> bool:
    """Whether the person keeps the node's links to others."""
    actor = actor_of(request)
    return actor is not None and bool(actor.roles_in(None) & peers.KEEPERS)


class OfPeers(ReadOnly):
    def has_view_permission(self, request, obj=None):
        return peers.reads_peers(actor_of(request))


@admin.register(Peer)
class PeerAdmin(OfPeers):
    list_display = ("name", "url", "state_shown", "waiting", "refused", "heard_at")
    list_filter = ("state",)
    search_fields = ("name", "url")
    fields = ("name",)
    change_form_template = "linking/admin/peer.html"

    def get_queryset(self, request):
        return peers.with_messages(super().get_queryset(request))

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("introduce/", wrap(self.introduce), name="linking_peer_introduce"),
            path("this-node/", wrap(self.this_node), name="linking_peer_this_node"),
            path("<int:pk>/<slug:act>/do/", wrap(self.act), name="linking_peer_act"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        tools = [(reverse("admin:linking_peer_this_node"), _("This node"))]
        if may_keep(request):
            tools += [(reverse("admin:linking_peer_introduce"), _("Introduce a node"))]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = dict(extra_context or {})
        if self.has_view_permission(request) and object_id.isdecimal():
            context |= self._told(request, int(object_id))
        return super().change_view(request, object_id, form_url, context)

    def _told(self, request, pk):
        peer = self.get_queryset(request).filter(pk=pk).first()
        if peer is None:
            return {}
        at = timezone.now()
        keys = peer.keys.select_related("registry").order_by("pk")
        acts = [
            (reverse("admin:linking_peer_act", args=[pk, name]), words)
            for name, (_form, words, states) in ACTS.items()
            if may_keep(request) and peer.state in states
        ]
        return {
            "found": peer,
            "fingerprint": grouped(peers.card_of(peer).fingerprint(at)),
            "keys": keys,
            "registries": [row.registry for row in peer.registries.select_related("registry")],
            "sent": peer.outbox.order_by("-created_at")[:SHOWN],
            "received": peer.inbox.order_by("-received_at")[:SHOWN],
            "acts": acts,
        }

    def this_node(self, request):
        """What people of another node compare: this node's name, fingerprint and keys."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = timezone.now()
        told = {"opts": self.opts, "title": _("This node"), "media": self.media}
        try:
            card = cards.read(make_card(at=at))
        except DomainError as error:
            complain(request, error)
        else:
            hosted = Registry.objects.filter(code__in=card.registries).order_by("code")
            keys = sorted(card.keys.values(), key=lambda key: (key.purpose, key.valid_from))
            told |= {
                "card": card,
                "fingerprint": grouped(card.fingerprint(at)),
                "keys": [key for key in keys if key.purpose in cards.COMPARED],
                "registries": hosted,
            }
        context = {**self.admin_site.each_context(request), **told}
        return TemplateResponse(request, "linking/admin/this_node.html", context)

    def introduce(self, request):
        """The page on which a node is introduced."""
        if not may_keep(request):
            raise PermissionDenied
        form = IntroduceForm(request.POST or None, initial=typed(request))
        if request.method == "POST" and form.is_valid():
            try:
                peer = introduce_peer.introduce_peer(
                    actor=actor_of(request), url=form.cleaned_data["url"], at=timezone.now()
                )
            except DomainError as error:
                complain(request, error)
            else:
                messages.success(request, _("The card is kept; another person confirms it."))
                return redirect("admin:linking_peer_change", peer.pk)
        address = reverse("admin:linking_peer_changelist")
        return self._page(request, form, _("Introduce a node"), {"address": address})

    def act(self, request, pk, act):
        """The page of one act; who may not do it is told so before anything else."""
        peer = self.get_queryset(request).filter(pk=pk).first()
        if act not in ACTS or peer is None or not self.has_view_permission(request):
            raise Http404
        if not may_keep(request):
            raise PermissionDenied
        return self._act(request, peer, act)

    @freshly_authenticated
    def _act(self, request, peer, act):
        form_class, words, _states = ACTS[act]
        said = request.POST if request.method == "POST" else None
        form = form_class(said, initial=typed(request))
        if request.method == "POST" and form.is_valid():
            try:
                done(actor_of(request), peer.name, act, form.cleaned_data, timezone.now())
            except DomainError as error:
                complain(request, error)
            else:
                messages.success(request, _("It is done."))
                return redirect("admin:linking_peer_change", peer.pk)
        address = reverse("admin:linking_peer_change", args=[peer.pk])
        of = {"code": peer.name}
        return self._page(request, form, words, {"address": address, "of": of, "found": peer})

    def _page(self, request, form, words, told):
        context = {
            **self.admin_site.each_context(request),
            **told,
            "opts": self.opts,
            "form": form,
            "title": words,
            "button": words,
            "media": self.media,
        }
        return TemplateResponse(request, "linking/admin/peer_act.html", context)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row):
        return shown.badge(row.state, row.get_state_display())

    @admin.display(description=_("waiting"))
    def waiting(self, row):
        return shown.units(row.waiting)

    @admin.display(description=_("messages refused"))
    def refused(self, row):
        return shown.units(row.refused)

    @admin.display(description=_("last heard at"))
    def heard_at(self, row):
        return row.heard_at


def done(actor, name, act, said, at):
    """One act through its service.   Raises: DomainError."""
    if act == "confirm":
        introduce_peer.confirm_peer(actor=actor, name=name, fingerprint=said["fingerprint"], at=at)
    elif act == "test":
        keep_peer.say(actor=actor, name=name, kind="test", body={"text": said["text"]}, at=at)
    else:
        keep_peer.set_state(actor=actor, name=name, state=STATES[act], at=at)


def typed(request):
    """What was typed before the person had to sign in again."""
    return {name: values[0] for name, values in kept_forms.kept(request).items() if values}


def grouped(digits):
    """Digits in groups of four, as people read them out."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


class Messages(OfPeers):
    """What was said is read here, and written by services only."""

    list_select_related = ("peer",)
    search_fields = ("=id", "=transfer", "peer__name")
    readonly_fields = ("kind_shown", "text_shown")

    @admin.display(description=_("kind"), ordering="kind")
    def kind_shown(self, row):
        return shown.coded(row.kind, peer_words.kind(row.kind))

    @admin.display(description=_("text"))
    def text_shown(self, row):
        return row.text


@admin.register(OutboxMessage)
class OutboxMessageAdmin(Messages):
    list_display = (
        *("id", "peer", "kind_shown", "state_shown", "attempts"),
        *("created_at", "delivered_at"),
    )
    list_filter = ("state", "kind", "peer")
    ordering = ("-created_at",)
    change_form_template = "linking/admin/message.html"
    fields = (
        *("id", "peer", "kind_shown", "transfer", "state", "created_at", "next_attempt_at"),
        *("attempts", "delivered_at", "problem", "refusal", "key_id", "text_shown"),
    )

    def get_urls(self):
        again = path(
            "<uuid:pk>/again/",
            self.admin_site.admin_view(self.again),
            name="linking_outboxmessage_again",
        )
        return [again, *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"may_keep": may_keep(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def again(self, request, pk):
        """Has a refused message sent once more."""
        if request.method != "POST" or not may_keep(request):
            raise PermissionDenied
        try:
            keep_peer.repeat_refused(actor=actor_of(request), message_id=pk, at=timezone.now())
        except DomainError as error:
            complain(request, error)
        else:
            messages.success(request, _("It is sent again."))
        return redirect("admin:linking_outboxmessage_change", pk)

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, row):
        return shown.badge(row.state, row.get_state_display())


@admin.register(InboxMessage)
class InboxMessageAdmin(Messages):
    list_display = ("id", "peer", "kind_shown", "received_at")
    list_filter = ("kind", "peer")
    ordering = ("-received_at",)
    fields = ("id", "peer", "kind_shown", "transfer", "received_at", "key_id", "text_shown")
