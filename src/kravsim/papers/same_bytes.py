"""Archives with the same bytes on any day and any machine: members in order, stored as they are, under one fixed date."""

from __future__ import annotations

import io
import zipfile
from typing import Final

_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE: Final = 0o100644 << 16
_UNIX: Final = 3


def stored_again(archive: bytes) -> bytes:
    """Write an archive anew: no compression, whose output differs between versions of zlib, and no time of day.

    Parameters
    ----------
    archive : bytes
        A zip file, such as a Word document or a workbook.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as given, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as made:
        for member in given.infolist():
            info = zipfile.ZipInfo(member.filename, _DATE)
            info.external_attr, info.create_system = _PLAIN_FILE, _UNIX
            made.writestr(info, given.read(member))
    return stream.getvalue()
