"""Times that the law sets for whoever collects, in days."""

from __future__ import annotations

from typing import Final

COURT_REQUEST_DAYS: Final = 28
"""Days from being told that an application is contested within which the applicant asks for the court; where nobody has
asked by then the matter is struck off (lag 1990:746, 34-37 §§; four weeks, text not fetched: unverified)."""
