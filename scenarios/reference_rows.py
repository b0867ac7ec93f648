"""The reference data as rows of the registry's tables: plain values, codes instead of ids.

What the registry's tables have no column for becomes a fact, so that every uncertain value is a
row that a person can correct. Nothing here touches the database.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from .cells import LANGUAGES


@dataclass(frozen=True)
class Target:
    """A registry table, the columns that name its rows, and the columns that hold codes.

    `fixed` columns give units and accounts their meaning: the database never changes them.
    `created_with` are a deployment's own choice, which the files make for new rows only. `later`
    columns came after tables had been loaded: while they are empty, a row is what it was before.
    """

    name: str
    key: tuple[str, ...]
    codes: tuple[tuple[str, str], ...] = ()
    fixed: tuple[str, ...] = ()
    created_with: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


SOURCED = ("source_codes", "confidence")
# What a version of a registry's rules says: another deployment may have said something else.
LAID_DOWN = ("rights", "most_representatives", "trusted_delay_days", "stop_quorum", "valid_from")
TARGETS = (
    Target("Source", ("code",)),
    Target("Jurisdiction", ("code",), (("parent", "Jurisdiction"),), later=SOURCED),
    Target("Scheme", ("code",), (("jurisdiction", "Jurisdiction"),), later=SOURCED),
    Target(
        "Registry",
        ("code",),
        (("scheme", "Scheme"), ("jurisdiction", "Jurisdiction")),
        fixed=("scheme", "jurisdiction"),
        created_with=("hosted",),
        later=SOURCED,
    ),
    Target(
        "RegistryRules",
        ("registry", "version"),
        (("registry", "Registry"),),
        created_with=LAID_DOWN,
    ),
    Target(
        "AccountClass",
        ("registry", "code"),
        (("registry", "Registry"),),
        fixed=("kind",),
    ),
    Target(
        "UnitType",
        ("code",),
        (("registry", "Registry"), ("converts_to", "UnitType")),
        fixed=("registry", "kind", "metric"),
    ),
    Target(
        "UnitTypeAlias",
        ("alias",),
        (("unit_type", "UnitType"),),
        later=("is_official", *SOURCED),
    ),
    Target(
        "Fact",
        ("jurisdiction", "topic", "param", "subject", "valid_from"),
        (("jurisdiction", "Jurisdiction"),),
        later=("value_type", "period"),
    ),
)


def rows_of(target, reference, places):
    """The rows that the reference data has for a table, parents before their children.

    `places` are the jurisdictions whose registries the node keeps (see hosting.py).
    """
    rows = BUILDERS[target.name](reference)
    if target.name == "Registry":
        rows = [{**row, "hosted": row["jurisdiction"] in places} for row in rows]
    return rows


def _names(row):
    unofficial = row["names_unofficial"] or ()
    return {
        **{f"name_{language}": row[f"name_{language}"] for language in LANGUAGES},
        "names_unofficial": [language.replace("_", "-") for language in unofficial],
    }


def _sourced(row):
    return {"source_codes": list(row["sources"]), "confidence": row["confidence"]}


def _sources(reference):
    return [
        {
            "code": row["code"],
            "kind": row["kind"],
            "where": row["location"],
            "what": row["title"],
            "years": row["years"],
            "how_read": row["how_read"],
        }
        for row in reference.sources
    ]


def _jurisdictions(reference):
    return [
        {
            "code": row["code"],
            "level": row["level"],
            "parent": row["parent"],
            "iso_3166": row["iso_3166"] or "",
            "time_zone": row["time_zone"],
            "currency": row["currency"],
            **_names(row),
            **_sourced(row),
        }
        for row in reference.jurisdictions
    ]


def _schemes(reference):
    def authority(code):
        fact = reference.fact(f"scheme:{code}", "governance", "authority", None)
        return fact["value"] if fact else ""

    return [
        {
            "code": row["code"],
            "jurisdiction": row["jurisdiction"],
            "kind": row["kind"],
            "status": row["status"].replace("_", " "),
            "authority": authority(row["code"]),
            # A start that is known to the month or year only is a fact, not a date.
            "start_date": row["started"] if len(row["started"]) == 10 else None,
            **_names(row),
            **_sourced(row),
        }
        for row in reference.schemes
    ]


def _registries(reference):
    schemes = reference.by_code("schemes")
    rows = []
    for row in reference.registries:
        jurisdiction = schemes[row["scheme"]]["jurisdiction"]
        rows.append(
            {
                "code": row["code"],
                "scheme": row["scheme"],
                "jurisdiction": jurisdiction,
                **_names(row),
                **_sourced(row),
            }
        )
    return rows


def _rules(reference):
    rows = []
    for row in reference.rules:
        said = {name: row[name] for name in ("registry", "version", *LAID_DOWN)}
        said["rights"] = list(row["rights"])
        said["valid_from"] = datetime.combine(row["valid_from"], time(), UTC)
        rows.append(said)
    return rows


def _account_classes(reference):
    return [
        {
            "registry": row["registry"],
            "code": row["code"],
            "kind": row["kind"],
            "per_holder": row["per_holder"],
            **_names(row),
        }
        for row in reference.account_classes
    ]


def _unit_types(reference):
    target = {row["from_unit_type"]: row["to_unit_type"] for row in reference.conversions}
    rows = [
        {
            "code": row["code"],
            "registry": row["registry"],
            "kind": row["kind"],
            "metric": row["metric"],
            "vintage_rule": row["vintage_rule"],
            "converts_to": target.get(row["code"]),
            "transferable": row["transferable"],
            "code_is_official": row["code_is_official"],
            "description": row["role"].replace("_", " "),
            **_names(row),
            **_sourced(row),
        }
        for row in reference.unit_types
    ]
    # What a unit type converts to must be there before it.
    return sorted(rows, key=lambda row: row["converts_to"] is not None)


def _aliases(reference):
    return [
        {
            "alias": row["alias"],
            "unit_type": row["unit_type"],
            "is_official": row["is_official"],
            "note": row["note"],
            **_sourced(row),
        }
        for row in reference.aliases
    ]


# What a row of facts/*.csv says besides its value.
STATED = ("unit", "valid_from", "valid_to", "period", "condition", "note")


def _facts(reference):
    def fact(subject, topic, param, row, value, value_type, **more):
        return {
            "jurisdiction": reference.jurisdiction_of(subject),
            "topic": topic,
            "param": param,
            "subject": subject,
            "value": value,
            "value_type": value_type,
            "unit": more.get("unit") or "",
            "valid_from": _text(more.get("valid_from")),
            "valid_to": _text(more.get("valid_to")),
            "period": more.get("period") or "",
            "condition": more.get("condition") or "",
            "source_note": more.get("note") or "",
            **_sourced(row),
        }

    for row in reference.facts:
        yield fact(
            row["subject"],
            row["topic"],
            row["param"],
            row,
            row["value"] or "",
            row["value_type"],
            **{name: row[name] for name in STATED},
        )
    yield from _facts_of_tables(reference, fact)
    yield from _facts_of_accounts(reference, fact)
    yield from _facts_of_calendars(reference, fact)


def _facts_of_tables(reference, fact):
    for row in reference.schemes:
        subject = f"scheme:{row['code']}"
        started = "date" if len(row["started"]) == 10 else "text"
        yield fact(subject, "calendar", "cycle", row, row["cycle"], "text")
        yield fact(subject, "calendar", "started", row, row["started"], started)
    for row in reference.registries:
        subject = f"registry:{row['code']}"
        yield fact(subject, "governance", "operator", row, row["operator"], "text")
    for row in reference.unit_types:
        subject = f"unit_type:{row['code']}"
        official = "yes" if row["label_is_official"] else "no"
        tonnes = str(row["tonnes_per_unit"])
        yield fact(subject, "label", "forms", row, ";".join(row["label_forms"]), "text")
        yield fact(subject, "label", "is_official", row, official, "boolean")
        yield fact(subject, "design", "tonnes_per_unit", row, tonnes, "rational")
    for row in reference.uses:
        yield fact(
            f"unit_type:{row['unit_type']}",
            "use",
            " via ".join(filter(None, (row["scheme"], row["via_unit_type"]))),
            row,
            "surrender",
            "text",
            unit=row["limit_pool"] and f"limit: {row['limit_pool']}",
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            condition=row["condition"],
        )
    for row in reference.conversions:
        yield fact(
            f"unit_type:{row['from_unit_type']}",
            "conversion",
            row["to_unit_type"],
            row,
            str(row["ratio"]),
            "rational",
            unit=f"{row['to_unit_type']} for one {row['from_unit_type']}",
            condition=row["condition"],
        )


def _facts_of_accounts(reference, fact):
    for row in reference.rules:
        yield fact(
            f"registry:{row['registry']}",
            "governance",
            f"rights of representatives, version {row['version']}",
            row,
            ";".join(row["rights"]),
            "text",
            valid_from=row["valid_from"],
            note=row["note"],
        )
    for row in reference.account_classes:
        yield fact(
            f"registry:{row['registry']}",
            "governance",
            f"account class {row['code']}",
            row,
            "any" if row["per_holder"] is None else str(row["per_holder"]),
            "text",
            unit="most open accounts of one holder",
            note=row["note"],
        )


def _facts_of_calendars(reference, fact):
    for row in reference.periods:
        yield fact(
            f"scheme:{row['scheme']}",
            "period",
            row["code"],
            row,
            row["settles_by"].isoformat() if row["settles_by"] else "",
            "date" if row["settles_by"] else "",
            unit="settled by" if row["settles_by"] else "",
            valid_from=row["starts_on"],
            valid_to=row["ends_before"],
            period=row["code"],
        )
    for row in reference.calendar:
        days = sorted({row["earliest_date"].isoformat(), row["latest_date"].isoformat()})
        yield fact(
            f"scheme:{row['scheme']}",
            "calendar",
            f"{row['event']} {row['period']}",
            row,
            "/".join(days),
            "date" if len(days) == 1 else "date_range",
            unit="day" if len(days) == 1 else "first and last day",
            period=row["period"],
            condition="provisional" if row["is_provisional"] else "",
            note=row["note"],
        )


def _text(value):
    return "" if value is None else str(value)


BUILDERS = {
    "Source": _sources,
    "Jurisdiction": _jurisdictions,
    "Scheme": _schemes,
    "Registry": _registries,
    "RegistryRules": _rules,
    "AccountClass": _account_classes,
    "UnitType": _unit_types,
    "UnitTypeAlias": _aliases,
    "Fact": lambda reference: list(_facts(reference)),
}
