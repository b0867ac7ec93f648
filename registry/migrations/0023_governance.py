from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import PROTECT, F, Q

BIG_ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


def to(model, **options):
    return models.ForeignKey(to=model, on_delete=PROTECT, **options)


def to_one(model, **options):
    return models.OneToOneField(to=model, on_delete=PROTECT, **options)


API_KEY = to("registry.apikey", blank=True, null=True, related_name="+", verbose_name="API key")


class Migration(migrations.Migration):
    dependencies = [("registry", "0020_representatives")]

    operations = [
        migrations.CreateModel(
            name="GovernanceRequest",
            fields=[
                ("id", BIG_ID),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                ("payload", models.JSONField(blank=True, default=dict, verbose_name="payload")),
                ("payload_hash", models.BinaryField(max_length=32, verbose_name="payload hash")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "approvals_needed",
                    models.PositiveSmallIntegerField(verbose_name="approvals needed"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                (
                    "account",
                    to(
                        "registry.account",
                        blank=True,
                        null=True,
                        related_name="requests",
                        verbose_name="account",
                    ),
                ),
                ("api_key", API_KEY),
                (
                    "registry",
                    to("registry.registry", related_name="requests", verbose_name="registry"),
                ),
                (
                    "requested_by",
                    to(
                        settings.AUTH_USER_MODEL,
                        related_name="requests",
                        verbose_name="requested by",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
            },
        ),
        migrations.CreateModel(
            name="GovernanceDocument",
            fields=[
                ("id", BIG_ID),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("media_type", models.CharField(max_length=100, verbose_name="media type")),
                ("digest", models.BinaryField(max_length=32, verbose_name="SHA-256 digest")),
                ("content", models.BinaryField(verbose_name="content")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                (
                    "added_by",
                    to(settings.AUTH_USER_MODEL, related_name="+", verbose_name="added by"),
                ),
                (
                    "request",
                    to(
                        "registry.governancerequest",
                        related_name="documents",
                        verbose_name="request",
                    ),
                ),
            ],
            options={
                "verbose_name": "document of a request",
                "verbose_name_plural": "documents of requests",
            },
        ),
        migrations.CreateModel(
            name="GovernanceDecision",
            fields=[
                ("id", BIG_ID),
                ("approved", models.BooleanField(verbose_name="approved")),
                ("payload_hash", models.BinaryField(max_length=32, verbose_name="payload hash")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("api_key", API_KEY),
                (
                    "person",
                    to(
                        settings.AUTH_USER_MODEL,
                        related_name="request_decisions",
                        verbose_name="person",
                    ),
                ),
                (
                    "request",
                    to(
                        "registry.governancerequest",
                        related_name="decisions",
                        verbose_name="request",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision on a request",
                "verbose_name_plural": "decisions on requests",
            },
        ),
        migrations.CreateModel(
            name="HolderSuccession",
            fields=[
                ("id", BIG_ID),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "predecessor",
                    to_one(
                        "registry.accountholder",
                        related_name="succession",
                        verbose_name="predecessor",
                    ),
                ),
                (
                    "request",
                    to_one(
                        "registry.governancerequest",
                        related_name="succession",
                        verbose_name="request",
                    ),
                ),
                (
                    "successor",
                    to(
                        "registry.accountholder",
                        related_name="predecessors",
                        verbose_name="successor",
                    ),
                ),
            ],
            options={
                "verbose_name": "succession of holders",
                "verbose_name_plural": "successions of holders",
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", BIG_ID),
                ("subject", models.CharField(blank=True, max_length=200, verbose_name="subject")),
                (
                    "status_before",
                    models.CharField(blank=True, max_length=32, verbose_name="status before"),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("placed_at", models.DateTimeField(verbose_name="placed at")),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="lifted at"),
                ),
                (
                    "account",
                    to(
                        "registry.account",
                        blank=True,
                        null=True,
                        related_name="stops",
                        verbose_name="account",
                    ),
                ),
                (
                    "lifted_by",
                    to_one(
                        "registry.governancerequest",
                        blank=True,
                        null=True,
                        related_name="lifted_stop",
                        verbose_name="lifted by request",
                    ),
                ),
                (
                    "placed_by",
                    to(settings.AUTH_USER_MODEL, related_name="stops", verbose_name="placed by"),
                ),
                (
                    "registry",
                    to("registry.registry", related_name="stops", verbose_name="registry"),
                ),
                (
                    "unit_type",
                    to(
                        "registry.unittype",
                        blank=True,
                        null=True,
                        related_name="stops",
                        verbose_name="unit type",
                    ),
                ),
            ],
            options={
                "verbose_name": "stop",
                "verbose_name_plural": "stops",
            },
        ),
        migrations.CreateModel(
            name="TrustedAccount",
            fields=[
                ("id", BIG_ID),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("trusted_from", models.DateTimeField(verbose_name="trusted from")),
                (
                    "provisional",
                    models.BooleanField(
                        default=False,
                        help_text="Counted with a calendar that was not published yet.",
                        verbose_name="provisional",
                    ),
                ),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="removed at"),
                ),
                (
                    "account",
                    to("registry.account", related_name="trusted_accounts", verbose_name="account"),
                ),
                (
                    "trusted",
                    to(
                        "registry.account",
                        related_name="trusted_by",
                        verbose_name="trusted account",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of a trusted account list",
                "verbose_name_plural": "entries of trusted account lists",
            },
        ),
        migrations.AddIndex(
            model_name="governancerequest",
            index=models.Index(
                condition=Q(("status", "waiting")), fields=["registry"], name="request_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="governancerequest",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("closed_at__isnull", True), ("status", "waiting")),
                    Q(
                        ("closed_at__isnull", False),
                        ("status__in", ["approved", "rejected", "withdrawn"]),
                    ),
                    _connector="OR",
                ),
                name="request_has_a_known_status_and_its_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="governancerequest",
            constraint=models.CheckConstraint(
                condition=Q(("approvals_needed__gte", 1)), name="request_needs_an_approval"
            ),
        ),
        migrations.AddConstraint(
            model_name="governancedocument",
            constraint=models.UniqueConstraint(
                fields=("request", "digest"), name="request_has_a_document_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="governancedecision",
            constraint=models.UniqueConstraint(
                fields=("request", "person"), name="request_is_decided_once_by_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="holdersuccession",
            constraint=models.CheckConstraint(
                condition=Q(("successor", F("predecessor")), _negated=True),
                name="succession_is_by_another_holder",
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.CheckConstraint(
                condition=Q(
                    Q(("account__isnull", True), ("unit_type__isnull", True)),
                    Q(("account__isnull", True), ("subject", "")),
                    Q(("subject", ""), ("unit_type__isnull", True)),
                    _connector="OR",
                ),
                name="stop_stops_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.CheckConstraint(
                condition=Q(("reason", ""), _negated=True), name="stop_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.UniqueConstraint(
                condition=Q(("lifted_at__isnull", True)),
                fields=("registry", "account", "unit_type", "subject"),
                name="stop_is_placed_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedaccount",
            constraint=models.UniqueConstraint(
                condition=Q(("removed_at__isnull", True)),
                fields=("account", "trusted"),
                name="trusted_account_is_listed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedaccount",
            constraint=models.CheckConstraint(
                condition=Q(("account", F("trusted")), _negated=True),
                name="trusted_account_is_another_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="trustedaccount",
            constraint=models.CheckConstraint(
                condition=Q(("trusted_from__gte", F("added_at"))),
                name="trusted_account_counts_after_it_is_added",
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
