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
    "accounts/selectors.py": "staff, in order",
    "accounts/services.py": "one's own",
    "accounts/views.py": "one's own",
    "config/demo/desk.py": "made-up people",
    "config/demo/discussion.py": "made-up people",
    "config/demo/loader.py": "made-up people",
    "config/demo/volume.py": "made-up people",
    "config/management/commands/load_demo.py": "made-up people",
    "forum/discussion/mentions.py": "who replied by name in public, to call them by it",
    "forum/disposition/forms.py": "colleagues, to the staff",
    "forum/disposition/selectors.py": "colleagues, in order",
    "forum/identity/selectors.py": "who opened identities, to auditors",
    "forum/identity/views.py": "who opened identities, to auditors",
    "forum/moderation/selectors.py": "moderators at the desk, in order",
    "forum/moderation/views.py": "the moderator who holds a case",
    "forum/notify/sources.py": "who drafted, noted or opened identities, to the staff",
    "forum/sessions/forms.py": "officers who may answer",
    "templates/403.html": "one's own",
    "templates/account/signup.html": "one's own",
    "templates/accounts/profile.html": "one's own",
    "templates/base.html": "one's own",
    "templates/emails/news.html": "one's own",
    "templates/emails/news.txt": "one's own",
    "templates/forum/_answer_drafts.html": "the officer who drafted",
    "templates/forum/_desk_queues.html": "moderators at the desk",
    "templates/forum/_draft_steps.html": "the officers who drafted and checked",
    "templates/forum/_hold.html": "moderators at the desk",
    "templates/forum/_official.html": "the officer who answers",
    "templates/forum/_ticket.html": "the moderator who decided",
    "templates/forum/answer.html": "the officers who drafted and answered",
    "templates/forum/answer_draft.html": "the officer who drafted",
    "templates/forum/answer_templates.html": "the officer who wrote the template",
    "templates/forum/answer_versions.html": "the officer who answered",
    "templates/forum/comment.html": "the moderator who decided",
    "templates/forum/desk.html": "the moderators who decide",
    "templates/forum/idea.html": "the moderator who decided",
    "templates/forum/identity_log.html": "who opened identities, to auditors",
    "templates/forum/reply_detail.html": "the moderator who decided",
    "templates/forum/sessions/_head.html": "officers who answer",
    "templates/forum/sessions/_question.html": "the officer who answers",
    "templates/forum/sessions/_ticket.html": "the officer who answers",
    "templates/forum/sessions/desk.html": "officers and moderators of the session",
    "templates/forum/task.html": "the staff who work on it",
    "templates/forum/tasks.html": "the officer who works on it",
    "templates/forum/word_rule.html": "who changed the word list",
}
# Of the author of a post, not of a draft or a note: those are the staff's. Whether the account is
# suspended names nobody; moderators read it without a name beside it.
AUTHOR = re.compile(
    r"(?<!draft\.)(?<!note\.)\bauthor\.(?!(?:pk|joined_at|is_suspended|suspended_until)\b)\w+"
    r"|\bauthor\|"
)


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
    """Not the address, the kelurahan, the initials, the day on which the account was made."""
    allowed = {
        "participation/identity.py",
        "forum/identity/services.py",
        "forum/sessions/rendering.py",  # questions, as their authors chose
        "templates/forum/sessions/_question.html",  # the kelurahan, only of who is named
    }
    found = {
        (path, match.group())
        for path, text in sources()
        if path not in allowed and not path.startswith("config/demo/")
        for match in AUTHOR.finditer(text)
    }
    assert found == set()
