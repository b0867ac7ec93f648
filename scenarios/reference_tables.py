"""The reference files: their columns, and what each column may say.

`reference/README.md` tells the same to the people who edit the files.
"""

from . import cells
from .tables import Column, Table
from .vintages import PLACEHOLDERS

CONFIDENCE = cells.one_of("high", "medium", "low", "unknown")
CODES = cells.list_of(cells.code)
RIGHTS = ("read", "initiate", "approve", "initiate_and_approve", "surrender")

SOURCED = (Column("sources", CODES), Column("confidence", CONFIDENCE))
NAMES = (
    *(Column(f"name_{language}", cells.text(200)) for language in cells.LANGUAGES),
    Column("names_unofficial", cells.list_of(cells.one_of(*cells.LANGUAGES)), required=False),
)


def optional(name, read):
    """A column whose cells may be empty."""
    return Column(name, read, required=False)


SOURCES = Table(
    "sources.csv",
    (
        Column("code", cells.code),
        Column("kind", cells.text(40)),
        Column("location", cells.text(500)),
        Column("title", cells.text()),
        Column("years", cells.text(40)),
        Column("how_read", cells.text(200)),
    ),
    ("code",),
)
JURISDICTIONS = Table(
    "jurisdictions.csv",
    (
        Column("code", cells.code),
        Column("level", cells.one_of("party", "subnational", "external")),
        optional("parent", cells.code),
        optional("iso_3166", cells.code),
        Column("time_zone", cells.time_zone),
        Column("currency", cells.currency),
        *NAMES,
        *SOURCED,
    ),
    ("code",),
)
SCHEMES = Table(
    "schemes.csv",
    (
        Column("code", cells.code),
        Column("jurisdiction", cells.code),
        Column("kind", cells.one_of("ets", "crediting", "programme")),
        Column("status", cells.one_of("in_force", "closed", "reporting_only")),
        Column("started", cells.day_month_or_year),
        Column(
            "cycle",
            cells.one_of("calendar_year", "fiscal_year_april", "multi_year_period", "none"),
        ),
        *NAMES,
        *SOURCED,
    ),
    ("code",),
)
REGISTRIES = Table(
    "registries.csv",
    (
        Column("code", cells.registry_code),
        Column("scheme", cells.code),
        *NAMES,
        Column("operator", cells.text(300)),
        *SOURCED,
    ),
    ("code",),
)
REGISTRY_RULES = Table(
    "registry_rules.csv",
    (
        Column("registry", cells.code),
        Column("version", cells.integer),
        Column("rights", cells.list_of(cells.one_of(*RIGHTS))),
        Column("most_representatives", cells.integer),
        Column("trusted_delay_days", cells.integer),
        Column("stop_quorum", cells.integer),
        Column("valid_from", cells.day),
        optional("note", cells.text(300)),
        *SOURCED,
    ),
    ("registry", "version"),
)
ACCOUNT_CLASSES = Table(
    "account_classes.csv",
    (
        Column("registry", cells.code),
        Column("code", cells.code),
        Column("kind", cells.one_of("operator", "trading", "government")),
        optional("per_holder", cells.integer),
        *NAMES,
        optional("note", cells.text(300)),
        *SOURCED,
    ),
    ("registry", "code"),
)
UNIT_TYPES = Table(
    "unit_types.csv",
    (
        Column("code", cells.code),
        Column("registry", cells.code),
        Column("kind", cells.one_of("allowance", "credit")),
        Column(
            "role",
            cells.one_of("allowance", "offset", "excess_reduction", "converted", "own_use"),
        ),
        Column("metric", cells.text(16)),
        Column("tonnes_per_unit", cells.rational),
        Column("transferable", cells.yes_or_no),
        Column("vintage_rule", cells.one_of(*PLACEHOLDERS)),
        Column("label_forms", cells.list_of(cells.text(64))),
        Column("label_is_official", cells.yes_or_no),
        Column("code_is_official", cells.yes_or_no),
        *NAMES,
        *SOURCED,
    ),
    ("code",),
)
ALIASES = Table(
    "unit_type_aliases.csv",
    (
        Column("alias", cells.text(32)),
        Column("unit_type", cells.code),
        Column("is_official", cells.yes_or_no),
        Column("note", cells.text(200)),
        *SOURCED,
    ),
    ("alias",),
)
USES = Table(
    "unit_type_uses.csv",
    (
        Column("unit_type", cells.code),
        Column("scheme", cells.code),
        optional("via_unit_type", cells.code),
        optional("limit_pool", cells.one_of("offset", "outside_credits")),
        optional("valid_from", cells.day_month_or_year),
        optional("valid_to", cells.day_month_or_year),
        optional("condition", cells.text()),
        *SOURCED,
    ),
    ("unit_type", "scheme", "via_unit_type"),
)
CONVERSIONS = Table(
    "unit_type_conversions.csv",
    (
        Column("from_unit_type", cells.code),
        Column("to_unit_type", cells.code),
        Column("ratio", cells.rational),
        optional("condition", cells.text()),
        *SOURCED,
    ),
    # One target each: what a unit type converts to is a property of it.
    ("from_unit_type",),
)
PERIODS = Table(
    "periods.csv",
    (
        Column("scheme", cells.code),
        Column("code", cells.text(16)),
        Column("starts_on", cells.day),
        Column("ends_before", cells.day),
        optional("settles_by", cells.day),
        *SOURCED,
    ),
    ("scheme", "code"),
)
CALENDAR = Table(
    "calendar_events.csv",
    (
        Column("scheme", cells.code),
        Column("period", cells.text(16)),
        Column("event", cells.text(60)),
        Column("earliest_date", cells.day),
        Column("latest_date", cells.day),
        Column("is_provisional", cells.yes_or_no),
        optional("note", cells.text(300)),
        *SOURCED,
    ),
    ("scheme", "period", "event"),
)
FACT_COLUMNS = (
    Column("subject", cells.text(80)),
    Column("topic", cells.text(40)),
    Column("param", cells.text(80)),
    optional("value", cells.text()),
    Column(
        "value_type",
        cells.one_of(
            "integer",
            "decimal",
            "rational",
            "date",
            "month_day",
            "boolean",
            "unit_types",
            "formula",
            "text",
            "unknown",
        ),
    ),
    optional("unit", cells.text(200)),
    optional("valid_from", cells.day),
    optional("valid_to", cells.day),
    optional("period", cells.text(40)),
    optional("condition", cells.text()),
    optional("note", cells.text(300)),
    *SOURCED,
)
FACT_KEY = ("subject", "topic", "param", "valid_from")
FACTS = tuple(
    Table(f"facts/{name}.csv", FACT_COLUMNS, FACT_KEY)
    for name in ("rules", "markets", "schemes", "unit_types")
)
VALUE_READERS = {
    "integer": cells.integer,
    "decimal": cells.decimal,
    "rational": cells.rational,
    "date": cells.day,
    "month_day": cells.month_and_day,
    "boolean": cells.yes_or_no,
    "unit_types": CODES,
    "formula": cells.text(),
    "text": cells.text(),
}
