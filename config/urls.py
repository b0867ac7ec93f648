"""The addresses of a node; /livez and /readyz are answered by config.health."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("accounts/", include("registry.admin.sign_in_urls")),
    path(".well-known/", include("registry.api.well_known_urls")),
    path("protocol/v1/", include("linking.api.wire_urls")),
    path("api/v1/", include("linking.api.urls")),
    path("api/v1/", include("mrv.api.project_urls")),
    path("api/v1/", include("registry.api.urls")),
]
