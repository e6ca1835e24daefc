"""Where the code touches a person's name: a table, so that a new place is looked at by somebody."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "config", "core", "forum", "notifications", "participation", "templates")

# Whose name it is. The author of a post may be named in the first two only.
NAMES = {
    "participation/identity.py": "the author, as chosen: everything else asks it",
    "forum/identity/services.py": "the author, to who opened the identity, once",
    "accounts/admin.py": "accounts, to city admins",
    "accounts/forms.py": "one's own",
    "accounts/models.py": "the field",
    "accounts/services.py": "one's own",
    "accounts/views.py": "one's own",
    "config/demo/loader.py": "made-up people",
    "config/demo/volume.py": "made-up people",
    "config/management/commands/load_demo.py": "made-up people",
    "forum/identity/selectors.py": "who opened identities, to auditors",
    "forum/identity/views.py": "who opened identities, to auditors",
    "forum/notify/sources.py": "who opened identities, to auditors",
    "forum/sessions/forms.py": "officers to choose from",
    "templates/403.html": "one's own",
    "templates/account/signup.html": "one's own",
    "templates/accounts/profile.html": "one's own",
    "templates/base.html": "one's own",
    "templates/emails/news.html": "one's own",
    "templates/emails/news.txt": "one's own",
    "templates/forum/_official.html": "the officer who answers",
    "templates/forum/_ticket.html": "the moderator who decided",
    "templates/forum/answer.html": "the officer who answered",
    "templates/forum/desk.html": "the moderator who decided",
    "templates/forum/idea.html": "the moderator who decided",
    "templates/forum/identity_log.html": "who opened identities, to auditors",
    "templates/forum/reply_detail.html": "the moderator who decided",
    "templates/forum/sessions/_head.html": "the officers of the session",
    "templates/forum/sessions/_question.html": "the officer who answers",
    "templates/forum/sessions/_ticket.html": "the officer who answers",
    "templates/forum/sessions/desk.html": "the officer who answers, who changed it",
}
AUTHOR = re.compile(r"\bauthor\.(?!pk\b|joined_at\b)\w+|\bauthor\|")


def sources():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_every_place_that_names_somebody_is_in_the_table():
    """A new one: of the author of a post? Then `post|shown_author`. Else say here whose it is."""
    found = {path for path, text in sources() if "display_name" in text}
    assert found - set(NAMES) == set(), "say whose name it is"
    assert set(NAMES) - found == set(), "these name nobody any more"


def test_nothing_else_of_an_author_is_asked_for():
    """Not the address, the kelurahan, the initials; `bergabung` on the desk only where named."""
    allowed = {"participation/identity.py", "forum/identity/services.py"}
    found = {
        (path, match.group())
        for path, text in sources()
        if path not in allowed and not path.startswith("config/demo/")
        for match in AUTHOR.finditer(text)
    }
    assert found == set()
