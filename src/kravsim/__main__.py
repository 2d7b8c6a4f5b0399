"""`python -m kravsim`."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    if not sys.flags.safe_path and sys.path and sys.path[0] in {"", os.getcwd()}:  # noqa: PTH109 - nothing is imported yet
        del sys.path[0]  # where Python puts the current directory for -m: no file there is part of kravsim
    from kravsim.cli import main

    sys.exit(main())
