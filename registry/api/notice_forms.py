"""What is answered of notices and preferences, and what is sent to change them."""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from registry import notice_texts
from registry.models import Notice

from . import fields
from .documents import Number, Word

LANGUAGES = [code for code, _name in settings.LANGUAGES]
TRUTH = ["true", "false"]


class NoticeDocument(serializers.Serializer):
    """Something that you are told. The texts are in the language of the request; programs read
    `kind`, `subject` and `data`."""

    id = Number(source="pk")
    kind = Word(Notice.Kind.values)
    subject = serializers.CharField(help_text="What it is about: transaction:7, request:3.")
    at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    title = serializers.SerializerMethodField()
    text = serializers.SerializerMethodField()
    data = serializers.DictField()

    @extend_schema_field({"type": "string"})
    def get_title(self, notice):
        return notice_texts.text_of(notice.kind, notice.data).title

    @extend_schema_field({"type": "string"})
    def get_text(self, notice):
        return notice_texts.text_of(notice.kind, notice.data).body


class AllRead(serializers.Serializer):
    """Up to which notice all are read, so that one that comes meanwhile stays unread."""

    upto = fields.Number()


class MarkedDocument(serializers.Serializer):
    """How many notices were marked as read."""

    read = serializers.IntegerField()


class PreferencesForm(serializers.Serializer):
    """What you choose; what is not named stays."""

    language = fields.Choice(LANGUAGES, required=False, help_text="Of your mails.")
    mail_notices = fields.Choice(
        TRUTH, required=False, help_text="Whether notices are sent to your mail address as well."
    )
    email = fields.Text(max_length=254, required=False, help_text="Empty: none.")


class PreferencesDocument(serializers.Serializer):
    """What a person has chosen."""

    person = serializers.CharField(source="username")
    language = Word(LANGUAGES)
    mail_notices = serializers.BooleanField()
    email = serializers.CharField()
    mail_is_sent = serializers.SerializerMethodField()

    @extend_schema_field({"type": "boolean", "description": "Whether this node sends mail at all."})
    def get_mail_is_sent(self, person):
        return settings.CONCORD["MAIL"]
