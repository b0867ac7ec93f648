"""The addresses of a node; /livez and /readyz are answered by config.health."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
if find_spec("registry.api") and find_spec("registry.api.urls"):
    urlpatterns.append(path("api/v1/", include("registry.api.urls")))
if find_spec("registry.urls"):
    urlpatterns.append(path("", include("registry.urls")))
