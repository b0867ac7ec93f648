"""Settings of a node. Every value that differs between nodes comes from the environment.

docs/operations.md lists the variables. Nothing is started when this file is read.
"""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env, validate

from config import addresses, databases
from config.node_name import from_addresses

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.bool("DEBUG", False)
HTTPS = env.bool("HTTPS", False)
given_hosts = env.list("ALLOWED_HOSTS", [])
ALLOWED_HOSTS = given_hosts or [
    *("localhost", "127.0.0.1", "[::1]"),
    *addresses.own_hosts(env.str("LISTEN", "")),
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

DATABASES = databases.configured()
EMBEDDED_DATABASE = DATABASES["default"]["ENGINE"] == "config.embedded.backend"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = databases.read_secret("REDIS_URL")

SECRET_KEY = databases.read_secret("SECRET_KEY")
if not SECRET_KEY and not EMBEDDED_DATABASE:
    raise ImproperlyConfigured(
        "Set SECRET_KEY (or SECRET_KEY_FILE) to a long random text, the same for every process: "
        "with DATABASE_URL set, other hosts may share this node's sessions."
    )

if not EMBEDDED_DATABASE:
    STATIC_ROOT = Path(env.str("STATIC_ROOT", str(BASE_DIR / "static")))
    KEYS_DIR = env.str("KEYS_DIR", "")
else:
    from config.embedded.layout import layout

    SECRET_KEY = SECRET_KEY or layout().secret("django")
    STATIC_ROOT = Path(env.str("STATIC_ROOT", str(layout().home / "static")))
    KEYS_DIR = env.str("KEYS_DIR", str(layout().home / "keys"))

INSTALLED_APPS = [
    "config",
    # Before the admin, whose templates it takes the place of.
    "registry",
    "registry.admin_app.ConcordAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    # It shows when a security key was last used in words.
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "linking",
    "mrv",
    "scenarios",
]

MIDDLEWARE = [
    "config.health.Middleware",
    "django.middleware.security.SecurityMiddleware",
    # What follows is for pages: requests of the API end here.
    "config.api_requests.Middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.admin.context.site",
            ],
        },
    },
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

AUTH_USER_MODEL = "registry.Person"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = ["registry.admin.sign_in.PasswordBackend"]
ACCOUNT_ADAPTER = "registry.admin.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "admin:index"
# A session ends with the browser, or when nothing was asked for so long.
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 60 * env.int("SESSION_IDLE_MINUTES", 30)
SESSION_SAVE_EVERY_REQUEST = True
# How long the second factor counts as just given, in seconds: an approval needs that.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_ADAPTER = "registry.admin.sign_in.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A clock may be one step of thirty seconds off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "registry.admin.code_forms.AuthenticateForm",
    "reauthenticate": "registry.admin.code_forms.ReauthenticateForm",
}
# Attempts are counted by address: behind a proxy, by the one that the proxy tells.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("BEHIND_PROXY", False) else 0

# Without a server, notices are in the application only.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND", f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
)
EMAIL_PORTS = {"none": 25, "starttls": 587, "tls": 465}
EMAIL_SECURITY = env.str("EMAIL_SECURITY", "starttls", validate=validate.OneOf(EMAIL_PORTS))
EMAIL_USE_TLS = EMAIL_SECURITY == "starttls"
EMAIL_USE_SSL = EMAIL_SECURITY == "tls"
EMAIL_PORT = env.int("EMAIL_PORT", EMAIL_PORTS[EMAIL_SECURITY])
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = databases.read_secret("EMAIL_HOST_PASSWORD")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "concord@localhost")

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [
    ("en", _("English")),
    ("zh-hans", _("Simplified Chinese")),
    ("ja", _("Japanese")),
    ("ko", _("Korean")),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        # The broker is database 0: clearing the cache must not empty the queues.
        "OPTIONS": {"db": 1},
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "concord",
    }
}
CELERY_BROKER_URL = REDIS_URL
if not REDIS_URL:
    from config.embedded import valkey

    CACHES["default"]["LOCATION"] = f"unix://{valkey.socket_path()}"
    CACHES["default"]["OPTIONS"]["pool_class"] = "config.embedded.cache.ConnectionPool"
    CELERY_BROKER_URL = f"redis+socket://{valkey.socket_path()}?virtual_host=0"

# What the registry cannot know is asked through ports, filled here by dotted path.
CONCORD = {
    "CHECKS": [
        "registry.checks.existence.TypeInForce",
        "registry.checks.ends.SourceGiven",
        "registry.checks.ends.DestinationGiven",
        "registry.checks.ends.EndsUsed",
        "registry.checks.existence.SourceExists",
        "registry.checks.existence.DestinationExists",
        "registry.checks.existence.UnitTypeExists",
        "registry.checks.existence.EntityExists",
        "registry.checks.stops.RegistryRuns",
        "registry.checks.stops.UnitTypeRuns",
        "registry.checks.accounts.AccountsDiffer",
        "registry.checks.accounts.OneRegistry",
        "registry.checks.accounts.SourceKind",
        "registry.checks.accounts.DestinationKind",
        "registry.checks.units.UnitKindAllowed",
        "registry.checks.units.UnitTypeTransferable",
        "registry.checks.units.IssuedAtHome",
        "registry.checks.units.Convertible",
        "registry.checks.units.ConvertedUnitsEnd",
        "registry.checks.units.SerialsNamedOnce",
        "registry.checks.rights.IssuancesCoverLines",
        "registry.checks.rights.Reversible",
        "registry.checks.rights.ReversalInTime",
        "linking.checks.RetirementStandsElsewhere",
        "registry.checks.rights.ReasonGiven",
        "registry.checks.rights.ExecutionAhead",
        "registry.checks.trusted.DestinationTrusted",
        "registry.checks.limits.VintageAllowed",
        "registry.checks.limits.BooksClosed",
        "registry.checks.limits.IssuanceCapped",
        "registry.checks.groups.GroupWithinItsLimit",
    ],
    "VALUE": "linking.services.value.of_lines",
    "BASES": "mrv.selectors.bases.of_reports",
    # What apps above the ledger add to its audit.
    "AUDITS": ["linking.audit.every_rule", "mrv.audit.every_rule"],
    "PANELS": [
        "registry.admin.panels.waiting_approvals",
        "registry.admin.panels.own_tasks",
        "registry.admin.panels.waiting_batches",
        "registry.admin.panels.requests",
        "registry.admin.panels.waiting_changes",
        "registry.admin.panels.failed",
        "registry.admin.panels.delayed",
        "linking.admin.panels.incoming_transfers",
        "linking.admin.panels.unreconciled",
        "registry.admin.panels.obligations",
        "linking.admin.panels.agreements_to_sign",
        "linking.admin.panels.stopped_links",
        "linking.admin.panels.nearly_used_quotas",
        "linking.admin.peer_panels.troubled_peers",
        "linking.admin.peer_panels.notices_of_peers",
        "registry.admin.node_panels.order_of_postings",
        "registry.admin.node_panels.head_of_the_log",
        "registry.admin.node_panels.unsigned_issuances",
    ],
    "DUE": ["linking.services.soon.go_on_soon"],
    "STARTS": ["registry.admin.starts.of_home", "linking.admin.starts.of_home"],
    # Private keys are outside the database; the provider finds them by the id of the key.
    "KEY_PROVIDER": "registry.keys.pem_files.PemFiles",
    "KEYS_DIR": KEYS_DIR,
    # By which the node signs: an origin without a scheme. Fixed once the first key is made.
    "NODE_NAME": env.str("NODE_NAME", ""),
    "NODE_NAME_FALLBACK": from_addresses(given_hosts, env.str("PORT", "8000")),
    # Where the node is reached from the machine that it runs on.
    "ADDRESS": addresses.shown(bind=env.str("BIND", "127.0.0.1"), port=env.str("PORT", "8000")),
    # The client's address is what the last proxy says, and only behind one.
    "BEHIND_PROXY": env.bool("BEHIND_PROXY", False),
    # Networks inside to which webhooks may be sent besides, and there without TLS.
    # How long a registry holds its limits for units that another node may send; and how far the
    # clocks of two nodes may be apart: no units leave that long before the acceptance ends.
    "ACCEPTANCE_LASTS": timedelta(seconds=env.int("ACCEPTANCE_SECONDS", 3_600)),
    "PEER_SKEW": timedelta(seconds=env.int("PEER_SKEW_SECONDS", 300)),
    "WEBHOOK_NETWORKS": env.list("WEBHOOK_NETWORKS", []),
    # At which other nodes reach this one: the scheme and the host, without a path.
    "NODE_URL": env.str("NODE_URL", "").rstrip("/")
    or (
        f"https://{env.str('NODE_NAME', '')}"
        if env.str("NODE_NAME", "")
        else addresses.shown(bind=env.str("BIND", "127.0.0.1"), port=env.str("PORT", "8000"))
    ),
    # Networks inside in which peers may be besides, and there without TLS.
    "PEER_NETWORKS": env.list("PEER_NETWORKS", []),
    # The longest request of a peer that is read, and how many it may send in a minute.
    "PEER_LIMITS": {
        "bytes": env.int("PEER_MESSAGE_BYTES", 16 * 2**20),
        "messages": env.int("RATE_LIMIT_MESSAGES", 6_000),
    },
    # Whether notices are sent by mail as well, and how long before a deadline one is given.
    "MAIL": EMAIL_BACKEND != "django.core.mail.backends.dummy.EmailBackend",
    "NOTICE_HOURS_AHEAD": env.int("NOTICE_HOURS_AHEAD", 24),
    # Requests of one key in a minute; see docs/api.md.
    "RATE_LIMITS": {
        "read": env.int("RATE_LIMIT_READS", 6_000),
        "write": env.int("RATE_LIMIT_WRITES", 6_000),
    },
    # How many days it is kept who has read what; the database lets nothing younger go than a year.
    "READINGS_KEPT_DAYS": env.int("READINGS_KEPT_DAYS", 1095, validate=validate.Range(min=365)),
    # Shown on every page and in every answer: evaluation, test or production.
    "ENVIRONMENT": env.str("ENVIRONMENT", "evaluation"),
    # What the strip above every page says instead of the text for the environment.
    "ENVIRONMENT_TEXT": env.str("ENVIRONMENT_TEXT", ""),
}

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["registry.api.reading.StrictJsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["registry.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "registry.api.negotiation.ContentNegotiation",
    "DEFAULT_SCHEMA_CLASS": "registry.api.schema.Schema",
    "EXCEPTION_HANDLER": "registry.api.errors.handle",
    # The form of an answer is what Accept asks for, and nothing in the address.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Concord",
    "DESCRIPTION": (
        "Registry service for emissions units whose registries are linked. Numbers of units and "
        "serials are text; times are RFC 3339 in UTC; errors are problems (RFC 9457) with stable "
        "codes and texts in the language of Accept-Language."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]+",
    # The words that a field can have stay beside the field.
    "POSTPROCESSING_HOOKS": [],
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        # The nonce is for the one style element of the API's documentation page.
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if CONCORD["BEHIND_PROXY"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "filters": {
        # Only /readyz answers 503, to everybody who asks while the node starts: not an error.
        "served": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", 0) != 503,
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["served"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING")},
}
