"""Publish the example methodologies and the types of projects, through the services."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from mrv.models import MethodologyVersion
from mrv.services.publish_methodology import Published, add_project_type, publish_methodology
from registry.models import Scheme
from registry.services.people import system_actor

PROJECTS = Path(__file__).parents[1] / "projects"
TYPES = "project_types.json"


@dataclass(frozen=True)
class Loaded:
    """How many methodologies there are, and how many of their versions are new."""

    methodologies: int
    new: int


@transaction.atomic
def load_methodologies(*, at) -> Loaded:
    """Publishes what is not published yet; a second call adds nothing.

    Raises: DomainError where a service refuses.
    """
    keeper = system_actor(username="example-projects", display_name="Loader of example projects")
    for names in json.loads((PROJECTS / TYPES).read_text()):
        add_project_type(actor=keeper, code=names.pop("code"), names=names)
    before = MethodologyVersion.objects.count()
    paths = sorted(path for path in PROJECTS.glob("*.json") if path.name != TYPES)
    for path in paths:
        publish_methodology(actor=keeper, said=_said(json.loads(path.read_text())), at=at)
    return Loaded(len(paths), MethodologyVersion.objects.count() - before)


def _said(row):
    languages = ("en", "zh_hans", "ja", "ko")
    return Published(
        row["code"],
        Scheme.objects.get(code=row["scheme"]),
        row["document"],
        date.fromisoformat(row["valid_from"]),
        {
            "names_unofficial": ["en", "zh-hans", "ja", "ko"],
            **{f"name_{language}": row[f"name_{language}"] for language in languages},
        },
    )
