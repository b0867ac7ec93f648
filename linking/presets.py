"""A document to begin with for each of the five forms of link. Pure.

Every value can be changed; what a preset sets is what makes the form. Numbers are examples.
"""

ALL_BANKED = {"allowed": True, "limit": "follow_acceptor", "counts_as_net_sales": False}
PAR = {"kind": "par", "value": "1", "review": None}


def preset(form: str, *, source: str, acceptor: str, unit_types: list, into: str = "") -> dict:
    """The document of one edge. `into` is what the acceptor issues, where units are converted.

    Raises: KeyError for a form that does not exist.
    """
    made = {
        **_plain(source, acceptor, unit_types),
        "form": form,
        **FORMS[form],
    }
    if into and made["method"] != "recognition":
        made["converts_to"] = dict.fromkeys(unit_types, into)
    return made


def _plain(source, acceptor, unit_types):
    return {
        "edge_id": f"{source}>{acceptor}",
        "source": source,
        "acceptor": acceptor,
        "form": "",
        "legal_basis": "unilateral_regulation",
        "method": "recognition",
        "accept_unit_types": list(unit_types),
        "accept_project_types": None,
        "deny_project_types": [],
        "vintage_window": [-2, 0],
        "min_issue_date": None,
        "holder_classes": "covered",
        "factor": PAR,
        "symmetric_with": None,
        "rounding": "cumulative_floor",
        "residue": "return",
        "remainder_to": "cancel",
        "reserve_share": "0",
        "quotas": [],
        "banking": ALL_BANKED,
        "re_export": "repatriation_only",
        "phases": [],
        "state": "active",
        "suspension": {
            "notice_days": 30,
            "triggers": ["security", "MRV_failure", "partner_rule_change", "manual"],
            "in_flight": "return",
            "held": "grandfather_until_period_end",
            "grace": "P0D",
        },
        "transfer_windows": [],
        "article6": {
            "authorisation_id": None,
            "first_transfer": None,
            "ca_required": True,
            "annual_report": True,
        },
    }


def _quota(scope, base, value, at, **more):
    return {
        "scope": scope,
        "base": base,
        "value": value,
        "measure": "compliance_tonnes",
        "at": at,
        "direction": "gross",
        "period": "acceptor_compliance_year",
        "carry_forward_max": "0",
        "allocation": "fcfs",
        "on_exceed": "partial",
        "key": "origin",
        "pool": "own",
        **more,
    }


def _discount(value):
    return {"kind": "discount", "value": value, "review": None}


SHARED_OFFSETS = {"pool": "shared_with_domestic_offsets"}
USE = _quota("entity", "obligation", "0.05", "use")
NET = {"direction": "net"}

FORMS = {
    # A credit of an external mechanism, retired there; what it converts to is used once here.
    "indirect": {
        "method": "issue_and_cancel",
        "vintage_window": [-5, 0],
        "quotas": [_quota("entity", "emissions", "0.05", "use", **SHARED_OFFSETS)],
        "re_export": "forbidden",
    },
    "gradual": {
        "phases": [
            {"n": 0, "from": "2027-01-01", "overrides": {"state": "draft"}},
            {
                "n": 1,
                "from": "2028-01-01",
                "gate": {"min_readiness": "0.45", "no_blockers": True},
                "overrides": {"quotas": [_quota("entity", "obligation", "0.01", "use")]},
            },
            {
                "n": 2,
                "from": "2030-01-01",
                "gate": {"min_readiness": "0.55", "no_blockers": True},
                "overrides": {
                    "factor": _discount("0.8"),
                    "quotas": [_quota("jurisdiction", "cap", "0.01", "import")],
                },
            },
            {
                "n": 3,
                "from": "2032-01-01",
                "gate": {"min_readiness": "0.65", "no_blockers": True},
                "overrides": {
                    "factor": _discount("0.9"),
                    "quotas": [_quota("jurisdiction", "cap", "0.03", "import", **NET)],
                },
            },
            {
                "n": 4,
                "from": "2035-01-01",
                "gate": {"min_readiness": "0.85", "no_blockers": True, "min_must": 2},
                "overrides": {},
            },
        ],
    },
    "restricted": {
        "factor": _discount("0.8"),
        "quotas": [_quota("jurisdiction", "cap", "0.02", "import", **NET), USE],
    },
    "reciprocal": {
        "quotas": [USE],
        "suspension": {
            "notice_days": 90,
            "triggers": ["reciprocity", "security", "MRV_failure", "manual"],
            "in_flight": "return",
            "held": "grandfather_until_period_end",
            "grace": "P0D",
        },
    },
    "formal_direct": {
        "legal_basis": "treaty",
        "vintage_window": [-100, 0],
        "re_export": "allowed",
    },
}
