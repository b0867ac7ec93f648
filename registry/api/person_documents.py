"""What answers say of persons."""

from rest_framework import serializers

from registry.models import ASSIGNED_ROLES

from .documents import Word


class RoleDocument(serializers.Serializer):
    """A role, in one registry or in all."""

    role = Word([role for role, _label in ASSIGNED_ROLES])
    registry = serializers.CharField(source="registry.code", default=None, allow_null=True)


class PersonDocument(serializers.Serializer):
    """Who acts: a human being, or a part of the software."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    language = serializers.CharField()
    active = serializers.BooleanField(
        source="is_active", help_text="False: deactivated; nobody acts as this person."
    )
    signs_in = serializers.BooleanField(
        source="is_staff", help_text="Whether the person may sign in to the pages."
    )
    system = serializers.BooleanField(source="is_system")
    added_at = serializers.DateTimeField(source="date_joined")
    roles = RoleDocument(many=True, source="role_assignments.all")
