"""A finished block of replications as the content of a file: outcomes as arrays, a checksum and the mark of their study."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kravsim.archives.archive import read_bytes
from kravsim.archives.columns import array_of, columns, outcomes, packed, unpacked
from kravsim.errors import DataError, Problem, Words
from kravsim.phrases import phrase
from kravsim.running.blocks import Outcomes

_HEADER: Final = b"kravsim block 2 "
_MARK_LENGTH: Final = 64


def block_bytes(found: Sequence[Outcomes], mark: str) -> bytes:
    """Write the outcomes of a block; `mark` is the fingerprint of their study, 64 letters.

    Parameters
    ----------
    found : sequence of tuple of Outcome
        One a replication of the block, in order; of each an outcome for every model.
    mark : str
        64 hexadecimal digits in ASCII.
    """
    members = {
        f"{number}/{name}": array
        for number in range(len(found[0]))
        for name, array in columns([replication[number] for replication in found]).items()
    }
    body = packed(members)
    return _header(mark.encode("ascii"), body) + b"\n" + body


def read_block(file: Path, mark: str, models: Sequence[str]) -> dict[tuple[int, int], Outcomes]:
    """Read the outcomes of a block by parameter draw and replication.

    Parameters
    ----------
    file : path
        The block's file.
    mark : str
        Fingerprint of the study that it must be of, 64 letters.
    models : sequence of str
        In the order in which their outcomes were written.

    Returns
    -------
    dict of (int, int) to tuple of Outcome
        By parameter draw and replication; an outcome for each of `models`.

    Raises
    ------
    DataError
        When it is not whole, or carries the mark of another study.
    """
    header, _, body = read_bytes(file).partition(b"\n")
    carried = header.removeprefix(_HEADER)[:_MARK_LENGTH]
    if header != _header(carried, body):
        remedy = "it was cut short or edited"
        raise DataError(
            Problem(str(file), "", Words("content that does not fit its checksum"), "a whole block", remedy)
        )
    if carried != mark.encode("ascii"):
        remedy = "it was put here from elsewhere"
        raise DataError(Problem(str(file), "", Words("a block of another study"), "blocks of this one", remedy))
    members = unpacked(body, str(file))
    by_model = []
    for number in range(len(models)):
        start = f"{number}/"
        mine = {name: content for name, content in members.items() if name.startswith(start)}
        arrays = {
            name.removeprefix(start).removesuffix(".npy"): array_of(content, str(file), name)
            for name, content in mine.items()
        }
        by_model.append(outcomes(arrays))
    every = [[(one.draw, one.replication) for one in found] for found in by_model]
    if any(pairs != every[0] for pairs in every) or any(
        one.model != model for found, model in zip(by_model, models, strict=True) for one in found
    ):
        got = Words("replications of other models")
        raise DataError(
            Problem(
                str(file), "", got, phrase("those of {names}", names=", ".join(models)), "kravsim did not write this"
            )
        )
    return dict(zip(every[0], zip(*by_model, strict=True), strict=True))


def _header(mark: bytes, body: bytes) -> bytes:
    return _HEADER + mark + b" " + hashlib.sha256(mark + body).hexdigest().encode("ascii")
