"""Files with many rows that become one act: what was sent, how far it is, what is wrong with it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .governance import GovernanceRequest
from .jurisdictions import Registry
from .people import ApiKey, Person

# The largest file, in bytes, and the size of the pieces in which it is kept.
LARGEST_UPLOAD = 32 * 2**20
PIECE = 2**20


class Upload(models.Model):
    """A file of accounts, representatives or allocations, checked row by row and written whole;
    or the files of an opening balance in one, which are checked as a whole.

    Workers check it in steps and keep after each how far they are: `rows_checked` rows, and
    `rows_digest`, a chain of SHA-256 over what these rows say. What a second person approves are
    the digest of the file and that of all its rows.
    """

    class Kind(models.TextChoices):
        ACCOUNTS = "accounts", _("accounts to be opened")
        REPRESENTATIVES = "representatives", _("representatives to be appointed")
        ALLOCATIONS = "allocations", _("allocation table")
        OPENING_BALANCES = "opening_balances", _("opening balance")

    class Form(models.TextChoices):
        CSV = "csv", _("CSV file")
        XLSX = "xlsx", _("XLSX workbook")
        ZIP = "zip", _("ZIP file")

    class State(models.TextChoices):
        CHECKING = "checking", _("being checked")
        REFUSED = "refused", _("with errors")
        CHECKED = "checked", _("without errors")
        PROPOSING = "proposing", _("being proposed")
        SUBMITTED = "submitted", _("waiting for a decision")
        WRITING = "writing", _("being written")
        WRITTEN = "written", _("written")
        DROPPED = "dropped", _("rejected or taken back")

    kind = models.CharField(_("kind"), max_length=32, choices=Kind.choices)
    form = models.CharField(_("form of the file"), max_length=8, choices=Form.choices)
    registry = models.ForeignKey(
        Registry, models.PROTECT, related_name="uploads", verbose_name=_("registry")
    )
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("size (bytes)"))
    digest = models.BinaryField(_("SHA-256 digest"), max_length=32)
    key = models.CharField(_("idempotency key"), max_length=200)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="uploads", verbose_name=_("uploaded by")
    )
    api_key = models.ForeignKey(
        ApiKey, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("API key")
    )
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(
        _("state"), max_length=16, choices=State.choices, default=State.CHECKING
    )
    rows_checked = models.IntegerField(_("rows checked"), default=0)
    rows_written = models.IntegerField(_("rows written"), default=0)
    rows_total = models.IntegerField(
        _("rows"), null=True, blank=True, help_text=_("Known when the last row has been checked.")
    )
    rows_digest = models.BinaryField(_("digest of the rows"), max_length=32, default=bytes(32))
    errors_total = models.IntegerField(_("errors"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    leased_until = models.DateTimeField(_("leased until"))
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    request = models.ForeignKey(
        GovernanceRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="uploads",
        verbose_name=_("request"),
    )
    transaction_number = models.BigIntegerField(_("transaction"), null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="upload_key_is_used_once"),
            models.UniqueConstraint(
                fields=["registry", "kind", "digest"],
                condition=~Q(state__in=["refused", "dropped"]),
                name="upload_of_a_file_is_one",
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=LARGEST_UPLOAD),
                name="upload_has_a_bearable_size",
            ),
            models.CheckConstraint(
                condition=Q(rows_checked__gte=0, rows_written__gte=0, errors_total__gte=0)
                & Q(rows_written__lte=F("rows_checked")),
                name="upload_counts_its_rows",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "proposing", "submitted", "writing", "written"])
                | Q(errors_total=0, rows_total__gt=0, rows_checked=F("rows_total")),
                name="upload_goes_on_without_errors_only",
            ),
            models.CheckConstraint(
                condition=~Q(state="written") | Q(rows_written=F("rows_total")),
                name="upload_is_written_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "writing", "written"])
                | Q(request__isnull=False)
                | Q(transaction_number__isnull=False),
                name="upload_is_submitted_for_a_decision",
            ),
        ]
        indexes = [
            models.Index(
                fields=["leased_until"],
                condition=Q(state__in=["checking", "proposing", "writing"]),
                name="upload_in_work",
            )
        ]

    def __str__(self):
        return f"#{self.pk} {self.name}"

    @property
    def is_in_work(self):
        """Whether a worker is to go on with it."""
        return self.state in IN_WORK

    @property
    def awaits_submission(self):
        return self.state == self.State.CHECKED

    @property
    def can_be_checked_again(self):
        return self.state in CHECKED_AGAIN


IN_WORK = (Upload.State.CHECKING, Upload.State.PROPOSING, Upload.State.WRITING)
CHECKED_AGAIN = (Upload.State.CHECKED, Upload.State.REFUSED)


class UploadPiece(models.Model):
    """A piece of the file, in its order: no more than a megabyte is in memory at once.
    Append-only."""

    upload = models.ForeignKey(
        Upload, models.PROTECT, related_name="pieces", verbose_name=_("upload")
    )
    number = models.IntegerField(_("number"))
    content = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("piece of an upload")
        verbose_name_plural = _("pieces of uploads")
        constraints = [
            models.UniqueConstraint(
                fields=["upload", "number"], name="upload_piece_has_its_own_place"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=0), name="upload_piece_number_is_not_negative"
            ),
        ]

    def __str__(self):
        return f"#{self.upload_id} {self.number}"


class UploadError(models.Model):
    """What is wrong with one row, by the column. The texts are those of the source language,
    which are the keys of the catalogues: each reader sees them in their own."""

    upload = models.ForeignKey(
        Upload, models.PROTECT, related_name="errors", verbose_name=_("upload")
    )
    row = models.IntegerField(_("row"), null=True, blank=True)
    column = models.CharField(_("column"), max_length=100, blank=True)
    code = models.CharField(_("code"), max_length=64)
    message = models.TextField(_("message"))
    hint = models.TextField(_("hint"), blank=True)
    data = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("error of an upload")
        verbose_name_plural = _("errors of uploads")
        indexes = [models.Index(fields=["upload", "id"], name="upload_error_in_order")]

    def __str__(self):
        return f"#{self.upload_id} {self.row} {self.code}"
