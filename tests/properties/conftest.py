from hypothesis import HealthCheck, settings

# One profile for all: derandomized, so that a run that fails fails again, and without a deadline,
# because the machine of a test run is shared. --hypothesis-profile=search looks further.
COMMON = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
}
settings.register_profile("concord", derandomize=True, max_examples=100, database=None, **COMMON)
settings.register_profile("search", max_examples=2000, print_blob=True, **COMMON)
settings.load_profile("concord")
