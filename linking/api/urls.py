"""The addresses of the API that are about links, under /api/v1/."""

from django.urls import path

from .views import agreements, links, readiness, retirements, transfers

urlpatterns = [
    path("agreements", agreements.Agreements.as_view()),
    path("agreements/<str:code>", agreements.AgreementThing.as_view()),
    path("agreements/<str:code>/versions", agreements.Versions.as_view()),
    path("agreements/<str:code>/versions/<str:number>", agreements.VersionThing.as_view()),
    path("agreements/<str:code>/comments", agreements.Comments.as_view()),
    path("agreements/<str:code>/signatures", agreements.Signatures.as_view()),
    path("agreements/<str:code>/termination", agreements.Termination.as_view()),
    path("external-retirements", retirements.Retirements.as_view()),
    path("external-retirements/<str:number>", retirements.RetirementThing.as_view()),
    path("external-retirements/<str:number>/decision", retirements.Decision.as_view()),
    path("links", links.Links.as_view()),
    path("links/<str:edge>", links.LinkThing.as_view()),
    path("links/<str:edge>/meters", links.Meters.as_view()),
    path("links/<str:edge>/suspension", links.Suspension.as_view()),
    path("links/<str:edge>/observations", links.Observed.as_view()),
    path("links/<str:edge>/resumption", links.Resumption.as_view()),
    path("link-preset", links.Preset.as_view()),
    path("readiness", readiness.Readiness.as_view()),
    path("transfers", transfers.Transfers.as_view()),
    path("transfers/dry-run", transfers.DryRunOfTransfer.as_view()),
    path("transfers/<str:number>", transfers.TransferThing.as_view()),
]
