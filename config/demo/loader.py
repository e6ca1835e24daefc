"""Tells the story of a demo city through the services: people, projects, aspirasi, talk, answers.

The story is a queue of events in the order of time. Each is one call of a service that a real
person would have caused, made while the demo's clock stands at its moment; so rules, counters,
revisions and histories come out as they would have. The same city always gives the same story,
seen from today.
"""

import heapq
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult, get_date_max

from accounts import services as accounts
from accounts.models import Person, Unit, Village
from config.demo import answers as demo_answers
from config.demo import content, desk, identity, sessions
from config.demo import discussion as demo_discussion
from config.demo.clock import StoryClock, story_clock
from config.demo.content import Conversation
from config.demo.disposition import Offices
from core.publishing import Visibility
from forum.answers import ratings
from forum.answers import services as answers
from forum.answers.models import OfficialAnswer
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.disposition import services as disposition
from forum.moderation import services as moderation
from forum.moderation.models import Case
from participation import services as participation
from participation.models import Category, Idea, Phase, Project, Stage, Status

PASSWORD = "rembuk-demo"
MAIL_DOMAIN = "demo.rembuk.example"
NOTICE = _("Ini data contoh: orang, tulisan, dan angkanya rekaan.")

# Of the written number of replies, the share that is told: more would make the stock repeat itself.
REPLIES_TOLD = 0.8
# A pseudonymous author among the residents who reply.
PSEUDONYMS = 0.12
MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
)
# In which part of the time a project takes aspirasi one with this status was sent: work that is
# done began early, and what is still open came lately.
SENT_WITHIN = {
    Status.DONE: (0.0, 0.45),
    Status.IN_PROGRESS: (0.3, 0.75),
    Status.PLANNED: (0.2, 0.8),
    Status.DECLINED: (0.15, 0.8),
    Status.OUTSIDE_AUTHORITY: (0.2, 0.8),
    Status.ANSWERED: (0.2, 0.85),
    Status.OPEN: (0.55, 1.0),
}


class NotADemo(Exception):
    """The demo's accounts share a public password: they may only be made in a demo."""


class NotEmpty(Exception):
    """The forum already holds content that is not the demo's."""


@dataclass(frozen=True)
class Loaded:
    """What there is after loading; `new` is False when it already was there."""

    city: str
    new: bool
    counts: dict[str, int]


@dataclass(eq=False)
class Speaker:
    """A person of the demo with how one addresses them: "Bu", "Pak", "Kak"."""

    person: Any
    address: str
    village: Any = None
    traits: frozenset[str] = frozenset()

    @property
    def called(self) -> str:
        return f"{self.address} {self.person.display_name.partition(',')[0]}"


@dataclass(eq=False)
class Told:
    """An aspirasi of the story while it is being told."""

    text: dict[str, Any]
    project: Project
    stages: dict[str, tuple[date, date | None]]
    author: Speaker
    sent: datetime
    idea: Any = None
    answered: datetime | None = None
    worked: datetime | None = None
    answer: OfficialAnswer | None = None
    took_part: dict[Speaker, datetime] = field(default_factory=dict)
    spoke: set[Speaker] = field(default_factory=set)

    @property
    def pseudonym(self) -> bool:
        return bool(self.text.get("pseudonym"))


def load(slug: str) -> Loaded:
    """Fill an empty forum with the demo of a city. A second time changes nothing.

    All or nothing: one transaction. Raises NotADemo outside a demo, NotEmpty when there is other
    content, and what `accounts.services.load_city` raises.
    """
    if not settings.DEMO:
        raise NotADemo
    accounts.load_city(slug)
    if Person.objects.filter(email=f"warga1@{MAIL_DOMAIN}").exists():
        return Loaded(slug, False, counts())
    if Project.objects.exists():
        raise NotEmpty
    with transaction.atomic():
        Story(slug).tell()
    return Loaded(slug, True, counts())


def counts() -> dict[str, int]:
    return {
        "people": Person.objects.filter(email__endswith=f"@{MAIL_DOMAIN}").count(),
        "projects": Project.objects.count(),
        "ideas": Idea.objects.count(),
        "replies": Reply.objects.count(),
        "answers": OfficialAnswer.objects.count(),
        "cases": Case.objects.count(),
    }


class Story:
    """One city's story: who is in it, and the queue of what happens."""

    def __init__(self, slug: str) -> None:
        self.text = content.city(slug)
        self.common = content.common()
        self.stock = content.conversations(slug)
        self.chance = random.Random(f"rembuk {slug}")
        facts = accounts.load_city(slug).city
        self.city_name = facts.name.removeprefix("Kota ")
        self.zone = ZoneInfo(facts.time_zone)
        self.now = timezone.now()
        self.today = timezone.localdate(self.now, self.zone)
        self.villages = {village.name: village for village in Village.objects.all()}
        self.units: dict[str, Unit] = {}
        self.residents: list[Speaker] = []
        self.staff: list[Speaker] = []
        self.moderators: list[Speaker] = []
        self.responders: dict[str, Speaker] = {}
        self.told: list[Told] = []
        self.used: Counter[Conversation] = Counter()
        self.queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self.planned = 0
        self.clock: type[StoryClock]

    def tell(self) -> None:
        with story_clock() as self.clock:
            self.clock.moment = self.now - timedelta(days=240)
            self._make_categories()
            self._make_units()
            self._make_people()
            for text in self.text["projects"]:
                self._plan_project(text)
            self._plan_moderation()
            sessions.plan(self)
            demo_discussion.plan(self)
            identity.plan(self)
            Offices(self).plan()
            while self.queue:
                self.clock.moment, _number, happens = heapq.heappop(self.queue)
                happens()
            self.clock.moment = self.now - timedelta(minutes=15)
            desk.tell(self)
            self.clock.moment = self.now
            demo_answers.finish(self)
        # Jobs of the story begin to wait now: months old, they would look like a worker that died.
        DBTaskResult.objects.ready().update(enqueued_at=timezone.now(), run_after=get_date_max())

    # --- Time -------------------------------------------------------------------------------------

    def at(self, moment: datetime, happens: Callable[..., Any], *arguments: Any) -> None:
        """Put an event into the queue. What shares a moment happens in the order of planning."""
        self.planned += 1
        heapq.heappush(self.queue, (moment, self.planned, lambda: happens(*arguments)))

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def local(self, day: date, hour: float) -> datetime:
        return datetime.combine(day, time(0), tzinfo=self.zone) + timedelta(hours=hour)

    def awake(self, moment: datetime) -> datetime:
        """The same moment, or the morning after when people sleep."""
        local = moment.astimezone(self.zone)
        if local.hour >= 23:
            return self.local(local.date() + timedelta(days=1), 6 + 3 * self.chance.random())
        if local.hour < 5:
            return self.local(local.date(), 5.5 + 3 * self.chance.random())
        return moment

    def at_work(self, moment: datetime, days: int = 0) -> datetime:
        """A moment in office hours, `days` working days after `moment`."""
        day = moment.astimezone(self.zone).date()
        while days or day.weekday() > 4:
            day += timedelta(days=1)
            days -= 1 if day.weekday() < 5 and days else 0
        found = self.local(day, 8 + 7 * self.chance.random())
        return found if found > moment else self.at_work(moment, 1)

    def between(self, start: datetime, end: datetime, *, mean_days: float) -> datetime:
        """A waking moment from `start` on, more likely soon than late, before `end`."""
        room = max(end - start, timedelta(minutes=2))
        wait = timedelta(days=self.chance.expovariate(1 / mean_days))
        if wait >= room:
            wait = room * self.chance.uniform(0.05, 0.95)
        moment = self.awake(start + wait)
        return moment if moment < end else start + room * self.chance.uniform(0.05, 0.95)

    def key(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    # --- Who is there -----------------------------------------------------------------------------

    def _make_categories(self) -> None:
        for position, row in enumerate(self.common["categories"], start=1):
            Category.objects.update_or_create(
                slug=row["slug"], defaults={**row, "position": position}
            )

    def _make_units(self) -> None:
        for position, row in enumerate(self.text["units"], start=100):
            Unit.objects.get_or_create(slug=row["slug"], defaults={**row, "position": position})
        self.units = {unit.slug: unit for unit in Unit.objects.all()}

    def _make_people(self) -> None:
        for number, row in enumerate(self.text["people"], start=1):
            village = self.villages[row["village"]]
            person = self._make_person(f"warga{number}", row["name"], village)
            self.residents.append(
                Speaker(person, row["address"], village, frozenset(row["traits"]))
            )
        for row in self.text["staff"]:
            speaker = Speaker(self._make_person(row["email"], row["name"]), row["address"])
            self.staff.append(speaker)
            self._make_officer(speaker, row)
        # One hash for all: hashing sixty times the same password takes a minute of this command.
        Person.objects.filter(email__endswith=f"@{MAIL_DOMAIN}").update(
            password=make_password(PASSWORD)
        )

    def _make_person(self, mailbox: str, name: str, village: Any = None) -> Person:
        return accounts.create_person(
            email=f"{mailbox}@{MAIL_DOMAIN}",
            display_name=name,
            village_code=village.code if village else None,
            email_verified=True,
        )

    def _make_officer(self, speaker: Speaker, row: dict[str, Any]) -> None:
        accounts.set_staff_profile(
            person=speaker.person, unit=self.units[row["unit"]], position=row["position"]
        )
        role, scope = row.get("role"), row.get("scope")
        if role:
            accounts.grant_role(
                person=speaker.person, role=role, unit=self.units[scope] if scope else None, by=None
            )
        if role == "moderator":
            self.moderators.append(speaker)
        elif role == "responder" and scope:
            self.responders[scope] = speaker

    def _writer(self, text: dict[str, Any], *, staff_only: bool, unit: str) -> Speaker:
        """Who could have written this: the traits fit, and better still the kelurahan does."""
        if staff_only:
            return self.chance.choice(
                [s for s in self.staff if s not in (self.responders[unit], *self.moderators)]
            )
        traits = set(text.get("traits", ()))
        fits = [s for s in self.residents if traits <= s.traits] or self.residents
        rare = {"kursiroda", "tunanetra"} - traits
        fits = [s for s in fits if not s.traits & rare] or fits
        if not traits:
            fits = [s for s in fits if "pedagang" not in s.traits] or fits
        near = [s for s in fits if s.village.name == text["village"]]
        return self.chance.choice(near or fits)

    # --- Projects and aspirasi --------------------------------------------------------------------

    def _plan_project(self, text: dict[str, Any]) -> None:
        village = self.villages.get(text.get("village", ""))
        stages = {
            row["stage"]: (
                self.day(row["starts"]),
                None if row["ends"] is None else self.day(row["ends"]),
            )
            for row in text["phases"]
        }
        project = Project.objects.create(
            **{
                name: text[name]
                for name in ("slug", "title", "summary", "description", "kind", "budget")
            },
            unit=self.units[text["unit"]],
            staff_only=text.get("staff_only", False),
            village=village,
            place=text.get("place", ""),
            latitude=float(village.latitude) if village else None,
            longitude=float(village.longitude) if village else None,
            opened_on=stages[Stage.PROPOSAL][0],
        )
        Phase.objects.bulk_create(
            Phase(
                project=project,
                stage=row["stage"],
                starts_on=stages[row["stage"]][0],
                ends_on=stages[row["stage"]][1],
                note=row["note"],
            )
            for row in text["phases"]
        )
        project = Project.objects.prefetch_related("phases").get(pk=project.pk)
        for idea in text["ideas"]:
            self._plan_idea(idea, project, stages, staff_only=project.staff_only, unit=text["unit"])

    def _plan_idea(
        self,
        text: dict[str, Any],
        project: Project,
        stages: dict[str, tuple[date, date | None]],
        *,
        staff_only: bool,
        unit: str,
    ) -> None:
        told = Told(
            text=text,
            project=project,
            stages=stages,
            author=self._writer(text, staff_only=staff_only, unit=unit),
            sent=self.now,
        )
        told.sent = self._when_sent(told)
        self.told.append(told)
        self.at(told.sent, self._submit, told)
        if "moderation" in text:
            return
        if "answer" in text:
            days = self.chance.choice([1, 1, 1, 2, 2, 3, 3, 4, 6])
            told.answered = self.at_work(told.sent, days)
            self.at(told.answered, self._answer, told, days)
        self._plan_progress(told)
        self._plan_support(told)
        self._plan_discussion(told)

    def _takes_until(self, told: Told, *stages: str) -> datetime:
        """The last moment of these stages that has already passed, short of now."""
        ends = [told.stages[stage][1] for stage in stages if stage in told.stages]
        last = max((end for end in ends if end), default=self.today)
        return min(self.local(last, 21.5), self.now - timedelta(minutes=4))

    def _when_sent(self, told: Told) -> datetime:
        first = self.local(told.stages[Stage.PROPOSAL][0], 9)
        last = self._takes_until(told, Stage.PROPOSAL, Stage.DISCUSSION)
        outcome = told.text.get("moderation", {}).get("outcome")
        if outcome == "held":
            # Fresh on the desk, so that the time to decide has not run out yet.
            return self.now - timedelta(minutes=self.chance.randint(12, 105))
        if outcome == "hidden":
            share = self.chance.uniform(0.3, 0.8)
        else:
            low, high = SENT_WITHIN[told.text["status"]]
            spread = self.chance.random()
            share = low + (high - low) * (spread**0.5 if low > 0.5 else spread)
        moment = self.awake(first + (last - first) * share)
        return min(moment, last - timedelta(minutes=self.chance.randint(1, 40)))

    def _submit(self, told: Told) -> None:
        text = told.text
        village = self.villages[text["village"]]
        shift = (lambda: self.chance.uniform(-0.002, 0.002)) if text.get("on_map") else None
        told.idea = moderation.submit_idea(
            author=told.author.person,
            project=told.project,
            draft=participation.IdeaDraft(
                title=text["title"],
                body=text["body"],
                category_id=text["category"],
                village_id=village.code,
                place=text["place"],
                latitude=round(float(village.latitude) + shift(), 6) if shift else None,
                longitude=round(float(village.longitude) + shift(), 6) if shift else None,
                shown_as="pseudonym" if told.pseudonym else "name",
            ),
            client_key=self.key(),
        )
        if told.idea.visibility == Visibility.HELD and "moderation" not in text:
            # The word list stopped an innocent post: a moderator lets it through.
            self.at(self.clock.moment + timedelta(minutes=25), self._rule, told, "publish")

    # --- Support, answers, progress ---------------------------------------------------------------

    def _plan_support(self, told: Told) -> None:
        crowd = self.staff if told.project.staff_only else self.residents
        crowd = [speaker for speaker in crowd if speaker is not told.author]
        start = told.sent + timedelta(minutes=40)
        end = self._takes_until(told, Stage.PROPOSAL, Stage.DISCUSSION)
        if end <= start:
            return
        wanted = min(told.text.get("supports", 0), len(crowd))
        # What was sent an hour ago has not been read by the whole city yet.
        wanted = min(wanted, 3 + int((end - start) / timedelta(hours=4)))
        for speaker in self.chance.sample(crowd, wanted):
            moment = self.between(start, end, mean_days=7)
            told.took_part[speaker] = moment
            self.at(moment, self._support, told, speaker)

    def _support(self, told: Told, speaker: Speaker) -> None:
        participation.support(idea=told.idea, person=speaker.person)

    def _answer(self, told: Told, days: int) -> None:
        text = told.text["answer"]
        officer = self.responders[told.project.unit.slug]
        status = told.text["status"]
        told.answer = answers.publish_answer(
            idea=told.idea,
            officer=officer.person,
            body=self._fill(text["body"], told, to=told.author, hidden=told.pseudonym),
            promises=[self._promise(row, told) for row in text["promises"]],
            status=Status.PLANNED if status in (Status.IN_PROGRESS, Status.DONE) else status,
        )
        demo_answers.plan_promises(self, told.answer)
        self._plan_ratings(told, days)

    def _promise(self, row: dict[str, Any], told: Told) -> answers.Promise:
        """What is not possible is told with its reason: the part after "karena"."""
        text = self._fill(row["text"], told, to=told.author, hidden=told.pseudonym)
        reason = ""
        if row["kind"] == "not_possible":
            text, _comma, reason = text.partition(", karena ")
            reason = reason[:1].upper() + reason[1:] or "Alasannya ada dalam jawaban di atas."
        return answers.Promise(row["kind"], text, due_on=self._due(row, told), reason=reason)

    def _due(self, promise: dict[str, Any], told: Told) -> date | None:
        """The promised day. Of what is not done yet most lies ahead; one in six is late."""
        if "due_in_days" not in promise:
            return None
        due = timezone.localdate(self.clock.moment, self.zone)
        due += timedelta(days=promise["due_in_days"])
        waits = promise["kind"] == "planned" and told.text["status"] != Status.DONE
        if waits and due <= self.today and self.chance.random() > 1 / 6:
            due = self.day(self.chance.randint(9, 70))
        return _working_day(due)

    def _plan_progress(self, told: Told) -> None:
        """The steps of work after the answer, or without one."""
        status, text = told.text["status"], told.text
        if (
            status not in (Status.PLANNED, Status.IN_PROGRESS, Status.DONE)
            or "progress" not in text
        ):
            return
        start = told.answered or self.at_work(told.sent, self.chance.randint(1, 4))
        room = self.now - timedelta(hours=5) - start
        if status == Status.PLANNED:
            moment = start + min(timedelta(days=self.chance.uniform(2, 9)), room * 0.9)
            self.at(moment, self._move_on, told, status, text["progress"])
            return
        told.worked = start + min(timedelta(days=self.chance.uniform(2, 7)), room * 0.5)
        if status == Status.IN_PROGRESS:
            self.at(told.worked, self._move_on, told, status, text["progress"])
            return
        self.at(told.worked, self._move_on, told, Status.IN_PROGRESS, "Pekerjaan dimulai.")
        promised = [row.get("due_in_days", 0) for row in text.get("answer", {}).get("promises", ())]
        days = max([12, *promised]) * self.chance.uniform(0.8, 1.0)
        finished = start + min(timedelta(days=days), room * 0.92)
        self.at(finished, self._move_on, told, Status.DONE, text["progress"])
        told.worked = finished

    def _move_on(self, told: Told, status: str, reason: str) -> None:
        disposition.change_status(
            idea=told.idea,
            status=status,
            by=self.responders[told.project.unit.slug].person,
            reason=self._fill(reason, told, to=told.author, hidden=told.pseudonym),
        )
        if status == Status.DONE:
            demo_answers.keep_promises(told.idea, self.responders[told.project.unit.slug].person)

    def _plan_ratings(self, told: Told, days: int) -> None:
        """Those who took part rate the answer; often too few for a figure to be shown."""
        asked = [told.author, *sorted(told.took_part, key=lambda s: s.person.pk)]
        asked = [speaker for speaker in asked if speaker in self.residents]
        share = self.chance.choice([0.0, 0.08, 0.2, 0.35, 0.5, 0.6])
        worth = self.chance.uniform(2.9, 3.7)
        if told.text["status"] == Status.DECLINED:
            worth -= 0.6
        usual = {
            "clear": worth,
            "helpful": worth - 0.2,
            "timely": worth + 0.4 - 0.15 * days,
            "courteous": worth + 0.3,
        }
        for speaker in asked:
            if self.chance.random() >= share:
                continue
            scores = {
                aspect: (
                    None
                    if self.chance.random() < 0.07
                    else min(4, max(1, round(self.chance.gauss(mean, 0.6))))
                )
                for aspect, mean in usual.items()
            }
            since = max(told.took_part.get(speaker, told.sent), self.clock.moment)
            moment = self.between(since + timedelta(minutes=1), self.now, mean_days=3)
            self.at(moment, self._rate, told, speaker, scores)

    def _rate(self, told: Told, speaker: Speaker, scores: dict[str, int | None]) -> None:
        assert told.answer is not None
        ratings.rate_answer(
            answer=told.answer,
            person=speaker.person,
            scores=scores,
            comment=demo_answers.comment_of(scores),
            took_part=True,
        )

    # --- Discussion -------------------------------------------------------------------------------

    def _plan_discussion(self, told: Told) -> None:
        """Conversations from the stock until the aspirasi has about its number of replies."""
        end = self._takes_until(
            told, Stage.PROPOSAL, Stage.DISCUSSION, Stage.DECISION, Stage.IMPLEMENTATION
        )
        wanted = round(told.text.get("replies", 0) * REPLIES_TOLD)
        chosen: set[Conversation] = set()
        while wanted > 0:
            conversation = self._choose(told, chosen)
            if conversation is None:
                return
            chosen.add(conversation)
            self.used[conversation] += 1
            wanted -= self._plan_conversation(told, conversation, end)

    def _choose(self, told: Told, chosen: set[Conversation]) -> Conversation | None:
        """A conversation that fits, rather one that is unused; in this thread each only once."""
        themes = ["inovasi"] if told.project.staff_only else [*told.text.get("themes", ()), "umum"]

        def fits(conversation: Conversation) -> bool:
            past = {"": told.sent, "answer": told.answered, "work": told.worked}
            return (
                conversation.theme in themes
                and conversation not in chosen
                and past[conversation.after] is not None
            )

        found = [conversation for conversation in self.stock if fits(conversation)]
        if not found:
            return None
        closeness = dict.fromkeys(themes, 0.2) | {themes[0]: 0.6}

        def worn(conversation: Conversation) -> float:
            closer = closeness[conversation.theme]
            return self.used[conversation] - closer + self.chance.random() / 2

        return min(found, key=worn)

    def _plan_conversation(self, told: Told, conversation: Conversation, end: datetime) -> int:
        past = {"": told.sent, "answer": told.answered, "work": told.worked}
        start = past[conversation.after] or told.sent
        moment = self.between(start + timedelta(minutes=45), end, mean_days=5)
        cast: dict[str, tuple[Speaker, bool]] = {
            "P": (told.author, told.pseudonym),
            "ASN": (self.responders[told.project.unit.slug], False),
        }
        first: list[Reply] = []
        before = cast["P"]
        lines = 0
        for line in conversation.lines:
            if line.by not in cast:
                cast[line.by] = self._passer_by(told, line.trait, cast)
            speaker, hidden = cast[line.by]
            if lines:
                moment = self._later(moment, at_work=line.by == "ASN")
            if moment >= end:
                break
            body = self._fill(line.text, told, to=before[0], hidden=before[1])
            self.at(moment, self.reply, told, speaker, body, hidden, first)
            if line.by not in ("P", "ASN"):
                told.took_part.setdefault(speaker, moment)
            before = cast[line.by]
            lines += 1
        return max(lines, 1)

    def _later(self, moment: datetime, *, at_work: bool) -> datetime:
        if at_work:
            return self.at_work(moment + timedelta(minutes=20), self.chance.choice([0, 0, 1]))
        return self.awake(moment + timedelta(minutes=self.chance.randint(9, 500)))

    def _passer_by(
        self, told: Told, trait: str, cast: dict[str, tuple[Speaker, bool]]
    ) -> tuple[Speaker, bool]:
        taken = {speaker for speaker, _hidden in cast.values()}
        crowd = self.staff if told.project.staff_only else self.residents
        fits = [s for s in crowd if s not in taken and (not trait or trait in s.traits)]
        fits = [s for s in fits if s not in told.spoke] or fits
        near = [s for s in fits if s.village and s.village.name == told.text["village"]]
        speaker = self.chance.choice(near if near and self.chance.random() < 0.25 else fits)
        told.spoke.add(speaker)
        hidden = not told.project.staff_only and self.chance.random() < PSEUDONYMS
        return speaker, hidden

    def reply(
        self, told: Told, speaker: Speaker, body: str, hidden: bool, first: list[Reply]
    ) -> None:
        reply = discussion.submit_reply(
            author=speaker.person,
            idea=told.idea,
            body=body,
            client_key=self.key(),
            parent=first[0] if first else None,
            shown_as="pseudonym" if hidden else "name",
        )
        if not first:
            first.append(reply)

    def _fill(self, text: str, told: Told, *, to: Speaker, hidden: bool) -> str:
        """Put names and days into a text. Whoever writes without a name is never named."""
        if "{" not in text:
            return text
        village = to.village.name if to.village else told.text["village"]
        you = {"Bu": "Ibu", "Pak": "Bapak"}.get("" if hidden else to.address, "Anda")
        today = timezone.localdate(self.clock.moment, self.zone)

        def day(match: re.Match[str]) -> str:
            found = today + timedelta(days=int(match[1]))
            return f"{found.day} {MONTHS[found.month - 1]}"

        return re.sub(r"\{tgl([+-]\d+)\}", day, text).format(
            sapa=f"Warga {village}" if hidden else to.called,
            panggil=you,
            Panggil=you,
            kelurahan=told.text["village"],
            kota=self.city_name,
        )

    # --- Moderation -------------------------------------------------------------------------------

    def _plan_moderation(self) -> None:
        """What was reported and decided, and what still lies on the desk today."""
        for told in self.told:
            rule = told.text.get("moderation", {}).get("rule")
            if rule:
                self.at(told.sent + timedelta(minutes=50), self._judge, told, rule)
        talked = [
            told
            for told in self.told
            if "moderation" not in told.text
            and not told.project.staff_only
            and (told.stages[Stage.DISCUSSION][1] or self.today) >= self.today
            and told.sent < self.now - timedelta(days=6)
        ]
        self._plan_unfounded_flags(talked)
        self._plan_bad_replies(talked)

    def _plan_unfounded_flags(self, talked: list[Told]) -> None:
        """Reports of criticism: kept by the moderators, the last two not decided yet."""
        sharp = [
            told for told in talked if told.pseudonym or told.text["status"] == Status.ANSWERED
        ]
        notes = self.common["unfounded_flags"]
        for number, told in enumerate(self.chance.sample(sharp, min(6, len(sharp)))):
            waiting = number >= 4
            first = (
                self.now - timedelta(minutes=self.chance.randint(15, 80))
                if waiting
                else self.between(told.sent + timedelta(hours=3), self.now, mean_days=3)
            )
            for place in range(1 + number % 2):
                reason, note = notes[(number + place) % len(notes)]
                moment = first + timedelta(minutes=3 * place)
                self.at(moment, self._flag, told, None, reason, note)
            if not waiting:
                message = self.common["keeping_messages"][number % 3]
                self.at(first + timedelta(minutes=70), self._rule, told, "keep", "", message)

    def _plan_bad_replies(self, talked: list[Told]) -> None:
        """Replies that were hidden, that wait, that were changed, that were taken back."""
        busy = sorted(talked, key=lambda told: -told.text.get("replies", 0))
        for place, (rule, body) in enumerate(self.common["replies_to_hide"]):
            told = busy[place]
            moment = self.between(
                told.sent + timedelta(days=1), self.now - timedelta(hours=4), mean_days=4
            )
            self.at(moment, self._bad_reply, told, body, rule)
        for place, body in enumerate(self.common["replies_held"]):
            moment = self.now - timedelta(minutes=self.chance.randint(8, 95))
            self.at(moment, self._bad_reply, busy[place], body, "")
        for place, (old, new) in enumerate(self.common["replies_edited"]):
            self.at(self._lately(busy[place]), self._edited_reply, busy[place], old, new)
        for place, body in enumerate(self.common["replies_withdrawn"]):
            self.at(self._lately(busy[place]), self._withdrawn_reply, busy[place], body)

    def _lately(self, told: Told) -> datetime:
        start = told.sent + timedelta(hours=5)
        return self.between(start, self.now - timedelta(hours=1), mean_days=4)

    def _judge(self, told: Told, rule: str) -> None:
        """A bad aspirasi is reported unless the screening already held it; a moderator hides it."""
        if told.idea.is_published:
            for note in self.common["flag_notes"][rule]:
                self._flag(told, None, rule, note)
        message = self.common["hiding_messages"][rule]
        wait = timedelta(minutes=self.chance.randint(15, 80))
        self.at(self.clock.moment + wait, self._rule, told, "hide", rule, message)

    def _bad_reply(self, told: Told, body: str, rule: str) -> None:
        reply = self._resident_reply(told, body)
        if not rule:
            return
        if reply.is_published:
            for note in self.common["flag_notes"][rule]:
                self._flag(told, reply, rule, note)
        message = self.common["hiding_messages"][rule]
        wait = timedelta(minutes=self.chance.randint(15, 90))
        self.at(self.clock.moment + wait, self._rule, reply, "hide", rule, message)

    def _edited_reply(self, told: Told, old: str, new: str) -> None:
        reply = self._resident_reply(told, old)
        self.clock.moment += timedelta(minutes=6)
        reply.refresh_from_db(fields=["visibility", "version"])
        discussion.edit_reply(reply=reply, by=reply.author, body=new, seen_version=reply.version)

    def _withdrawn_reply(self, told: Told, body: str) -> None:
        reply = self._resident_reply(told, body)
        self.clock.moment += timedelta(minutes=2)
        discussion.withdraw_reply(reply=reply, by=reply.author)

    def _resident_reply(self, told: Told, body: str) -> Reply:
        writer = self.chance.choice([s for s in self.residents if s is not told.author])
        return discussion.submit_reply(
            author=writer.person, idea=told.idea, body=body, client_key=self.key()
        )

    def _flag(self, told: Told, reply: Reply | None, reason: str, note: str) -> None:
        target = reply or told.idea
        crowd = [s for s in self.residents if s.person.pk != target.author_id]
        reader = self.chance.choice(crowd)
        moderation.flag(target=target, person=reader.person, reason=reason, note=note)

    def _rule(self, post: Told | Reply, decision: str, rule: str = "", message: str = "") -> None:
        """A moderator decides the open case of a post."""
        where = {"idea": post.idea} if isinstance(post, Told) else {"reply": post}
        case = Case.objects.select_related("project", "idea", "reply").get(
            **where, state=Case.State.OPEN
        )
        moderator = self.chance.choice(self.moderators)
        moderation.rule(
            case=case,
            seen_version=case.version,
            decision=decision,
            by=moderator.person,
            rule=rule,
            message=message,
        )
        if isinstance(post, Told):
            post.idea.refresh_from_db(fields=["visibility", "published_at", "revision"])


def _working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend: nobody works on what is due on a Sunday."""
    return day - timedelta(days=max(0, day.weekday() - 4))
