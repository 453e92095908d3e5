"""How long hypothesis looks: shortly with the other tests, long with scripts/fuzz."""

from hypothesis import settings

# scripts/fuzz asks for this one, again and again, so each time has to look elsewhere.
settings.register_profile(
    "fuzz", settings.get_profile("project"), max_examples=2000, derandomize=False
)
