"""Who takes part when a project earns credits, in the crediting registry of the world."""

from dataclasses import dataclass
from datetime import date

from tests.mrv.projects.documents import FOREST
from tests.people import person, represents
from tests.world import complete

YEAR = (date(2025, 1, 1), date(2026, 1, 1))
VALUES = {"carbon_before": "1000", "carbon_after": "1305", "spent": "18.4"}
# (1305 - 1000) tC x 44/12 - 18.4 = 1,099.93 t; a tenth of 1,099, rounded up, to the buffer.
EARNED, BUFFERED = 1099, 110


@dataclass
class ProjectCast:
    """`holder` may initiate for the account of operator A, `member` acts for the verifier."""

    world: object
    holder: object
    member: object
    verifier: object
    forest: object
    methodology: object

    @property
    def account(self):
        from registry.models import Account

        return Account.objects.select_related("registry").get(pk=self.world.at_offsets.operator_a)

    def new(self, **changes):
        from mrv.services.propose_project import NewProject

        return NewProject(
            **{
                "code": "FOREST-1",
                "name": "Forest 1",
                "account": self.account,
                "unit_type": self.world.koc,
                "jurisdiction": self.world.offsets.jurisdiction,
                "project_type": self.forest,
                "methodology": self.methodology,
                "crediting_from": date(2025, 1, 1),
                "values": {"hectares": "250"},
                **changes,
            }
        )

    def propose(self, **changes):
        from mrv.services.propose_project import propose_project

        return propose_project(actor=self.holder, new=self.new(**changes), at=self.world.at)

    def opinion(self, positive=True, **changes):
        from mrv.services.verify_project import Opinion

        said = {"verifier": self.verifier, "positive": positive, "findings": "Plots 1 to 30 seen."}
        return Opinion(**{**said, **changes})

    def validate(self, positive=True, code="FOREST-1"):
        from mrv.services.verify_project import validate_project

        said = self.opinion(positive)
        return validate_project(actor=self.member, code=code, said=said, at=self.world.at)

    def registered(self, **changes):
        from mrv.services.propose_project import register_project

        code = self.propose(**changes).code
        self.validate(code=code)
        return register_project(actor=self.world.administrator_2, code=code, at=self.world.at)

    def report(self, period=YEAR, code="FOREST-1", **values):
        from mrv.services.report_monitoring import Monitored, report_monitoring

        said = Monitored(*period, {**VALUES, **values}, "The survey of 2025.")
        return report_monitoring(actor=self.holder, code=code, said=said, at=self.world.at)

    def verify(self, report, positive=True):
        from mrv.services.verify_project import verify_report

        said = self.opinion(positive)
        return verify_report(actor=self.member, number=report.pk, said=said, at=self.world.at)

    def request(self, report):
        from mrv.services.request_issuance import request_issuance

        return request_issuance(actor=self.holder, number=report.pk, at=self.world.at)

    def credited(self, **changes):
        """A request whose units are issued."""
        self.registered(**changes)
        request = self.request(self.verify(self.report()))
        complete(self.world, request)
        return request

    def reversal(self, units, **changes):
        from mrv.services.state_loss import Reversal, state_reversal

        said = Reversal(verifier=self.verifier, units=units, evidence="Burnt.")
        actor = changes.get("actor", self.member)
        return state_reversal(actor=actor, code="FOREST-1", said=said, at=self.world.at)

    def settle(self, loss, at=None):
        from mrv.services.state_loss import settle_loss

        actor = self.world.administrator_2
        return settle_loss(actor=actor, number=loss.pk, at=at or self.world.at)


def make_project_cast(world) -> ProjectCast:
    """Everything published and recorded by administrator 1."""
    from mrv.services.publish_methodology import (
        Published,
        add_project_type,
        publish_methodology,
    )
    from mrv.services.verifiers import NewAccreditation, accredit, add_member, add_verifier
    from registry.models import Person

    one, scheme = world.administrator_1, world.offsets.scheme
    forest = add_project_type(actor=one, code="afforestation", names={"name_en": "Afforestation"})
    said = Published("FOREST", scheme, FOREST, date(2025, 1, 1), {"name_en": "Forests"})
    version = publish_methodology(actor=one, said=said, at=world.at)
    place = world.offsets.jurisdiction_id
    verifier = add_verifier(actor=one, code="KR-V-2", name="Verifier 2", jurisdiction_id=place)
    days = (date(2024, 1, 1), date(2028, 12, 31))
    new = NewAccreditation(scheme.pk, ("afforestation",), "A-2", *days)
    accredit(actor=one, verifier=verifier, new=new)
    member = person(world, "verifier_2")
    add_member(
        actor=one,
        verifier=verifier,
        person=Person.objects.get(pk=member.person_id),
        valid_from=days[0],
    )
    holder = represents(world, "holder_1", world.at_offsets.operator_a, "initiate")
    return ProjectCast(world, holder, member, verifier, forest, version.methodology)
