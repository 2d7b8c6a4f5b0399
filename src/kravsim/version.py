"""The version of kravsim, in one place."""

__version__ = "0.7.0"
