"""The addresses under /.well-known/."""

from django.urls import path

from .views import well_known

urlpatterns = [
    path("jwks.json", well_known.Keys.as_view()),
    path("log-keys.txt", well_known.LogKeys.as_view()),
]
