"""The addresses of a node."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from config import health

urlpatterns = [
    path("livez", health.live, name="livez"),
    path("readyz", health.ready, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
if find_spec("registry.api") and find_spec("registry.api.urls"):
    urlpatterns.append(path("api/v1/", include("registry.api.urls")))
if find_spec("registry.urls"):
    urlpatterns.append(path("", include("registry.urls")))
