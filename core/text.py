"""What people write: checked when it comes in, made into safe HTML once. The only `mark_safe`.

Residents write plain text: it is escaped, addresses become links, blank lines make paragraphs.
Staff may write simple Markdown: markdown-it-py without raw HTML, then bleach's allow-list, then
nh3. bleach has reached the end of its life; nh3 behind it and the content security policy behind
both are what a hostile text would still have to pass. A swap of either concerns this file only.
"""

import re
import unicodedata
from collections.abc import Iterable

import bleach
import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

LONGEST_WORD = 300

# Marks that turn the direction of writing: they can make a text read as something else.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INVISIBLE_LINE = re.compile("[\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")

STAFF_TAGS = frozenset(
    ["p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "h3", "h4", "code", "hr"]
)


def clean(value: str) -> str:
    """Bring a text to its stored form: NFC, Unix line ends, no blanks at the ends.

    Raises ValidationError with a sentence for the writer when it holds signs that do not belong
    in a text: control characters, broken encoding, hidden direction marks, endless words.
    """
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    value = _INVISIBLE_LINE.sub("\n", value)
    if _CONTROL.search(value):
        raise ValidationError(
            _("Ada karakter tersembunyi yang tidak bisa disimpan. Ketik ulang bagian itu."),
            code="control",
        )
    if "\ufffd" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValidationError(
            _("Ada huruf yang rusak saat dikirim. Ketik ulang bagian yang bertanda �."),
            code="encoding",
        )
    if _DIRECTION.search(value):
        raise ValidationError(
            _("Ada tanda pembalik arah tulisan. Hapus lalu ketik ulang bagian itu."),
            code="direction",
        )
    value = _BLANK_LINES.sub("\n\n", value.strip())
    if any(len(word) > LONGEST_WORD for word in value.split()):
        raise ValidationError(
            _("Ada kata yang terlalu panjang (lebih dari %(number)s huruf). Beri spasi.")
            % {"number": LONGEST_WORD},
            code="long_word",
        )
    return value


def clean_line(value: str) -> str:
    """Like `clean`, for a text of one line: line ends become blanks."""
    return " ".join(clean(value).split())


def to_html(text: str, *, names: Iterable[str] = ()) -> SafeString:
    """A resident's plain text as HTML: escaped, with links and paragraphs.

    `names` are those in the text, each after an "@", that name somebody: they stand out.
    """
    linked = str(urlize(text, nofollow=True, autoescape=True))
    for name in sorted(set(names), key=len, reverse=True):
        # Only after a blank or at a beginning: an address may hold the same signs.
        mark = rf"(?<![^\s>])(?<!<b>)@({re.escape(escape(name))})(?!\w)"
        linked = re.sub(mark, r"<b>@\1</b>", linked)
    paragraphs = [part.replace("\n", "<br>") for part in re.split(r"\n{2,}", linked)]
    return mark_safe("".join(f"<p>{part}</p>" for part in paragraphs if part))


def staff_html(text: str) -> SafeString:
    """A civil servant's Markdown as HTML, through two allow-lists."""
    rendered = MarkdownIt("commonmark", {"html": False, "linkify": False}).render(text)
    listed = bleach.clean(rendered, tags=STAFF_TAGS, attributes={"a": ["href"]}, strip=True)
    return mark_safe(
        nh3.clean(
            listed,
            tags=set(STAFF_TAGS),
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="nofollow ugc",
        )
    )


def stored_html(html: str) -> SafeString:
    """HTML that `to_html` or `staff_html` made and the database kept."""
    return mark_safe(html)
