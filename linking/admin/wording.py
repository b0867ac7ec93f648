"""The words of an edge for people: what each field is called, and each of its values."""

from django.utils.translation import gettext_lazy as _

FORMS = {
    "indirect": _("indirect link"),
    "gradual": _("gradual link"),
    "restricted": _("restricted link"),
    "reciprocal": _("reciprocal link"),
    "formal_direct": _("formal direct link"),
}
ABOUT_FORMS = {
    "indirect": _(
        "Both sides recognise credits of an external mechanism, and not each other. A credit is"
        " retired there and used once here."
    ),
    "gradual": _("Phases that begin on a day, each behind a gate of readiness."),
    "restricted": _("A quota, a discount, or both; one way or two."),
    "reciprocal": _("Two recognitions, each side its own: one is open only while the other is."),
    "formal_direct": _("A treaty or an agreement: at par, and without quotas."),
}
LEGAL_BASES = {
    "treaty": _("treaty"),
    "agreement": _("agreement"),
    "MoU": _("memorandum of understanding"),
    "unilateral_regulation": _("regulation of the acceptor"),
}
METHODS = {
    "recognition": _("recognition: units keep their origin until use"),
    "issue_and_cancel": _("conversion: units end, and the acceptor issues others for them"),
    "escrow_mirror": _("mirror: units are locked at home, and the acceptor issues others"),
}
HOLDERS = {
    "covered": _("covered entities"),
    "intermediary": _("covered entities and intermediaries"),
    "any": _("everybody"),
}
STATES = {
    "draft": _("draft"),
    "pilot": _("pilot"),
    "active": _("active"),
    "suspended": _("suspended"),
    "terminated": _("ended"),
}
FACTORS = {
    "par": _("par"),
    "discount": _("discount"),
    "exchange": _("rate of exchange"),
    "mitigation_value": _("mitigation value"),
}
TRIGGERS = {
    "price_gap": _("gap between prices"),
    "volume": _("volume"),
    "security": _("security incident"),
    "MRV_failure": _("failure of monitoring, reporting or verification"),
    "reciprocity": _("the edge the other way stops"),
    "partner_rule_change": _("the partner changes its rules"),
    "manual": _("decision of an administrator"),
}
CAUSES = {
    **TRIGGERS,
    "in_force": _("the version came into force"),
    "withdrawal": _("a party withdraws"),
}
BASES = {
    "absolute": _("a number of its own"),
    "obligation": _("obligation of the entity"),
    "emissions": _("emissions of the entity"),
    "shortfall": _("shortfall of the entity"),
    "allocation": _("allocation of the entity"),
    "cap": _("cap of the acceptor"),
}
DAYS = {
    "MON": _("Monday"),
    "TUE": _("Tuesday"),
    "WED": _("Wednesday"),
    "THU": _("Thursday"),
    "FRI": _("Friday"),
    "SAT": _("Saturday"),
    "SUN": _("Sunday"),
}
QUOTA = {
    "scope": {"jurisdiction": _("all together"), "entity": _("each entity for itself")},
    "base": BASES,
    "measure": {
        "compliance_tonnes": _("tonnes credited"),
        "source_units": _("units of the source"),
    },
    "at": {"import": _("when units come in"), "use": _("when units are used")},
    "direction": {
        "gross": _("only what comes in"),
        "net": _("what goes the other way makes room again"),
    },
    "period": {
        "calendar_year": _("calendar year"),
        "fiscal_year_april": _("fiscal year from April"),
        "acceptor_compliance_year": _("compliance year of the acceptor"),
        "lifetime": _("as long as the link lasts"),
    },
    "allocation": {
        "fcfs": _("first come, first served"),
        "pro_rata": _("beforehand, pro rata"),
        "auction": _("beforehand, by sealed bids"),
        "per_entity": _("beforehand, in equal shares"),
    },
    "on_exceed": {
        "partial": _("what is left is given"),
        "reject": _("nothing is given"),
    },
    "key": {
        "origin": _("one for the units of the source"),
        "route": _("one for each registry that they come from"),
    },
    "pool": {
        "own": _("its own"),
        "shared_with_domestic_offsets": _("shared with the domestic offsets of the acceptor"),
    },
}
# Values by the field that has them; a dotted name tells apart fields of one name.
WORDS = {
    "form": FORMS,
    "legal_basis": LEGAL_BASES,
    "method": METHODS,
    "holder_classes": HOLDERS,
    "state": STATES,
    "factor.kind": FACTORS,
    "rounding": {
        "cumulative_floor": _("down, over all of the period"),
        "per_batch_floor": _("down, each time"),
    },
    "residue": {
        "return": _("goes back to its holder"),
        "absorb": _("is used up"),
    },
    "remainder_to": {
        "cancel": _("is cancelled"),
        "acceptor_reserve": _("to the reserve of the acceptor"),
        "source_reserve": _("to the reserve of the source"),
        "split": _("a share to the reserve of the acceptor, the rest is cancelled"),
    },
    "banking.limit": {
        "none": _("without limit"),
        "follow_acceptor": _("as the acceptor's own units"),
        "share": _("a share of what is held"),
    },
    "acceptance": {
        "rules": _("by the rules, at once"),
        "people": _("by people of the acceptor, after the rules"),
    },
    "re_export": {
        "allowed": _("allowed"),
        "repatriation_only": _("only back home"),
        "forbidden": _("forbidden"),
    },
    "suspension.in_flight": {
        "return": _("goes back to its sender"),
        "settle": _("is still settled"),
    },
    "suspension.held": {
        "grandfather_until_period_end": _("stays usable to the end of the year and the grace"),
        "freeze": _("is not usable"),
        "haircut": _("is usable at a cut factor"),
    },
    "suspension.triggers": TRIGGERS,
    "article6.first_transfer": {
        "authorization": _("authorization"),
        "issuance": _("issuance"),
        "international_transfer": _("international transfer"),
        "use_or_cancellation": _("use or cancellation"),
    },
    **{f"quotas.{name}": words for name, words in QUOTA.items()},
}
# What fields are called, in the order in which people read them.
LABELS = {
    "edge_id": _("name of the edge"),
    "source": _("source: who issues"),
    "acceptor": _("acceptor: who recognises"),
    "form": _("form of link"),
    "legal_basis": _("legal basis"),
    "method": _("method"),
    "state": _("state to begin with"),
    "symmetric_with": _("edge whose factor is the reciprocal"),
    "accept_unit_types": _("unit types"),
    "accept_project_types": _("only project types"),
    "deny_project_types": _("no project types"),
    "vintage_window": _("vintages, in years from the year of compliance"),
    "min_issue_date": _("issued on this day or later"),
    "facility_limit_t": _("largest facility (t)"),
    "holder_classes": _("who may acquire"),
    "converts_to": _("what the acceptor issues"),
    "factor.kind": _("kind of factor"),
    "factor.value": _("tonnes for one unit"),
    "factor.review": _("to be reviewed on"),
    "rounding": _("credits are rounded"),
    "residue": _("what counts for no whole tonne"),
    "remainder_to": _("the discounted part"),
    "reserve_share": _("share withheld of each import"),
    "quotas.scope": _("whose"),
    "quotas.base": _("measured by"),
    "quotas.value": _("limit"),
    "quotas.measure": _("counted in"),
    "quotas.at": _("tested"),
    "quotas.direction": _("direction"),
    "quotas.period": _("period"),
    "quotas.carry_forward_max": _("share carried forward"),
    "quotas.allocation": _("how it is given out"),
    "quotas.on_exceed": _("where it does not suffice"),
    "quotas.key": _("counters"),
    "quotas.pool": _("pool"),
    "banking.allowed": _("usable in later periods"),
    "banking.limit": _("how much of it"),
    "banking.counts_as_net_sales": _("counts as net sales"),
    "re_export": _("going on to other registries"),
    "acceptance": _("how transfers are accepted"),
    "transfer_windows": _("transfers only on"),
    "phases.n": _("number"),
    "phases.from": _("from the day"),
    "phases.to": _("before the day"),
    "gate.min_readiness": _("least index of readiness"),
    "gate.no_blockers": _("no blockers"),
    "gate.min_must": _("least score of what must align"),
    "suspension.notice_days": _("notice (days)"),
    "suspension.triggers": _("triggers"),
    "suspension.in_flight": _("what is under way"),
    "suspension.held": _("what is held"),
    "suspension.grace": _("grace after the end of the year"),
    "article6.authorisation_id": _("authorization"),
    "article6.first_transfer": _("first transfer"),
    "article6.ca_required": _("corresponding adjustments are required"),
    "article6.annual_report": _("in the annual report"),
}
GROUPS = (
    (
        _("Who recognises whom"),
        (
            *("edge_id", "source", "acceptor", "form", "legal_basis", "method", "state"),
            "symmetric_with",
        ),
    ),
    (
        _("Units"),
        (
            *("accept_unit_types", "accept_project_types", "deny_project_types"),
            *("vintage_window", "min_issue_date", "facility_limit_t", "holder_classes"),
            *("converts_to", "acceptance"),
        ),
    ),
    (
        _("Factor and rounding"),
        ("factor", "rounding", "residue", "remainder_to", "reserve_share"),
    ),
    (_("Quotas"), ("quotas",)),
    (_("Later use"), ("banking", "re_export")),
    (_("Windows, phases and gates"), ("transfer_windows", "phases")),
    (_("Suspension"), ("suspension",)),
    (_("Article 6"), ("article6",)),
)


def key_of(path) -> str:
    """The name by which a field is looked up: its own, after that of the object it is in."""
    names = [name for name in path if isinstance(name, str)]
    dotted = ".".join(names[-2:])
    return dotted if dotted in LABELS else names[-1]


def word(key, value) -> str:
    """A value in the reader's language; as it is written where it is another."""
    return str(WORDS.get(key, {}).get(value, value))


def form_name(code) -> str:
    return str(FORMS.get(code, code))
