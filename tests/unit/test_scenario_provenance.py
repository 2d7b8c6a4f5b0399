"""Fingerprints change with every content and with nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kravsim.provenance import Source, Status, canonical, fingerprint

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
NESTED = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)


@given(st.dictionaries(st.text(), NESTED))
def test_order_of_keys_does_not_matter(content: dict[str, object]) -> None:
    turned = dict(reversed(content.items()))
    assert fingerprint(content) == fingerprint(turned)


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_floats_have_the_same_fingerprint_only_if_they_are_equal(one: float, other: float) -> None:
    assert (fingerprint({"a": one}) == fingerprint({"a": other})) is (one == other)


def test_a_known_fingerprint() -> None:
    # sha256 of {"a":1,"b":["å",0.1,true,null,"2017-01-01"]} in UTF-8
    content = {"b": ("å", 0.1, True, None, dt.date(2017, 1, 1)), "a": 1}
    assert fingerprint(content) == "36c12e746439d8ce6f02d8278a8a53809b8ce01b70d93d78fe0ccae1980e1417"


def test_minus_zero_is_zero_and_an_integer_is_not_a_float() -> None:
    assert fingerprint([-0.0]) == fingerprint([0.0])
    assert fingerprint([1]) != fingerprint([1.0])
    assert fingerprint([1]) != fingerprint([True])


def test_infinity_has_a_fingerprint_and_nan_none() -> None:
    assert fingerprint([float("inf")]) != fingerprint([float("-inf")])
    with pytest.raises(ValueError, match="NaN has no canonical form"):
        fingerprint({"a": [float("nan")]})


@pytest.mark.parametrize("wrong", [{1: 2}, b"bytes", {1, 2}, object(), Status])
def test_what_has_no_canonical_form_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError, match=r"canonical form|must be text"):
        fingerprint(wrong)


def test_sources_and_status_are_data() -> None:
    source = Source("a", "Title", "p. 3", dt.date(2018, 5, 31))
    assert canonical({"s": source, "t": Status.DERIVED}) == {
        "s": {"id": "a", "title": "Title", "where": "p. 3", "date": "2018-05-31", "note": ""},
        "t": "derived",
    }


def test_a_source_is_frozen() -> None:
    source = Source("a", "Title", "p. 3")
    with pytest.raises(dataclasses.FrozenInstanceError):
        source.title = "Other"  # type: ignore[misc]


def test_the_fingerprint_does_not_depend_on_the_hash_seed() -> None:
    code = "from kravsim.provenance import fingerprint; print(fingerprint({'b': 1.5, 'a': ['x', {'y': 2, 'z': 3}]}))"
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout
        for environment in ({"PYTHONPATH": ":".join(sys.path), "PYTHONHASHSEED": seed} for seed in ("0", "7"))
    ]
    assert runs[0] == runs[1] == fingerprint({"a": ["x", {"z": 3, "y": 2}], "b": 1.5}) + "\n"
