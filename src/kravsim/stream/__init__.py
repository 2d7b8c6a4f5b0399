"""Debtors and the claims that arrive: the same whatever the model."""

from kravsim.stream.stream import Cases, Claims, Debtors, Runs, Stream
from kravsim.stream.synthetic import generate

__all__ = ["Cases", "Claims", "Debtors", "Runs", "Stream", "generate"]
