"""What persons are told of, what happened to their safety, and recovery of a sign-in."""

from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

FORWARDS = Path(__file__).with_suffix(".sql").read_text()
BACKWARDS = """
DROP TRIGGER recovery_is_of_another_person ON registry_governancerequest;
DROP TRIGGER recovery_is_decided_by_another_person ON registry_governancedecision;
DROP FUNCTION registry_recovery_asked, registry_recovery_decided;
DROP TRIGGER securityevent_is_append_only ON registry_securityevent;
DROP TRIGGER securityevent_is_never_truncated ON registry_securityevent;
DROP TRIGGER notice_is_only_read ON registry_notice;
DROP FUNCTION registry_notice_updated;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0040_reference_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("transaction_proposed", "transaction proposed"),
                            ("transaction_approved", "transaction approved"),
                            ("transaction_rejected", "transaction rejected"),
                            ("transaction_delayed", "transaction delayed"),
                            ("transaction_completed", "transaction completed"),
                            ("transaction_ended", "transaction ended without a posting"),
                            ("proposal_expiring", "proposal about to expire"),
                            ("delay_ending", "delay about to end"),
                            ("request_asked", "request made"),
                            ("request_approved", "request approved"),
                            ("request_rejected", "request rejected"),
                            ("account_event", "account event"),
                            ("stop_placed", "emergency stop placed"),
                            ("security_event", "security event"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=80, verbose_name="name of the event")),
                ("subject", models.CharField(max_length=80, verbose_name="subject")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="details")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="read at")),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
            },
        ),
        migrations.CreateModel(
            name="NoticeMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempts", models.IntegerField(default=0, verbose_name="attempts")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next attempt at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("problem", models.CharField(blank=True, max_length=200, verbose_name="problem")),
            ],
            options={
                "verbose_name": "mail of a notice",
                "verbose_name_plural": "mails of notices",
            },
        ),
        migrations.CreateModel(
            name="NoticeSource",
            fields=[
                (
                    "code",
                    models.CharField(
                        max_length=32, primary_key=True, serialize=False, verbose_name="code"
                    ),
                ),
                ("reached", models.BigIntegerField(verbose_name="number told up to")),
                ("candidate", models.BigIntegerField(verbose_name="next number")),
                (
                    "candidate_xmax",
                    models.BigIntegerField(verbose_name="transaction that must have ended"),
                ),
            ],
            options={
                "verbose_name": "source of notices",
                "verbose_name_plural": "sources of notices",
            },
        ),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("signed_in", "signed in"),
                            ("new_address", "signed in from a new address"),
                            ("factor_added", "second factor added"),
                            ("factor_removed", "second factor removed"),
                            ("codes_made", "recovery codes made"),
                            ("key_made", "API key made"),
                            ("key_revoked", "API key revoked"),
                            ("role_given", "role given"),
                            ("password_given", "one-time password given"),
                            ("recovered", "sign-in recovered"),
                            ("mail_changed", "mail address changed"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="at"
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=45, verbose_name="address")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="details")),
            ],
            options={
                "verbose_name": "security event",
                "verbose_name_plural": "security events",
            },
        ),
        migrations.AddField(
            model_name="person",
            name="mail_notices",
            field=models.BooleanField(
                default=True,
                help_text="Where the person has a mail address.",
                verbose_name="notices by mail",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="password_valid_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Of a one-time password; empty: until it is changed.",
                null=True,
                verbose_name="password valid until",
            ),
        ),
        migrations.AlterField(
            model_name="governancerequest",
            name="kind",
            field=models.CharField(
                choices=[
                    ("account_opening", "opening of an account"),
                    ("account_change", "change of an account"),
                    ("account_status", "change of an account's status"),
                    ("account_closure", "closing of an account"),
                    ("account_handover", "handing over of an account"),
                    ("holder_merger", "merger of account holders"),
                    ("representative", "appointment of a representative"),
                    ("restoration", "restoration of a representative"),
                    ("trusted_account", "addition to the trusted account list"),
                    ("stop_lifting", "lifting of a stop"),
                    ("recovery", "recovery of a sign-in"),
                    ("upload", "writing of an upload"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="governancerequest",
            name="registry",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty: it concerns the whole node.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="registry.registry",
                verbose_name="registry",
            ),
        ),
        migrations.AddConstraint(
            model_name="governancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "recovery"), ("registry__isnull", True)),
                    models.Q(
                        models.Q(("kind", "recovery"), _negated=True), ("registry__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="request_is_of_a_registry_or_a_recovery",
            ),
        ),
        migrations.AddConstraint(
            model_name="governancerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "recovery"), ("reason", ""), _negated=True),
                name="request_for_recovery_has_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="noticemail",
            name="notice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mail",
                to="registry.notice",
                verbose_name="notice",
            ),
        ),
        migrations.AddField(
            model_name="noticemail",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticesource",
            constraint=models.CheckConstraint(
                condition=models.Q(("candidate__gte", models.F("reached"))),
                name="notice_source_goes_forward",
            ),
        ),
        migrations.AddField(
            model_name="securityevent",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registry.apikey",
                verbose_name="API key",
            ),
        ),
        migrations.AddField(
            model_name="securityevent",
            name="by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="securityevent",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="security_events",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["person", "-id"], name="notice_of_person"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)),
                fields=["person"],
                name="notice_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("person", "key"), name="notice_is_given_once_to_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "transaction_proposed",
                            "transaction_approved",
                            "transaction_rejected",
                            "transaction_delayed",
                            "transaction_completed",
                            "transaction_ended",
                            "proposal_expiring",
                            "delay_ending",
                            "request_asked",
                            "request_approved",
                            "request_rejected",
                            "account_event",
                            "stop_placed",
                            "security_event",
                        ],
                    )
                ),
                name="notice_kind_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="noticemail",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)),
                fields=["next_attempt_at"],
                name="notice_mail_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="securityevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "signed_in",
                            "new_address",
                            "factor_added",
                            "factor_removed",
                            "codes_made",
                            "key_made",
                            "key_revoked",
                            "role_given",
                            "password_given",
                            "recovered",
                            "mail_changed",
                        ],
                    )
                ),
                name="security_event_kind_is_known",
            ),
        ),
        migrations.RunSQL(FORWARDS, BACKWARDS),
    ]
