"""From the fields of an edge's form to its document, and from a document to the fields."""

import json

from .edge_form import QUOTA, listed, number, object_of, triggers_said

PLAIN = (
    *("edge_id", "source", "acceptor", "form", "legal_basis", "method", "state"),
    *("holder_classes", "rounding", "residue", "reserve_share", "re_export"),
)
OVERRIDDEN = ("state", "factor", "accept_unit_types", "quotas")


def document(said, prefix, counts) -> dict:
    """The document that the fields describe. `counts` are the numbers of quotas, of phases, and of
    the quotas of each phase."""

    def of(name):
        return said.get(f"{prefix}_{name}") or ""

    return {
        **{name: of(name) for name in PLAIN},
        "symmetric_with": of("symmetric_with") or None,
        "accept_unit_types": listed(of("accept_unit_types")),
        "accept_project_types": listed(of("accept_project_types")) or None,
        "deny_project_types": listed(of("deny_project_types")),
        "vintage_window": [number(of(f"vintage_window_{end}")) for end in ("oldest", "newest")],
        "min_issue_date": of("min_issue_date") or None,
        "acceptance": of("acceptance") or "rules",
        "facility_limit_t": number(of("facility_limit_t")) if of("facility_limit_t") else None,
        "converts_to": _conversions(of("converts_to")),
        "factor": {
            "kind": of("factor_kind"),
            "value": of("factor_value"),
            "review": of("factor_review") or None,
        },
        "remainder_to": _with_share(of("remainder_to"), "split", of("remainder_to_share")),
        "quotas": _quotas(said, f"{prefix}_quotas", counts.quotas),
        "banking": {
            "allowed": bool(of("banking_allowed")),
            "limit": of("banking_limit_share")
            if of("banking_limit") == "share"
            else of("banking_limit"),
            "counts_as_net_sales": bool(of("banking_counts_as_net_sales")),
        },
        "transfer_windows": [_window(line) for line in of("transfer_windows").splitlines() if line],
        "phases": _phases(said, f"{prefix}_phases", counts.phases),
        "suspension": _suspension(said, f"{prefix}_suspension", of),
        "article6": {
            "authorisation_id": of("article6_authorisation_id") or None,
            "first_transfer": of("article6_first_transfer") or None,
            "ca_required": bool(of("article6_ca_required")),
            "annual_report": bool(of("article6_annual_report")),
        },
    }


def _suspension(said, prefix, of):
    grace = of("suspension_grace") or "0"
    return {
        "notice_days": number(of("suspension_notice_days") or "0"),
        "triggers": list(triggers_said(said, prefix)),
        "in_flight": of("suspension_in_flight"),
        "held": _with_share(of("suspension_held"), "haircut", of("suspension_held_share")),
        "grace": f"P{grace}D",
    }


def _quotas(said, prefix, count):
    """A quota that does not say whose it is, is none."""
    found = []
    for place in range(count):
        quota = {name: said.get(f"{prefix}_{place}_{name}") or "" for name in QUOTA}
        if quota["scope"]:
            found.append({name: value for name, value in quota.items() if value != ""})
    return found


def _phases(said, prefix, counts):
    """A phase that begins on no day and has no number is none."""
    found = []
    for place, quotas in enumerate(counts):

        def of(name, place=place):
            return said.get(f"{prefix}_{place}_{name}") or ""

        if not (of("n") or of("from")):
            continue
        phase = {"n": number(of("n")), "from": of("from"), "to": of("to") or None}
        gate = {
            "min_readiness": of("gate_min_readiness") or "0",
            "no_blockers": bool(of("gate_no_blockers")),
            "min_must": number(of("gate_min_must") or "0"),
        }
        if gate != {"min_readiness": "0", "no_blockers": False, "min_must": 0}:
            phase["gate"] = gate
        quotas = _quotas(said, f"{prefix}_{place}_overrides_quotas", quotas)
        found.append({**phase, "overrides": _overrides(of, quotas)})
    return found


def _overrides(of, quotas):
    other = object_of(of("overrides_other"))
    if not isinstance(other, dict):
        return other
    found = dict(other)
    if of("overrides_state"):
        found["state"] = of("overrides_state")
    if of("overrides_factor_kind") or of("overrides_factor_value"):
        kind, value = of("overrides_factor_kind"), of("overrides_factor_value")
        found["factor"] = {"kind": kind, "value": value, "review": None}
    if of("overrides_accept_unit_types"):
        found["accept_unit_types"] = listed(of("overrides_accept_unit_types"))
    if quotas:
        found["quotas"] = quotas
    return found


def _conversions(value):
    pairs = (line.partition(":") for line in value.splitlines() if line.strip())
    return {one.strip(): other.strip() for one, _colon, other in pairs}


def _with_share(word, name, share):
    return f"{name}({share})" if word == name else word


def _window(line):
    """TUE, or days with hours and a zone: TUE THU 09:00-17:00 Asia/Tokyo."""
    words = listed(line)
    days = [word for word in words if len(word) == 3 and word.isupper() and word != "UTC"]
    rest = [word for word in words if word not in days]
    if len(days) == 1 and not rest:
        return days[0]
    window = {"days": days}
    for word in rest:
        if ":" in word:
            begins, _dash, ends = word.partition("-")
            window |= {"from": begins, "to": None if ends in ("", "24:00") else ends}
        else:
            window["zone"] = word
    return window


def typed(edge, prefix) -> dict:
    """The fields, with what a document says in them."""
    found = {name: edge.get(name) for name in PLAIN}
    found["acceptance"] = edge.get("acceptance", "rules")
    for name in ("symmetric_with", "min_issue_date", "facility_limit_t"):
        found[name] = edge.get(name)
    for name in ("accept_unit_types", "accept_project_types", "deny_project_types"):
        found[name] = " ".join(edge.get(name) or ())
    oldest, newest = edge["vintage_window"]
    found |= {"vintage_window_oldest": oldest, "vintage_window_newest": newest}
    conversions = (edge.get("converts_to") or {}).items()
    found["converts_to"] = "\n".join(f"{one}: {other}" for one, other in conversions)
    for part in ("factor", "banking", "article6"):
        found |= {f"{part}_{name}": value for name, value in edge.get(part, {}).items()}
    if found.get("banking_limit") not in ("none", "follow_acceptor", None):
        found |= {"banking_limit": "share", "banking_limit_share": found["banking_limit"]}
    found |= _shared("remainder_to", edge.get("remainder_to", "cancel"))
    found["transfer_windows"] = "\n".join(map(_line, edge.get("transfer_windows", ())))
    found |= _typed_suspension(edge.get("suspension", {}))
    found |= _typed_quotas("quotas", edge.get("quotas", ()))
    for place, phase in enumerate(edge.get("phases", ())):
        found |= _typed_phase(f"phases_{place}", phase)
    return {f"{prefix}_{name}": value for name, value in found.items() if value is not None}


def _typed_suspension(said):
    found = {
        "suspension_notice_days": said.get("notice_days", 0),
        "suspension_in_flight": said.get("in_flight", "return"),
        "suspension_grace": str(said.get("grace", "P0D"))[1:-1],
        "suspension_triggers": [],
        **_shared("suspension_held", said.get("held", "grandfather_until_period_end")),
    }
    for each in said.get("triggers", ()):
        kind = each if isinstance(each, str) else each["kind"]
        found["suspension_triggers"].append(kind)
        if isinstance(each, dict):
            found[f"suspension_{kind}_above"] = each.get("above")
            found[f"suspension_{kind}_days"] = each.get("days", 1)
    return found


def _typed_quotas(prefix, quotas):
    return {
        f"{prefix}_{place}_{name}": value
        for place, quota in enumerate(quotas)
        for name, value in quota.items()
    }


def _typed_phase(prefix, phase):
    overrides = phase.get("overrides", {})
    found = {name: phase.get(name) for name in ("n", "from", "to")}
    found |= {f"gate_{name}": value for name, value in (phase.get("gate") or {}).items()}
    found["overrides_state"] = overrides.get("state")
    factor = overrides.get("factor", {})
    found |= {f"overrides_factor_{name}": factor.get(name) for name in ("kind", "value")}
    found["overrides_accept_unit_types"] = " ".join(overrides.get("accept_unit_types", ()))
    other = {name: value for name, value in overrides.items() if name not in OVERRIDDEN}
    found["overrides_other"] = json.dumps(other, ensure_ascii=False) if other else None
    found |= _typed_quotas("overrides_quotas", overrides.get("quotas", ()))
    return {f"{prefix}_{name}": value for name, value in found.items()}


def _shared(name, value):
    """A word with a share: `split(1/4)`, `haircut(0.9)`."""
    word, _bracket, share = str(value).partition("(")
    return {name: word, f"{name}_share": share.rstrip(")")}


def _line(window):
    if isinstance(window, str):
        return window
    words = list(window.get("days", ()))
    if window.get("from") or window.get("to"):
        words.append(f"{window.get('from') or '00:00'}-{window.get('to') or '24:00'}")
    return " ".join([*words, window.get("zone", "UTC")])
