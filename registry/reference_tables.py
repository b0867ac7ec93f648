"""The tables whose rows change by proposals: what identifies a row, and what may become of it.

A row has two forms. As a record it is what PostgreSQL writes as JSON (`to_jsonb`), columns and ids
as they are: what the gate compares and applies. As it is said it has the names of fields, and the
codes of the rows that it refers to: what people and other systems read and write.
"""

import json
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import (
    AccountClass,
    AccountHolder,
    CalendarDay,
    CalendarYear,
    CorporateGroup,
    Fact,
    GroupLimit,
    IssuanceCap,
    Jurisdiction,
    OfficeHours,
    Operation,
    ReferenceTable,
    Registry,
    RegistryRules,
    Scheme,
    Source,
    UnitType,
    UnitTypeAlias,
)
from registry.rules_digest import NAMES, rules_digest

ADD, CHANGE, DELETE = Operation.ADD, Operation.CHANGE, Operation.DELETE


@dataclass(frozen=True)
class Table:
    """`identity` names the fields by which others know a row; `fixed` what never changes of it.

    `computed` fields are nobody's to say: they are set when the row is proposed.
    """

    name: str
    model: type
    identity: tuple = ("code",)
    fixed: tuple = ()
    operations: tuple = (ADD, CHANGE)
    computed: tuple = ()

    def fields(self):
        """What people say of a row, in the order of its columns."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if not field.primary_key and field.name not in self.computed
        ]

    def identity_of(self, said) -> str:
        """A row's identity as one text, for a row as it is said."""
        return "/".join("–" if said[name] in (None, "") else said[name] for name in self.identity)


DELETABLE = (ADD, CHANGE, DELETE)
_TABLES = (
    Table("jurisdiction", Jurisdiction, fixed=("code",)),
    Table("scheme", Scheme, fixed=("code",)),
    Table(
        "registry",
        Registry,
        fixed=("code", "scheme", "jurisdiction", "hosted"),
        operations=(CHANGE,),
    ),
    Table("unit_type", UnitType, fixed=("code", "registry", "kind", "metric", "converts_to")),
    Table(
        "unit_type_alias",
        UnitTypeAlias,
        identity=("alias",),
        fixed=("alias", "unit_type"),
        operations=DELETABLE,
    ),
    Table(
        "account_class",
        AccountClass,
        identity=("registry", "code"),
        fixed=("registry", "code", "kind"),
    ),
    Table("account_holder", AccountHolder, fixed=("code",)),
    Table("corporate_group", CorporateGroup, fixed=("code",)),
    Table(
        "group_limit",
        GroupLimit,
        identity=("group", "registry", "unit_type"),
        fixed=("group", "registry", "unit_type"),
        operations=DELETABLE,
    ),
    Table(
        "registry_rules",
        RegistryRules,
        identity=("registry", "version"),
        operations=(ADD,),
        computed=("version", "valid_to", "digest"),
    ),
    Table(
        "issuance_cap",
        IssuanceCap,
        identity=("unit_type", "vintage_from"),
        fixed=("unit_type", "vintage_from"),
    ),
    Table(
        "calendar_day",
        CalendarDay,
        identity=("jurisdiction", "day"),
        fixed=("jurisdiction", "day"),
        operations=DELETABLE,
    ),
    Table(
        "calendar_year",
        CalendarYear,
        identity=("jurisdiction", "year"),
        fixed=("jurisdiction", "year"),
        operations=DELETABLE,
    ),
    Table(
        "office_hours",
        OfficeHours,
        identity=("jurisdiction",),
        fixed=("jurisdiction",),
        operations=DELETABLE,
    ),
    Table(
        "fact",
        Fact,
        identity=("jurisdiction", "topic", "param", "subject", "valid_from"),
        operations=DELETABLE,
    ),
    Table("source", Source, fixed=("code",), operations=DELETABLE),
)
TABLES = {ReferenceTable(table.name): table for table in _TABLES}


def table_of(model) -> Table:
    """The table of a model."""
    return next(table for table in _TABLES if table.model is model)


def said(table: Table, row: dict | None) -> dict | None:
    """A record as it is said: names of fields, codes, and every number as text."""
    if row is None:
        return None
    names = [*table.fields(), *(table.model._meta.get_field(name) for name in table.computed)]
    return {
        field.name: _said(field, row.get(field.column))
        for field in names
        if not isinstance(field, models.BinaryField)
    }


def build(table: Table, instance, values: dict):
    """Sets what is said on a row that is not saved; returns what is wrong: (field, texts)."""
    known = {field.name: field for field in table.fields()}
    wrong = [(name, [_("There is no such field.")]) for name in values.keys() - known.keys()]
    for name in values.keys() & known.keys():
        field = known[name]
        if "\\u0000" in json.dumps(values[name], default=str):
            wrong.append((name, [_("The text has a character that can not be stored.")]))
            continue
        try:
            if field.remote_field:
                setattr(instance, field.attname, _id(field, values[name]))
            else:
                setattr(instance, name, field.to_python(values[name]))
        except ValidationError as error:
            wrong.append((name, error.messages))
        except (TypeError, ValueError, OverflowError):
            wrong.append((name, [_("This value can not be read.")]))
    if not wrong:
        wrong = _invalid(table, instance)
    return sorted(wrong, key=lambda item: item[0])


def compute(table: Table, instance):
    """Sets what is nobody's to say: number and digest of a version of a registry's rules."""
    if table.model is not RegistryRules:
        return
    versions = RegistryRules.objects.filter(registry_id=instance.registry_id)
    instance.version = (versions.aggregate(last=models.Max("version"))["last"] or 0) + 1
    said = {name: getattr(instance, name) for name in NAMES}
    instance.digest = rules_digest({**said, "registry": said["registry"] and said["registry"].code})


def find(table: Table, identity: dict):
    """The row with this identity, as it is said, or None."""
    if set(identity) != set(table.identity):
        return None
    conditions = {}
    for name in table.identity:
        field = table.model._meta.get_field(name)
        value = identity[name]
        if field.remote_field:
            conditions[f"{name}__code" if value is not None else f"{name}__isnull"] = value or True
        elif value is None:
            conditions[f"{name}__isnull"] = True
        else:
            conditions[name] = value
    try:
        return table.model.objects.filter(**conditions).first()
    except (ValidationError, TypeError, ValueError, OverflowError):
        return None


def _invalid(table, instance):
    try:
        instance.full_clean(exclude=[*table.computed])
    except ValidationError as error:
        return [
            ("" if name == "__all__" else name, texts) for name, texts in error.message_dict.items()
        ]
    return []


def _id(field, code):
    if code in (None, ""):
        return None
    found = field.related_model.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise ValidationError(
            _("There is no %(thing)s with the code %(code)s."),
            params={"thing": field.related_model._meta.verbose_name, "code": str(code)[:100]},
        )
    return found


def _said(field, value):
    if value is None or isinstance(value, bool | list):
        return value
    if field.remote_field:
        return field.related_model.objects.values_list("code", flat=True).get(pk=value)
    return str(value)
