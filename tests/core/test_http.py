"""Cursors and numbers from addresses: ours are read, all others are a 404, never an error."""

import contextlib

import pytest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from core.http import decode_cursor, encode_cursor, whole_number


@given(st.integers(min_value=0, max_value=2**63 - 1), st.integers(min_value=0, max_value=2**63 - 1))
def test_a_cursor_comes_back_as_it_went(first, second):
    assert decode_cursor(encode_cursor(first, second), int, int) == (first, second)


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "W10", "é", "W3RydWUsMV0", encode_cursor("1", 2), encode_cursor(1),
     encode_cursor(2**64, 1), encode_cursor([1], 2), "[" * 5000, encode_cursor(None, None)],
)  # fmt: skip
def test_what_is_no_cursor_of_ours_is_not_found(cursor):
    with pytest.raises(Http404):
        decode_cursor(cursor, int, int)


@given(st.text())
def test_no_text_makes_a_cursor_fail_otherwise(cursor):
    with contextlib.suppress(Http404):
        decode_cursor(cursor, str, int)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("12", 12), ("", None), (None, None), ("-1", None), ("1e3", None), ("٣", None),
     ("9" * 18, 10**18 - 1), ("9" * 19, None), ("9" * 4000, None)],
)  # fmt: skip
def test_numbers_from_addresses_fit_the_database(typed, number):
    assert whole_number(typed) == number
