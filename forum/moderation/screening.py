"""What a post is looked through for before it becomes public. A finding only ever asks a moderator.

Criticism of the government is never a finding: the word list holds insults, not opinions.
"""

import re
from typing import Any, TypedDict

from django.utils import timezone

NEW_ACCOUNT_HOURS = 24

_NUMBER = re.compile(r"(?<!\d)\d{16}(?!\d)")
_PHONE = re.compile(r"(?<!\d)(?:\+?62|0)[ .-]?8\d{1,3}[ .-]?\d{3,4}[ .-]?\d{3,5}(?!\d)")
_LINK = re.compile(r"https?://|www\.|\bbit\.ly/|\bwa\.me/", re.IGNORECASE)
_WORD = re.compile(r"[a-z]+")
_SPELLED = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})

INSULTS = frozenset(
    "anjing anjeng bangsat bajingan goblok tolol kontol memek ngentot jancok pepek kampret".split()
)


class Finding(TypedDict):
    """Why a post waits: a code (words in the templates) and the part of the text that is meant."""

    code: str
    excerpt: str


def findings(*texts: str, author: Any) -> list[Finding]:
    """Everything that a moderator should see before these texts are public, in linear time."""
    text = "\n".join(texts)
    found: list[Finding] = []
    if match := _NUMBER.search(text):
        found.append({"code": "identity_number", "excerpt": match.group()})
    if match := _PHONE.search(text):
        found.append({"code": "phone_number", "excerpt": match.group()})
    age = timezone.now() - author.joined_at
    if age.total_seconds() < NEW_ACCOUNT_HOURS * 3600 and (match := _LINK.search(text)):
        found.append({"code": "link_by_new_account", "excerpt": text[match.start() :][:60]})
    for word in _WORD.findall(text.lower().translate(_SPELLED)):
        if word in INSULTS:
            found.append({"code": "insult", "excerpt": word})
            break
    return found
