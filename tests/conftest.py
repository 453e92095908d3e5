"""What holds for all tests."""

from hypothesis import HealthCheck, settings

# How fast something is belongs into benchmarks; a test that fails on a busy machine helps nobody.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
