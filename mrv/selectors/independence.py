"""Whether a verifier may verify something on a day, and if not, why not."""

from django.db.models import Q

from mrv.errors import failure
from mrv.models import Accreditation, ConflictOfInterest


def refusals(verifier, *, scheme_id, sector, holder_id, on) -> list:
    """All that forbids a verifier to verify for an account holder, as failures; none: it may.

    One accreditation must suffice alone: for the scheme, for the sector, and on the day.
    """
    found = [_accreditation_failure(verifier, scheme_id, sector, on)]
    standing = ConflictOfInterest.objects.filter(
        verifier=verifier, holder_id=holder_id, valid_from__lte=on
    ).filter(Q(valid_to=None) | Q(valid_to__gte=on))
    found += [
        failure("CONFLICT_OF_INTEREST", verifier=verifier.code, kind=kind)
        for kind in standing.order_by("pk").values_list("kind", flat=True)
    ]
    return [each for each in found if each is not None]


def _accreditation_failure(verifier, scheme_id, sector, on):
    valid = Accreditation.objects.filter(
        verifier=verifier, scheme_id=scheme_id, valid_from__lte=on, valid_to__gte=on
    )
    data = {"verifier": verifier.code, "sector": sector, "on": on.isoformat()}
    if not valid.exists():
        return failure("NOT_ACCREDITED", **data)
    covering = valid.filter(sectors__contains=[sector])
    if not covering.exists():
        return failure("OUT_OF_SCOPE", **data)
    if not covering.filter(Q(suspended_on=None) | Q(suspended_on__gt=on)).exists():
        return failure("ACCREDITATION_SUSPENDED", **data)
    return None
