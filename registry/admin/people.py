"""Persons, their roles and their keys: to be read here, and written by services."""

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.models import ApiKey, Person, RoleAssignment, SecurityEvent

from .actors import administers_the_system
from .base import ByCode, Governance


@admin.register(Person)
class PersonAdmin(Governance):
    scope = "role_assignments__registry"
    list_display = ("username", "display_name", "language", "is_active", "is_system", "last_login")
    list_filter = ("is_active", "is_system")
    search_fields = ("username", "display_name")
    ordering = ("username",)

    fields = (
        "username",
        "display_name",
        "email",
        "language",
        "is_active",
        "is_staff",
        "is_system",
        "must_change_password",
        "password_valid_until",
        "mail_notices",
        "last_login",
        "date_joined",
    )

    def changelist_view(self, request, extra_context=None):
        """Who manages the node gets from here to the addition of persons, and to recoveries."""
        tools = []
        if administers_the_system(request):
            tools = [
                (reverse("admin:person_additions"), _("Addition of a person")),
                (reverse("admin:person_changes"), _("Change of a person")),
                (reverse("admin:person_deactivation"), _("Deactivation of a person")),
                (reverse("admin:recoveries"), _("Recovery of a sign-in")),
            ]
        return super().changelist_view(request, {"tools": tools, **(extra_context or {})})


@admin.register(RoleAssignment)
class RoleAssignmentAdmin(Governance):
    list_display = ("person", "role", "where")
    list_filter = ("role", ("registry", ByCode))
    list_select_related = ("person", "registry")
    search_fields = ("person__username", "person__display_name")
    ordering = ("person__username", "role")

    @admin.display(description=_("registry"), ordering="registry")
    def where(self, row):
        return row.registry.code if row.registry else _("all")


@admin.register(ApiKey)
class ApiKeyAdmin(Governance):
    scope = "person__role_assignments__registry"
    list_display = ("prefix", "label", "person", "created_at", "expires_at", "revoked_at")
    list_select_related = ("person",)
    search_fields = ("prefix", "label", "person__username")
    ordering = ("-pk",)
    fields = ("prefix", "label", "person", "scopes", "created_at", "expires_at", "revoked_at")


@admin.register(SecurityEvent)
class SecurityEventAdmin(Governance):
    scope = "person__role_assignments__registry"
    list_display = ("at", "kind", "person", "by", "address")
    list_filter = ("kind",)
    list_select_related = ("person", "by")
    search_fields = ("person__username", "address")
    ordering = ("-pk",)
