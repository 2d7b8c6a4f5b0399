"""Settings shared by all tests: examples are drawn from a fixed seed, so that CI cannot flake."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("fixed")
