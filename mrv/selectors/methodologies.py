"""Project types and methodologies, which anybody who signs in may read."""

from mrv.errors import failure
from mrv.models import Methodology, MethodologyVersion, ProjectType
from mrv.projects import methodology
from registry import permissions
from registry.errors import NotFound


def project_types(actor):
    """All types, by their codes.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    return ProjectType.objects.order_by("code")


def project_type(actor, code) -> ProjectType:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_PROJECT_TYPE)."""
    found = project_types(actor).filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_PROJECT_TYPE", project_type=str(code)[:40]))
    return found


def visible(actor):
    """All methodologies, by their codes.   Raises: NotPermitted (NO_ACTOR)."""
    permissions.require_actor(actor)
    rows = Methodology.objects.select_related("scheme__jurisdiction")
    return rows.prefetch_related("versions").order_by("code")


def find(actor, code) -> Methodology:
    """Raises: NotPermitted (NO_ACTOR), NotFound (UNKNOWN_METHODOLOGY)."""
    found = visible(actor).filter(code=code).first()
    if found is None:
        raise NotFound(failure("UNKNOWN_METHODOLOGY", methodology=str(code)[:40]))
    return found


def in_force(found: Methodology, on) -> MethodologyVersion | None:
    """The version that is in force on a day: the last that has begun."""
    begun = found.versions.filter(valid_from__lte=on)
    return begun.order_by("-valid_from").first()


def text_of(version: MethodologyVersion) -> methodology.Methodology:
    """What a version says, which was read without a finding when it was published."""
    read, findings = methodology.read(version.document)
    assert read is not None, findings
    return read
