"""The option of commands that says whose registries a node keeps."""

from django.utils.translation import gettext as _


def add_hosts(parser) -> None:
    """Adds `--hosts`; `hosts` is then a list of codes, empty where nothing is said."""
    parser.add_argument(
        "--hosts",
        nargs="*",
        default=[],
        metavar=_("CODE"),
        help=_("Jurisdictions whose registries this node keeps, for example JP; all by default."),
    )
