from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0032_group_limits")]

    operations = [
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
                    ("upload", "writing of an upload"),
                ],
                max_length=32,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Upload",
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
                            ("accounts", "accounts to be opened"),
                            ("representatives", "representatives to be appointed"),
                            ("allocations", "allocation table"),
                        ],
                        max_length=32,
                        verbose_name="kind",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[("csv", "CSV file"), ("xlsx", "XLSX workbook")],
                        max_length=8,
                        verbose_name="form of the file",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("size", models.BigIntegerField(verbose_name="size (bytes)")),
                ("digest", models.BinaryField(max_length=32, verbose_name="SHA-256 digest")),
                ("key", models.CharField(max_length=200, verbose_name="idempotency key")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "being checked"),
                            ("refused", "with errors"),
                            ("checked", "without errors"),
                            ("proposing", "being proposed"),
                            ("submitted", "waiting for a decision"),
                            ("writing", "being written"),
                            ("written", "written"),
                            ("dropped", "rejected or taken back"),
                        ],
                        default="checking",
                        max_length=16,
                        verbose_name="state",
                    ),
                ),
                ("rows_checked", models.IntegerField(default=0, verbose_name="rows checked")),
                ("rows_written", models.IntegerField(default=0, verbose_name="rows written")),
                (
                    "rows_total",
                    models.IntegerField(
                        blank=True,
                        help_text="Known when the last row has been checked.",
                        null=True,
                        verbose_name="rows",
                    ),
                ),
                (
                    "rows_digest",
                    models.BinaryField(
                        default=b"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                        max_length=32,
                        verbose_name="digest of the rows",
                    ),
                ),
                ("errors_total", models.IntegerField(default=0, verbose_name="errors")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                ("leased_until", models.DateTimeField(verbose_name="leased until")),
                (
                    "checked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="checked at"),
                ),
                (
                    "finished_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="finished at"),
                ),
                (
                    "transaction_number",
                    models.BigIntegerField(blank=True, null=True, verbose_name="transaction"),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registry.apikey",
                        verbose_name="API key",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "registry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="registry.registry",
                        verbose_name="registry",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="registry.governancerequest",
                        verbose_name="request",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload",
                "verbose_name_plural": "uploads",
            },
        ),
        migrations.CreateModel(
            name="UploadError",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(blank=True, null=True, verbose_name="row")),
                ("column", models.CharField(blank=True, max_length=100, verbose_name="column")),
                ("code", models.CharField(max_length=64, verbose_name="code")),
                ("message", models.TextField(verbose_name="message")),
                ("hint", models.TextField(blank=True, verbose_name="hint")),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="details")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="errors",
                        to="registry.upload",
                        verbose_name="upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "error of an upload",
                "verbose_name_plural": "errors of uploads",
            },
        ),
        migrations.CreateModel(
            name="UploadPiece",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField(verbose_name="number")),
                ("content", models.BinaryField(verbose_name="content")),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pieces",
                        to="registry.upload",
                        verbose_name="upload",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of an upload",
                "verbose_name_plural": "pieces of uploads",
            },
        ),
        migrations.AddIndex(
            model_name="upload",
            index=models.Index(
                condition=models.Q(("state__in", ["checking", "proposing", "writing"])),
                fields=["leased_until"],
                name="upload_in_work",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                fields=("person", "key"), name="upload_key_is_used_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["refused", "dropped"]), _negated=True),
                fields=("registry", "kind", "digest"),
                name="upload_of_a_file_is_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gt", 0), ("size__lte", 33554432)),
                name="upload_has_a_bearable_size",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("errors_total__gte", 0),
                    ("rows_checked__gte", 0),
                    ("rows_written__gte", 0),
                    ("rows_written__lte", models.F("rows_checked")),
                ),
                name="upload_counts_its_rows",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["checked", "proposing", "submitted", "writing", "written"]),
                        _negated=True,
                    ),
                    models.Q(
                        ("errors_total", 0),
                        ("rows_checked", models.F("rows_total")),
                        ("rows_total__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="upload_goes_on_without_errors_only",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "written"), _negated=True),
                    ("rows_written", models.F("rows_total")),
                    _connector="OR",
                ),
                name="upload_is_written_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["submitted", "writing", "written"]), _negated=True),
                    ("request__isnull", False),
                    ("transaction_number__isnull", False),
                    _connector="OR",
                ),
                name="upload_is_submitted_for_a_decision",
            ),
        ),
        migrations.AddIndex(
            model_name="uploaderror",
            index=models.Index(fields=["upload", "id"], name="upload_error_in_order"),
        ),
        migrations.AddConstraint(
            model_name="uploadpiece",
            constraint=models.UniqueConstraint(
                fields=("upload", "number"), name="upload_piece_has_its_own_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpiece",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 0)), name="upload_piece_number_is_not_negative"
            ),
        ),
        migrations.RunSQL(Path(__file__).with_suffix(".sql").read_text()),
    ]
