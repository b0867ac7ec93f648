"""The API's description of itself, and a page to try it; both need no key."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from .base import Resource


class Description(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or as JSON."""

    authentication_classes = ()
    permission_classes = ()


class Page(SpectacularSwaggerSplitView):
    """Swagger UI from the node's own static files, under the strict content policy."""

    authentication_classes = ()
    permission_classes = ()
    url_name = "api:schema"
    template_name = "registry/api_page.html"


@extend_schema(exclude=True)
class Nowhere(Resource):
    """Every other address under the API's: a problem, not a web page."""

    authentication_classes = ()

    def initial(self, request, *args, **kwargs):
        raise Http404
