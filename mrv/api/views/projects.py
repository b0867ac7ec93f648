"""Methodologies, projects and what they report."""

from django.utils import timezone
from rest_framework.response import Response

from mrv.api import project_documents as documents
from mrv.api import project_forms as forms
from mrv.selectors import bodies, methodologies, projects
from mrv.services.propose_project import (
    NewProject,
    close_project,
    propose_project,
    refuse_project,
    register_project,
)
from mrv.services.publish_methodology import Published, publish_methodology
from mrv.services.report_monitoring import Monitored, report_monitoring
from mrv.services.verify_project import Opinion, validate_project, verify_report
from registry.api import schema as described
from registry.api.asked import named
from registry.api.reading import number_of, read_form
from registry.api.schema import listed, written
from registry.api.views.base import Collection, Resource, Tagged, Thing, newest_first
from registry.selectors import accounts, reference


def answer(document, row, address):
    """What was written, and where it is."""
    headers = {"Location": f"/api/v1/{address}"}
    return Response(document(row).data, status=201, headers=headers)


def _scheme(code):
    return reference.find(reference.schemes(), code, "UNKNOWN_SCHEME")


def _jurisdiction(code):
    return reference.find(reference.jurisdictions(), code, "UNKNOWN_JURISDICTION")


def by_code(rows, *, after, limit):
    """The page of a queryset that is in the order of its codes, and one row more."""
    if after is not None:
        rows = rows.filter(code__gt=after)
    return list(rows[: limit + 1])


@described.extend_schema_view(
    get=listed("listProjectTypes", "Types of projects", documents.ProjectTypeDocument, forms.Listed)
)
class ProjectTypes(Tagged, Collection):
    document = documents.ProjectTypeDocument
    listed_by = forms.Listed
    key_form = str

    def rows(self, actor, *, after, limit):
        return by_code(methodologies.project_types(actor), after=after, limit=limit)

    def key(self, row):
        return row.code


@described.extend_schema_view(
    get=listed(
        "listMethodologies",
        "Methodologies with their versions",
        documents.MethodologyDocument,
        forms.Listed,
    ),
    post=written(
        "publishMethodology",
        "Publish a version of a methodology",
        documents.MethodologyDocument,
        forms.MethodologyForm,
    ),
)
class Methodologies(Tagged, Collection):
    document = documents.MethodologyDocument
    listed_by = forms.Listed
    scope = "manage"
    key_form = str

    def rows(self, actor, *, after, limit):
        return by_code(methodologies.visible(actor), after=after, limit=limit)

    def key(self, row):
        return row.code

    def post(self, request):
        form = read_form(forms.MethodologyForm, request)
        said = Published(
            form["code"],
            named(_scheme, form["scheme"], "/scheme"),
            form["document"],
            form["valid_from"],
            {f"name_{language}": name for language, name in form["names"].items()},
        )
        publish_methodology(actor=request.actor, said=said, at=timezone.now())
        found = methodologies.find(request.actor, said.code)
        return answer(documents.MethodologyDocument, found, f"methodologies/{found.code}")


@described.reads("getMethodology", "One methodology", documents.MethodologyDocument)
class MethodologyThing(Tagged, Thing):
    document = documents.MethodologyDocument

    def find(self, actor, code):
        return methodologies.find(actor, code)


@described.extend_schema_view(
    get=listed(
        "listProjects",
        "Offset projects, the newest first",
        documents.ProjectDocument,
        forms.Projects,
    ),
    post=written(
        "proposeProject", "Propose a project", documents.ProjectDocument, forms.ProjectForm
    ),
)
class Projects(Collection):
    document = documents.ProjectDocument
    scope = "propose"
    listed_by = forms.Projects

    def rows(self, actor, *, after, limit):
        rows = projects.visible(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        return newest_first(rows, after=after, limit=limit)

    def post(self, request):
        form, actor = read_form(forms.ProjectForm, request), request.actor
        new = NewProject(
            form["code"],
            form["name"],
            named(lambda number: accounts.find(actor, number), form["account"], "/account"),
            named(reference.unit_type, form["unit_type"], "/unit_type"),
            named(_jurisdiction, form["jurisdiction"], "/jurisdiction"),
            named(
                lambda code: methodologies.project_type(actor, code),
                form["project_type"],
                "/project_type",
            ),
            named(
                lambda code: methodologies.find(actor, code), form["methodology"], "/methodology"
            ),
            form["crediting_from"],
            form["values"],
            form.get("description", ""),
        )
        made = propose_project(actor=actor, new=new, at=timezone.now())
        return answer(documents.ProjectDocument, made, f"projects/{made.code}")


@described.reads("getProject", "One project and its units", documents.ProjectBooksDocument)
class ProjectThing(Thing):
    document = documents.ProjectBooksDocument

    def find(self, actor, code):
        return projects.find(actor, code)


def opinion_of(request) -> Opinion:
    """What the body says for a verifier."""
    form = read_form(forms.OpinionForm, request)
    verifier = named(
        lambda code: bodies.verifier(request.actor, code), form["verifier"], "/verifier"
    )
    return Opinion(verifier, form["opinion"] == "positive", form["findings"])


@described.extend_schema_view(
    post=written(
        "validateProject",
        "Say for a verifier whether a proposed project can be registered",
        documents.ProjectDocument,
        forms.OpinionForm,
    )
)
class Validation(Resource):
    scope = "approve"

    def post(self, request, code):
        said = opinion_of(request)
        done = validate_project(actor=request.actor, code=code, said=said, at=timezone.now())
        return answer(documents.ProjectDocument, done, f"projects/{done.code}")


@described.extend_schema_view(
    post=written(
        "decideProject",
        "Register, refuse or close a project that another person has proposed",
        documents.ProjectDocument,
        forms.ProjectDecisionForm,
    )
)
class ProjectDecision(Resource):
    scope = "approve"

    def post(self, request, code):
        form = read_form(forms.ProjectDecisionForm, request)
        said = {"actor": request.actor, "code": code, "at": timezone.now()}
        if form["decision"] == "register":
            done = register_project(**said)
        else:
            end = refuse_project if form["decision"] == "refuse" else close_project
            done = end(**said, reason=form.get("reason", ""))
        return answer(documents.ProjectDocument, done, f"projects/{done.code}")


@described.extend_schema_view(
    post=written(
        "reportMonitoring",
        "Report what was monitored in a period",
        documents.MonitoringReportDocument,
        forms.ReportForm,
    )
)
class Monitoring(Resource):
    scope = "propose"

    def post(self, request, code):
        form = read_form(forms.ReportForm, request)
        said = Monitored(form["period_from"], form["period_to"], form["values"], form["evidence"])
        made = report_monitoring(actor=request.actor, code=code, said=said, at=timezone.now())
        return answer(documents.MonitoringReportDocument, made, f"monitoring-reports/{made.pk}")


@described.extend_schema_view(
    get=listed(
        "listMonitoringReports",
        "Reports of projects, the newest first",
        documents.MonitoringReportDocument,
        forms.Reports,
    )
)
class Reports(Collection):
    document = documents.MonitoringReportDocument
    listed_by = forms.Reports

    def rows(self, actor, *, after, limit):
        rows = projects.reports(actor)
        if "state" in self.asked:
            rows = rows.filter(state=self.asked["state"])
        if "project" in self.asked:
            rows = rows.filter(project=projects.find(actor, self.asked["project"]))
        return newest_first(rows, after=after, limit=limit)


@described.reads(
    "getMonitoringReport",
    "One report, and why it earns so much",
    documents.MonitoringReportDocument,
)
class ReportThing(Thing):
    document = documents.MonitoringReportDocument

    def find(self, actor, number):
        return projects.find_report(actor, number_of(number))


@described.extend_schema_view(
    post=written(
        "verifyMonitoringReport",
        "Say for a verifier whether a report is right",
        documents.MonitoringReportDocument,
        forms.OpinionForm,
    )
)
class ReportVerification(Resource):
    scope = "approve"

    def post(self, request, number):
        said = opinion_of(request)
        done = verify_report(
            actor=request.actor, number=number_of(number), said=said, at=timezone.now()
        )
        return answer(documents.MonitoringReportDocument, done, f"monitoring-reports/{done.pk}")
