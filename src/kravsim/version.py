"""The version of kravsim, in one place."""

__version__ = "0.6.0"
