"""The addresses of the API that are about projects and their credits, under /api/v1/."""

from django.urls import path

from .views import credits, projects

urlpatterns = [
    path("project-types", projects.ProjectTypes.as_view()),
    path("methodologies", projects.Methodologies.as_view()),
    path("methodologies/<str:code>", projects.MethodologyThing.as_view()),
    path("projects", projects.Projects.as_view()),
    path("projects/<str:code>", projects.ProjectThing.as_view()),
    path("projects/<str:code>/validation", projects.Validation.as_view()),
    path("projects/<str:code>/decision", projects.ProjectDecision.as_view()),
    path("projects/<str:code>/monitoring-reports", projects.Monitoring.as_view()),
    path("projects/<str:code>/reversals", credits.Reversals.as_view()),
    path("monitoring-reports", projects.Reports.as_view()),
    path("monitoring-reports/<str:number>", projects.ReportThing.as_view()),
    path("monitoring-reports/<str:number>/verification", projects.ReportVerification.as_view()),
    path("monitoring-reports/<str:number>/issuance-requests", credits.Requesting.as_view()),
    path("issuance-requests", credits.IssuanceRequests.as_view()),
    path("issuance-requests/<str:number>", credits.IssuanceRequestThing.as_view()),
    path("issuance-requests/<str:number>/invalidation", credits.Invalidation.as_view()),
    path("credit-losses", credits.Losses.as_view()),
    path("credit-losses/<str:number>", credits.LossThing.as_view()),
    path("credit-losses/<str:number>/decision", credits.LossDecision.as_view()),
    path("credit-losses/<str:number>/replacements", credits.Replacements.as_view()),
]
