"""`manage.py keys`: the keys that sign for the node and its registries."""

from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from registry.errors import DomainError
from registry.keys.provider import provider
from registry.management.problems import told
from registry.models import KeyRecord
from registry.selectors import reference
from registry.selectors.signing_keys import every_key
from registry.services import signing_keys
from registry.services.people import system_actor


class Command(BaseCommand):
    """Exit code 0 when it is done, 1 when it is refused; the reason is printed."""

    help = _("List, create, rotate, revoke and import signing keys.")

    def add_arguments(self, parser):
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help=_("Print all keys, with their owners and their validity."))
        create = verbs.add_parser(
            "create", help=_("Make a key, or without --purpose all that are missing.")
        )
        self._add_owner(create, required=False)
        rotate = verbs.add_parser(
            "rotate", help=_("End the key in force in a minute, and begin a new one then.")
        )
        self._add_owner(rotate)
        rotate.add_argument(
            "--file", type=Path, help=_("The new key, if it was made elsewhere: PKCS#8 in PEM.")
        )
        revoke = verbs.add_parser(
            "revoke", help=_("Refuse for ever what a key signs, or has signed since a moment.")
        )
        revoke.add_argument("key_id")
        revoke.add_argument("--reason", required=True, help=_("Why; it is published."))
        revoke.add_argument(
            "--since", type=_moment, help=_("When the key was lost; now when not given.")
        )
        given = verbs.add_parser("import", help=_("Keep a key that was made elsewhere."))
        given.add_argument("file", type=Path, help=_("PKCS#8 in PEM, without a password."))
        self._add_owner(given)
        given.add_argument("--valid-from", type=_moment, help=_("Now when not given."))
        given.add_argument("--valid-to", type=_moment, help=_("Without an end when not given."))

    def _add_owner(self, parser, *, required=True):
        parser.add_argument("--purpose", choices=KeyRecord.Purpose.values, required=required)
        parser.add_argument("--registry", help=_("The code of a registry, for issuance."))

    def handle(self, *args, verb, **options):
        try:
            lines = list(getattr(self, f"_{verb}")(timezone.now(), **options))
        except DomainError as error:
            raise CommandError(told(error)) from error
        for line in lines:
            self.stdout.write(line)

    def _list(self, at, **options):
        for key in every_key():
            yield f"{key.key_id}  {key.algorithm}  {self._owner(key)}"
            yield "    " + "; ".join(self._state(key))

    def _create(self, at, *, purpose, registry, **options):
        if purpose is None:
            for key in signing_keys.ensure_keys(at=at):
                yield from self._said(key)
            return
        yield from self._said(
            signing_keys.create_key(
                actor=self._actor(), purpose=purpose, registry_id=_registry(registry), at=at
            )
        )

    def _rotate(self, at, *, purpose, registry, file, **options):
        yield from self._said(
            signing_keys.rotate_key(
                actor=self._actor(),
                purpose=purpose,
                registry_id=_registry(registry),
                at=at,
                private_key=_read(file) if file else None,
            )
        )

    def _revoke(self, at, *, key_id, reason, since, **options):
        yield from self._said(
            signing_keys.revoke_key(
                actor=self._actor(), key_id=key_id, reason=reason, revoked_at=since, at=at
            )
        )

    def _import(self, at, *, file, purpose, registry, valid_from, valid_to, **options):
        yield from self._said(
            signing_keys.import_key(
                signing_keys.Import(
                    _read(file), purpose, _registry(registry), valid_from or at, valid_to
                ),
                actor=self._actor(),
            )
        )

    def _actor(self):
        """Whoever may run commands on the host acts as the system."""
        return system_actor(username="key-keeper", display_name="Keeper of keys")

    def _said(self, key):
        yield f"{key.key_id}  {self._owner(key)}"
        yield "    " + "; ".join(self._state(key))

    def _owner(self, key):
        owner = key.registry.code if key.registry else key.node
        return f"{key.get_purpose_display()}  {owner}"

    def _state(self, key):
        yield _("valid from %(moment)s") % {"moment": _shown(key.valid_from)}
        if key.valid_to:
            yield _("until %(moment)s") % {"moment": _shown(key.valid_to)}
        if key.revoked_at:
            yield _("revoked from %(moment)s on: %(reason)s") % {
                "moment": _shown(key.revoked_at),
                "reason": key.revocation_reason,
            }
        if not provider().has(key.key_id):
            yield _("the private key can not be used here")


def _read(file):
    try:
        return file.read_bytes()
    except OSError as error:
        text = _("%(file)s can not be read: %(reason)s.")
        raise CommandError(text % {"file": file, "reason": error.strerror}) from error


def _registry(code):
    return None if code is None else reference.registry(code).pk


def _shown(moment):
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _moment(text) -> datetime:
    """A moment with its offset.   Raises: ValueError."""
    moment = parse_datetime(text)
    if moment is None or moment.tzinfo is None:
        raise ValueError(text)
    return moment
