"""What a post is looked through for before others read it, and what is done about it.

Four outcomes: publish; flag (published, and put on the desk); hold (a moderator looks first); block
(sent back at once with what to change). Criticism of the government is never a reason for any.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy as accounts_policy
from core import throttle
from core.policy import require
from forum.screening import personal, policy, repetition, score, selectors
from forum.screening.models import Fingerprint, LearntScore, ScoreSwitch, WordRule
from forum.screening.normal import Folded, fold

if TYPE_CHECKING:
    from datetime import date

    from participation.models import Project

PUBLISH, FLAG, HOLD, BLOCK = "publish", "flag", "hold", "block"
_GRAVITY = (PUBLISH, FLAG, HOLD, BLOCK)
MANY_POSTS = 6  # within ten minutes
MOST_FINDINGS = 12
VERSIONS_KEPT = 10  # of the learnt score

_LINK = re.compile(
    r"https?://[^\s/]{1,100}|www\.[^\s/]{1,100}|\b[a-z0-9\-]{1,60}\.(?:com|net|org|id|ly|me|xyz|site"
    r"|online|click|info|shop|link|top|vip|bet)(?:/|\b(?![.@\w]))"
)
_CODES = {"person": "insult", "spam": "spam", "private_data": "private", "off_topic": "off_topic"}


class Finding(TypedDict, total=False):
    """Why a moderator looks: a code (words in the templates), the part of the text, more words."""

    code: str
    excerpt: str
    why: str


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found, the gravest first, and what is done about it."""

    findings: list[Finding]
    action: str
    blocking: tuple[Finding, ...] = ()

    @property
    def holds(self) -> bool:
        return self.action == HOLD

    @property
    def flags(self) -> bool:
        return self.action == FLAG


class Blocked(Exception):
    """The post is sent back to its writer; `sentences` say what to change. Nothing is stored."""

    def __init__(self, screening: Screening) -> None:
        super().__init__(screening.action)
        self.screening = screening

    @property
    def sentences(self) -> list[str]:
        return advice(self.screening.blocking)


def screen(
    *texts: str,
    author: Any,
    project: Project | None = None,
    kind: str,
    post_id: int = 0,
) -> Screening:
    """Look these texts through, in linear time and with a fixed number of queries.

    `kind` and `post_id` name the post when it exists already, so that an edit is no repetition of
    itself. Only word lists and identity numbers block. Repetition is looked for within a project.
    """
    folded = fold("\n".join(texts))
    found: list[tuple[str, Finding]] = []
    found += _listed(folded, project)
    found += _personal(folded)
    if throttle.is_new(author) and (link := _foreign_link(folded)):
        found.append((HOLD, {"code": "link_by_new_account", "excerpt": link, "why": ""}))
    # An office thanks many people in the same words.
    if project is not None and settings.FINGERPRINT_DAYS and not accounts_policy.is_asn(author):
        found += _repeated(folded, author, project, (kind, post_id))
    if (project is None or selectors.uses_score(project)) and (learnt := _scored(folded)):
        found.append((HOLD if throttle.is_new(author) else FLAG, learnt))
    found.sort(key=lambda pair: -_GRAVITY.index(pair[0]))
    return Screening(
        findings=[finding for _action, finding in found[:MOST_FINDINGS]],
        action=found[0][0] if found else PUBLISH,
        blocking=tuple(finding for action, finding in found if action == BLOCK),
    )


def check(*texts: str, author: Any, project: Project, kind: str, post_id: int = 0) -> Screening:
    """Like `screen`; raises Blocked when the text goes back to its writer."""
    screening = screen(*texts, author=author, project=project, kind=kind, post_id=post_id)
    if screening.action == BLOCK:
        raise Blocked(screening)
    return screening


def findings(*texts: str, author: Any) -> list[Finding]:
    """Why a text must wait for a moderator; [] when it need not. For texts outside a discussion."""
    screening = screen(*texts, author=author, kind="")
    return screening.findings if screening.action in (HOLD, BLOCK) else []


@transaction.atomic
def remember(*texts: str, author: Any, project: Project, kind: str, post_id: int) -> None:
    """Keep the marks of a post for some days, in the place of earlier ones of the same post."""
    if not settings.FINGERPRINT_DAYS:
        return
    whole, marks = repetition.marks(fold("\n".join(texts)))
    Fingerprint.objects.filter(kind=kind, post_id=post_id).delete()
    Fingerprint.objects.bulk_create(
        Fingerprint(project=project, author=author, kind=kind, post_id=post_id, mark=mark)
        for mark in {whole, *marks}
    )


def advice(found: Iterable[Finding]) -> list[str]:
    """What the writer should change, a sentence for each thing found; none for what is no fault."""
    sentences: list[str] = []
    for finding in found:
        sentence = _sentence(finding["code"], finding.get("excerpt", ""))
        if sentence and sentence not in sentences:
            sentences.append(sentence)
    return sentences


def _sentence(code: str, excerpt: str) -> str:
    match code:
        case "identity_number" | "family_card":
            return _(
                "Hapus NIK atau nomor KK dari tulisan Anda. Nomor itu bisa disalahgunakan orang."
            )
        case "phone_number":
            return _(
                "Hapus nomor telepon, juga bila milik Anda sendiri. "
                "Petugas bisa menghubungi Anda lewat akun ini."
            )
        case "email":
            return _("Hapus alamat email. Petugas bisa menghubungi Anda lewat akun ini.")
        case "tax_number" | "bank_account":
            return _("Hapus nomor rekening atau NPWP dari tulisan Anda.")
        case "insult":
            return _(
                "Ganti kata “%(word)s”. Kritik setegas apa pun boleh, tanpa menghina orang."
            ) % {"word": excerpt}
        case "spam":
            return _("Hapus bagian “%(word)s”. Iklan tidak tayang di sini.") % {"word": excerpt}
        case "private" | "off_topic":
            return _("Ganti bagian “%(word)s”.") % {"word": excerpt}
        case "link_by_new_account":
            return _("Tautan dari akun yang baru dibuat kami periksa dulu.")
        case "duplicate":
            return _("Tulisan yang sama sudah pernah Anda kirim di proyek ini.")
    return ""


def _listed(folded: Folded, project: Project | None) -> list[tuple[str, Finding]]:
    found: dict[tuple[str, str], tuple[str, Finding]] = {}
    for hit in selectors.lexicon(project).find(folded):
        code = _CODES.get(hit.entry.breaks, "insult")
        excerpt = folded.excerpt(hit.start, hit.end)
        finding: Finding = {"code": code, "excerpt": excerpt, "why": hit.entry.note}
        known = found.get((code, excerpt))
        if known is None or _GRAVITY.index(known[0]) < _GRAVITY.index(hit.entry.list):
            found[(code, excerpt)] = (hit.entry.list, finding)
    return list(found.values())


def _personal(folded: Folded) -> list[tuple[str, Finding]]:
    found: list[tuple[str, Finding]] = []
    for detail in personal.details(folded):
        excerpt = folded.excerpt(detail.start, detail.end)
        found.append((detail.action, {"code": detail.code, "excerpt": excerpt, "why": ""}))
        if len(found) == MOST_FINDINGS:
            break
    return found


def _foreign_link(folded: Folded) -> str:
    """The first link that leads somewhere else than to a public office; "" when there is none."""
    for match in _LINK.finditer(folded.text):
        if not match.group().rstrip("/").endswith(".go.id"):
            return folded.excerpt(match.start(), match.end())
    return ""


def _repeated(
    folded: Folded, author: Any, project: Project, itself: tuple[str, int]
) -> list[tuple[str, Finding]]:
    """The same text again, or many in a short time.

    One's own second time is looked at, the third waits. The same words from several people are a
    campaign, which is allowed: from the third author on a moderator is only told.
    """
    found: list[tuple[str, Finding]] = []
    whole, marks = repetition.marks(folded)
    excerpt = folded.excerpt(0, min(60, len(folded.text))) if folded.text else ""
    if marks or len(folded.text) >= repetition.SHORTEST:
        earlier = selectors.earlier(whole, marks, author=author, project=project, besides=itself)
        if earlier.by_author:
            action = HOLD if earlier.by_author > 1 else FLAG
            found.append((action, {"code": "duplicate", "excerpt": excerpt, "why": ""}))
        elif earlier.other_authors > 1:
            found.append((FLAG, {"code": "copied", "excerpt": excerpt, "why": ""}))
    if selectors.posts_lately(author, besides=itself) >= MANY_POSTS:
        action = HOLD if throttle.is_new(author) else FLAG
        found.append((action, {"code": "pace", "excerpt": excerpt, "why": ""}))
    return found


def _scored(folded: Folded) -> Finding | None:
    verdict = score.judge(selectors.weights(), folded.original)
    if verdict is None:
        return None
    why = ", ".join(f"{feature} ({weight:+.1f})" for feature, weight in verdict.reasons[:5])
    return {"code": "learnt", "excerpt": verdict.reasons[0][0], "why": why}


# --- The lists and the score are looked after ----------------------------------------------------


@transaction.atomic
def save_rule(
    *,
    by: Any,
    phrase: str,
    list: str,
    breaks: str,
    unless: str = "",
    disguised_only: bool = False,
    note: str = "",
    project: Project | None = None,
    valid_from: date | None = None,
    is_active: bool = True,
    rule: WordRule | None = None,
) -> WordRule:
    """Add a word to a list or change one; every process looks for it from the next post on."""
    require(policy.may_edit_rules(by, project))
    if rule is not None:
        require(policy.may_edit_rules(by, rule.project))
    rule = rule or WordRule()
    rule.phrase, rule.list, rule.breaks, rule.unless = phrase, list, breaks, unless
    rule.disguised_only, rule.note, rule.project = disguised_only, note, project
    rule.valid_from = valid_from or timezone.localdate()
    rule.is_active = is_active
    rule.changed_by, rule.changed_at = by, timezone.now()
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:  # a double press: the same word is there already
        return WordRule.objects.get(phrase=phrase, project=project)
    return rule


@transaction.atomic
def learn_score() -> LearntScore | None:
    """Learn from the moderators' decisions; None while there are too few of either kind."""
    newest = selectors.score_in_force()
    since = newest.since if newest else None
    examples = selectors.decided_posts(since)
    names = selectors.city_names()
    weights = score.learn(examples, guarded=names)
    hidden = sum(example.hidden for example in examples)
    if not weights or (newest and (newest.hidden, newest.kept) == (hidden, len(examples) - hidden)):
        return None
    made = LearntScore.objects.create(
        weights=weights,
        hidden=hidden,
        kept=len(examples) - hidden,
        figures=score.measure(examples, guarded=names),
        since=since,
    )
    _forget_versions()
    return made


@transaction.atomic
def reset_score(*, by: Any) -> LearntScore:
    """Forget what was learnt; only decisions from now on are learnt from."""
    require(policy.may_reset_score(by))
    made = LearntScore.objects.create(since=timezone.now(), made_by=by)
    _forget_versions()
    return made


@transaction.atomic
def switch_score(*, project: Project, is_on: bool, by: Any) -> ScoreSwitch:
    """Use the score in a project, or do not."""
    require(policy.may_edit_rules(by, project))
    return ScoreSwitch.objects.create(project=project, is_on=is_on, by=by)


def _forget_versions() -> None:
    kept = LearntScore.objects.order_by("-id").values_list("pk", flat=True)[:VERSIONS_KEPT]
    LearntScore.objects.exclude(pk__in=[*kept]).delete()


def forget_fingerprints() -> int:
    """Delete the marks that are too old to be asked for; how many."""
    oldest = timezone.now() - timedelta(days=settings.FINGERPRINT_DAYS)
    return Fingerprint.objects.filter(at__lt=oldest).delete()[0]
