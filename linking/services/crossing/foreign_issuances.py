"""What is known here of units that are issued on another node: what their certificate says."""

from datetime import date

from linking.errors import failure
from linking.route import Unit
from linking.selectors.peers import published_keys
from linking.selectors.units import Block
from linking.services.take_in import actor_of_links
from registry import canonical
from registry.certificates import moments, verification
from registry.errors import RuleViolated
from registry.services.keep_foreign_issuance import keep_foreign_issuance

MEMBERS = (
    *("vintage_from", "vintage_to", "usable_until"),
    *("legal_basis", "project", "activity", "sector", "mitigation_type"),
)


def blocks_of(peer, unit_type, offered) -> list[Block]:
    """The blocks that a proposal offers, by their verified certificates.

    Raises: RuleViolated (CERTIFICATE_DOES_NOT_HOLD), one failure for each block that does not.
    """
    keys = published_keys(peer)
    failures, blocks = [], []
    for offer in offered:
        verdict = verification.verify(canonical.encode(offer["certificate"]), keys)
        signed = offer["certificate"]["issuance"]
        if not verdict.holds or signed["registry"] != unit_type.registry.code:
            failures.append(
                failure(
                    "CERTIFICATE_DOES_NOT_HOLD",
                    first=offer["first"],
                    last=offer["last"],
                    findings=[finding.code for finding in verdict.findings],
                )
            )
            continue
        blocks.append(_block(unit_type, offer, signed))
    if failures:
        raise RuleViolated(*failures)
    return blocks


def keep(unit_type, offered) -> None:
    """Keeps the attributes of issuances of which units come in, once each."""
    for offer in offered:
        signed = offer["certificate"]["issuance"]
        keep_foreign_issuance(
            actor=actor_of_links(),
            unit_type_id=unit_type.pk,
            first=int(signed["first"]),
            last=int(signed["last"]),
            attributes={
                "vintage_label": signed["vintage"],
                **{name: signed[name] for name in MEMBERS},
            },
        )


def _block(unit_type, offer, signed):
    vintage = date.fromisoformat(signed["vintage_from"])
    unit = Unit(
        unit_type.code,
        unit_type.registry.jurisdiction.code,
        vintage.year,
        project_type=signed["activity"] or None,
        issued_on=moments.read(signed["issued_at"]).date(),
    )
    return Block(int(offer["first"]), int(offer["last"]), vintage, unit)
