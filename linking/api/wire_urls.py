"""The addresses under /protocol/v1/, where nodes speak with each other."""

from django.urls import path

from .views import wire

urlpatterns = [
    path("card", wire.OwnCard.as_view()),
    path("messages", wire.Messages.as_view()),
    path("queries", wire.Queries.as_view()),
]
