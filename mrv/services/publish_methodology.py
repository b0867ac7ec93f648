"""Publish what a scheme credits: project types, and versions of methodologies."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from mrv import permissions
from mrv.errors import failure
from mrv.models import Methodology, MethodologyVersion, ProjectType
from mrv.projects import methodology
from registry import canonical, turns
from registry.errors import Conflict, NotFound, RuleViolated
from registry.models import Registry, Scheme

from .refusing import refuse_findings


@dataclass(frozen=True)
class Published:
    """A methodology of a scheme, what it says, and from which day on.

    `names` are columns of Named, such as `name_en`; they are kept of the first version.
    """

    code: str
    scheme: Scheme
    document: dict
    valid_from: date
    names: dict = field(default_factory=dict)


@transaction.atomic
def publish_methodology(*, actor, said: Published, at) -> MethodologyVersion:
    """Adds a version; the same text again is the version that exists.

    Raises: NotPermitted, RuleViolated (all that is wrong with the text;
    METHODOLOGY_OF_ANOTHER_SCHEME), NotFound (UNKNOWN_PROJECT_TYPE), Conflict
    (METHODOLOGY_VERSION_EXISTS).
    """
    registries = Registry.objects.filter(scheme=said.scheme).values_list("pk", flat=True)
    permissions.require_keeper(
        actor, next((pk for pk in registries if actor and actor.roles_in(pk)), None)
    )
    read, findings = methodology.read(said.document)
    refuse_findings(findings, "/document")
    known = set(
        ProjectType.objects.filter(code__in=read.project_types).values_list("code", flat=True)
    )
    missing = [code for code in read.project_types if code not in known]
    if missing:
        raise NotFound(*(failure("UNKNOWN_PROJECT_TYPE", project_type=code) for code in missing))
    turns.take(f"mrv_methodology_{said.code}")
    found, _new = Methodology.objects.get_or_create(
        code=said.code,
        defaults={"scheme": said.scheme, "name_en": said.code, **said.names},
    )
    if found.scheme_id != said.scheme.pk:
        raise RuleViolated(failure("METHODOLOGY_OF_ANOTHER_SCHEME", methodology=said.code))
    return _version(actor, found, said, at)


def _version(actor, found, said, at):
    digest = canonical.digest(said.document)
    last = found.versions.order_by("-number").first()
    if last is not None and last.valid_from >= said.valid_from:
        if bytes(last.digest) == digest and last.valid_from == said.valid_from:
            return last
        raise Conflict(
            failure("METHODOLOGY_VERSION_EXISTS", valid_from=last.valid_from.isoformat())
        )
    return MethodologyVersion.objects.create(
        methodology=found,
        number=last.number + 1 if last else 1,
        document=said.document,
        digest=digest,
        valid_from=said.valid_from,
        published_by_id=actor.person_id,
        published_at=at,
    )


@transaction.atomic
def add_project_type(*, actor, code, names) -> ProjectType:
    """Adds a type, or finds it: what links say of a type must not change under them.

    Raises: NotPermitted.
    """
    permissions.require_keeper(actor)
    return ProjectType.objects.get_or_create(code=code, defaults=names)[0]
