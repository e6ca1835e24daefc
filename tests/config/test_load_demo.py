"""The demo of a city: rich enough to look at, consistent in every number, loaded once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings
from django.utils import timezone

from accounts.models import Person, Role, RoleGrant, StaffProfile
from config.demo import content, loader
from core.background import oldest_ready
from core.publishing import Visibility
from forum.answers.models import Commitment, OfficialAnswer
from forum.discussion.models import Reply
from forum.moderation.models import Case, Flag, Ruling
from participation import selectors
from participation.models import Category, Idea, Project, Stage, Status

ANYBODY = AnonymousUser()


# These come first: they look at a forum in which the demo is not loaded yet.


def test_outside_a_demo_nothing_is_loaded(db):
    with pytest.raises(CommandError, match="password"):
        call_command("load_demo", city="pontianak")
    assert not Person.objects.exists()


def test_a_forum_with_projects_of_its_own_is_left_alone(settings, make_project):
    settings.DEMO = True
    make_project()
    with pytest.raises(CommandError, match="another database"):
        call_command("load_demo", city="pontianak")
    assert Project.objects.count() == 1


def test_another_city_is_refused(settings, city):
    settings.DEMO = True
    with pytest.raises(CommandError, match="Kota Pontianak"):
        call_command("load_demo", city="salatiga")


@pytest.mark.parametrize("slug", ["pontianak", "salatiga", "tanjungbalai"])
def test_the_written_content_of_every_city_is_complete(slug):
    projects = content.city(slug)["projects"]
    ideas = [idea for project in projects for idea in project["ideas"]]
    statuses = Counter(idea["status"] for idea in ideas if "status" in idea)
    answered = [idea for idea in ideas if "answer" in idea]
    stages = {stage["stage"] for project in projects for stage in project["phases"]}
    assert len(projects) >= 4
    assert stages == set(Stage.values)
    assert statuses.keys() == set(Status.values)
    assert statuses.total() >= 60
    assert len(answered) >= 20
    assert all(idea["answer"]["promises"] for idea in answered)
    assert {project["kind"] for project in projects if project.get("staff_only")} == {"innovation"}
    assert len({idea["title"] for idea in ideas}) == len(ideas)


def test_no_reply_stands_twice_in_the_stock():
    texts = [line.text for row in content.conversations() for line in row.lines]
    assert len(texts) == len(set(texts)) >= 150


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo of Pontianak, loaded once for the tests below and rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            yield loader.load("pontianak")
        transaction.set_rollback(True)


def test_all_kinds_of_content_are_there(demo):
    published = Idea.objects.filter(visibility=Visibility.PUBLISHED)
    assert demo.new
    assert published.count() >= 60
    assert set(published.values_list("status", flat=True)) == set(Status.values)
    assert Idea.objects.filter(visibility=Visibility.HELD).count() == 4
    assert Idea.objects.filter(visibility=Visibility.HIDDEN).count() == 3
    assert Category.objects.count() == 11
    assert OfficialAnswer.objects.count() >= 20
    assert set(Commitment.objects.values_list("kind", flat=True)) == set(Commitment.Kind.values)
    assert Commitment.objects.filter(due_on__isnull=False).count() >= 20
    assert Flag.objects.count() >= 8
    decisions = {"hide", "keep", "ask_edit", "suspend", "merge", "publish"}
    assert decisions <= set(Ruling.objects.values_list("decision", flat=True))
    assert {"first", "held", "flagged"} <= set(Case.objects.values_list("cause", flat=True))
    assert Case.objects.filter(state=Case.State.OPEN).count() >= 6


def test_every_aspirasi_reached_the_status_that_was_written_for_it(demo):
    written = {
        idea["title"]: idea["status"]
        for project in content.city("pontianak")["projects"]
        for idea in project["ideas"]
        if "status" in idea
    }
    reached = Idea.objects.filter(visibility=Visibility.PUBLISHED).values_list("title", "status")
    assert {title: status for title, status in reached if title in written} == written


def test_replies_are_many_and_no_thread_repeats_one(demo):
    replies = Reply.objects.all()
    assert replies.count() >= 300
    assert replies.filter(parent__isnull=False).count() >= 100
    assert replies.filter(as_unit__isnull=False, parent__isnull=False).count() >= 30
    assert replies.values("body").distinct().count() >= 150
    repeated = replies.values("idea", "body").annotate(times=Count("pk")).filter(times__gt=1)
    assert not repeated.exists()
    assert not replies.filter(body__contains="{").exists()


def test_some_answers_have_enough_raters_for_a_figure_and_some_do_not(demo):
    raters = OfficialAnswer.objects.annotate(raters=Count("ratings"))
    assert raters.filter(raters__gte=5).count() >= 5
    assert raters.filter(raters__gt=0, raters__lt=5).count() >= 1


def test_counters_equal_a_recount(demo):
    for idea in Idea.objects.annotate(supporters=Count("supports")):
        assert idea.support_count == idea.supporters
        public = idea.replies.filter(visibility=Visibility.PUBLISHED)
        assert idea.reply_count == public.count()
    for project in Project.objects.all():
        public = project.ideas.filter(visibility=Visibility.PUBLISHED)
        assert project.idea_count == public.count()
        assert project.answered_count == public.filter(answered_at__isnull=False).count()


def test_the_order_of_replies_is_the_order_of_time(demo):
    for idea in Idea.objects.prefetch_related("replies"):
        shown = [reply for reply in idea.replies.all() if reply.order is not None]
        orders = [reply.order for reply in shown]
        assert orders == sorted(set(orders))
        moments = [reply.created_at for reply in shown]
        assert moments == sorted(moments)
        assert all(reply.revision <= idea.revision for reply in shown)


def test_everything_happened_in_the_past_and_when_its_project_was_open_for_it(demo):
    now = timezone.now()
    assert not Reply.objects.filter(created_at__gt=now).exists()
    assert not Case.objects.filter(opened_at__gt=now).exists()
    for idea in Idea.objects.select_related("project").prefetch_related("project__phases"):
        assert idea.created_at <= (idea.published_at or now) <= now
        phase = idea.project.phase_on(timezone.localdate(idea.created_at))
        assert phase.stage in (Stage.PROPOSAL, Stage.DISCUSSION)


def test_the_jobs_of_the_story_do_not_look_like_a_worker_that_died(demo):
    waits = oldest_ready()
    assert waits is not None, "the story leaves people to be told"
    assert waits < timedelta(minutes=5)


def test_the_project_of_the_staff_is_not_for_everybody(demo):
    officer = Person.objects.get(email=f"moderator1@{loader.MAIL_DOMAIN}")
    inside = Project.objects.get(staff_only=True)
    assert inside not in selectors.projects_visible_to(ANYBODY)
    assert inside in selectors.projects_visible_to(officer)
    assert not selectors.visible_to(ANYBODY).filter(project=inside).exists()
    assert selectors.visible_to(officer).filter(project=inside).exists()


def test_whoever_writes_without_a_name_is_not_named_in_the_answer(demo):
    answers = OfficialAnswer.objects.filter(idea__shown_as="pseudonym").select_related(
        "idea__author"
    )
    assert answers
    for answer in answers:
        assert answer.idea.author.display_name not in answer.body


def test_there_is_an_account_for_every_role_and_all_have_the_demo_password(demo):
    people = Person.objects.filter(email__endswith=f"@{loader.MAIL_DOMAIN}")
    roles = Counter(RoleGrant.objects.values_list("role", flat=True))
    assert set(roles) == set(Role.values)
    assert roles[Role.RESPONDER] >= 3
    assert roles[Role.MODERATOR] == 2
    assert people.filter(staff_profile__isnull=True).count() >= 40
    assert not StaffProfile.objects.filter(position="").exists()
    (password,) = set(people.values_list("password", flat=True))
    assert check_password(loader.PASSWORD, password)


def test_a_second_load_changes_nothing_and_says_so(demo, capsys):
    before = loader.counts()
    call_command("load_demo", city="pontianak")
    said = capsys.readouterr().out
    assert loader.counts() == before
    assert "nothing changed" in said
    assert "/proyek/taman-kota/" in said
    assert f"moderator1@{loader.MAIL_DOMAIN}" in said
    assert loader.PASSWORD in said
