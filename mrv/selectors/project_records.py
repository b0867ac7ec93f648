"""What the log of the node is told of projects: exactly these documents, once each.

docs/projects.md describes them, so that whoever has the project's answers can make the same bytes.
"""

from mrv.models import MonitoringReport, OffsetProject


def registration(project: OffsetProject) -> dict:
    """That a project was registered, by which methodology, and with which values."""
    return {
        "format": "concord-project-1",
        "project": project.code,
        "account": project.account.number,
        "unit_type": project.unit_type.code,
        "project_type": project.project_type.code,
        "methodology": bytes(project.version.digest).hex(),
        "values": project.values,
        "crediting": [project.crediting_from.isoformat(), project.crediting_to.isoformat()],
    }


def verification(report: MonitoringReport) -> dict:
    """That a verifier agreed with a report, which has this digest, and what it has earned."""
    return {
        "format": "concord-monitoring-report-1",
        "project": report.project.code,
        "period": [report.period_from.isoformat(), report.period_to.isoformat()],
        "report": bytes(report.digest).hex(),
        "tonnes": str(report.tonnes),
        "verifier": report.opinion.verifier.code,
    }
