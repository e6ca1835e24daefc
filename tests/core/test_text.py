"""What people write becomes safe HTML, stays as typed, and bad signs get a sentence."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from core import text

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "javascript:alert(1)",
    '"><svg onload=alert(1)>',
    'http://a.example/"onmouseover=alert(1) ',
    "http://a.example/<script>",
    "[x](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "data:text/html,<script>alert(1)</script>",
]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("make", [text.to_html, text.staff_html])
def test_hostile_text_becomes_harmless(make, hostile):
    html = str(make(hostile)).lower()
    assert "<script" not in html
    assert "<svg" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_plain_text_gets_paragraphs_lines_and_links():
    html = text.to_html("Satu\ndua\n\ntiga https://pontianak.go.id/a?b=1&c=2 <b>")
    assert html == (
        "<p>Satu<br>dua</p>"
        '<p>tiga <a href="https://pontianak.go.id/a?b=1&amp;c=2" rel="nofollow">'
        "https://pontianak.go.id/a?b=1&amp;c=2</a> &lt;b&gt;</p>"
    )


def test_staff_may_use_simple_markdown():
    html = text.staff_html("**Penting**\n\n- satu\n- dua\n\n[peta](https://a.example)")
    assert "<strong>Penting</strong>" in html
    assert html.count("<li>") == 2
    assert 'rel="nofollow ugc"' in html


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("a\x00b", "control"),
        ("a\x07b", "control"),
        ("a\x9fb", "control"),
        ("a\ufffdb", "encoding"),
        ("a\ud800b", "encoding"),
        ("a\u202eb", "direction"),
        ("a\u2066b", "direction"),
        ("x" * 100_000, "long_word"),
    ],
)
def test_signs_that_do_not_belong_in_a_text_are_refused(typed, code):
    with pytest.raises(ValidationError) as refused:
        text.clean(typed)
    assert refused.value.code == code


def test_a_text_is_kept_as_typed_but_for_blanks_and_line_ends():
    assert text.clean("  Café\r\n\r\n\r\n\r\nJl. A  \r") == "Café\n\nJl. A"
    assert text.clean("Cafe\u0301") == "Café"
    assert text.clean("Keluarga 👨‍👩‍👧 نص") == "Keluarga 👨‍👩‍👧 نص"
    assert text.clean_line("satu\n dua\t tiga") == "satu dua tiga"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_no_text_breaks_out_of_the_html(typed):
    try:
        cleaned = text.clean(typed)
    except ValidationError:
        return
    html = str(text.to_html(cleaned))
    for tag in html.split("<")[1:]:
        assert tag.startswith(("p>", "/p>", "br>", "a href=", "/a>")), html
