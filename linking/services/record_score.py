"""Record how far two jurisdictions agree in a criterion, in the eyes of an assessor."""

from dataclasses import dataclass
from datetime import date

from linking.errors import failure
from linking.models import ReadinessScore
from linking.readiness.criteria import CRITERIA, GREATEST_SCORE
from registry import permissions
from registry.errors import InvalidInput
from registry.models import Role


@dataclass(frozen=True)
class NewScore:
    """`assessor` is a role or a body; `evidence` says what the score rests on."""

    one_id: int
    other_id: int
    criterion: str
    score: int
    assessor: str
    on: date
    evidence: str = ""


def record_scores(*, actor, scores) -> list[ReadinessScore]:
    """Records scores, all or none.   Raises: NotPermitted, InvalidInput (NOT_A_SCORE)."""
    permissions.require_role(actor, {Role.ADMINISTRATOR, Role.SYSTEM}, None)
    wrong = [
        failure("NOT_A_SCORE", criterion=str(new.criterion)[:8], score=str(new.score)[:8])
        for new in scores
        if new.criterion not in CRITERIA
        or type(new.score) is not int
        or not 0 <= new.score <= GREATEST_SCORE
    ]
    if wrong:
        raise InvalidInput(*wrong)
    return ReadinessScore.objects.bulk_create(
        ReadinessScore(
            **{name: getattr(new, name) for name in NewScore.__dataclass_fields__},
            recorded_by_id=actor.person_id,
        )
        for new in scores
    )
