"""The bulk load: numbers as the services would have left them, and room for what comes after."""

import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F

from config.demo import volume
from core.publishing import Visibility
from forum.answers.models import AnswerRating, OfficialAnswer
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from participation.models import Category, Idea, IdeaHistory, Project, Support


@pytest.fixture
def loaded(city):
    volume.load(ideas=120, replies=900, seed=3)


def test_as_many_rows_as_asked_for_over_the_whole_city(loaded):
    assert Idea.objects.count() == 120
    assert Reply.objects.count() == 900
    assert Idea.objects.values("village").distinct().count() == 29
    assert Idea.objects.values("category").distinct().count() == Category.objects.count()
    assert Support.objects.exists()
    assert AnswerRating.objects.exists()


def test_counters_equal_a_recount(loaded):
    for idea in Idea.objects.annotate(supporters=Count("supports")):
        assert idea.support_count == idea.supporters
        public = idea.replies.filter(visibility=Visibility.PUBLISHED)
        assert idea.reply_count == public.count()
    for project in Project.objects.all():
        assert project.idea_count == project.ideas.count()
        answered = project.ideas.filter(answered_at__isnull=False)
        assert project.answered_count == answered.count()


def test_revisions_of_an_aspirasi_have_no_gap_and_no_double(loaded):
    for idea in Idea.objects.prefetch_related("replies").select_related("official_answer"):
        seen = [1, *(reply.revision for reply in idea.replies.all())]
        answer = getattr(idea, "official_answer", None)
        if answer:
            seen.append(answer.revision)
            assert idea.status_revision == answer.revision
        assert sorted(seen) == list(range(1, idea.revision + 1))


def test_revisions_of_a_list_are_distinct_and_end_at_the_project(loaded):
    for project in Project.objects.filter(idea_count__gt=0):
        revisions = list(project.ideas.values_list("project_revision", flat=True))
        assert len(set(revisions)) == len(revisions)
        assert max(revisions) == project.revision


def test_order_follows_time_and_answers_belong_to_their_thread(loaded):
    for idea in Idea.objects.prefetch_related("replies"):
        moments = [reply.created_at for reply in idea.replies.all()]
        assert moments == sorted(moments)
        assert all(moment > idea.published_at for moment in moments)
    nested = Reply.objects.filter(parent__isnull=False)
    assert nested.exists()
    assert not nested.exclude(parent__idea=F("idea")).exists()
    assert not nested.exclude(parent__parent=None).exists()


def test_some_aspirasi_are_discussed_far_more_than_most(loaded):
    counts = sorted(Idea.objects.values_list("reply_count", flat=True))
    assert counts[-1] > 8 * counts[60]


def test_what_is_answered_has_an_answer_and_a_history(loaded):
    answered = Idea.objects.filter(answered_at__isnull=False)
    assert answered.count() == OfficialAnswer.objects.count() > 30
    assert not Idea.objects.filter(answered_at=None).exclude(status="open").exists()
    steps = IdeaHistory.objects.filter(field=IdeaHistory.Field.STATUS)
    assert steps.count() == answered.count()


def test_a_reply_can_follow(loaded, resident):
    idea = Idea.objects.order_by("-reply_count").first()
    before = idea.revision
    reply = discussion.submit_reply(
        author=resident, idea=idea, body="Setuju.", client_key=uuid.uuid4()
    )
    reply.refresh_from_db()
    assert reply.order == before + 1


def test_a_second_load_adds_to_the_first(loaded):
    volume.load(ideas=30, replies=60, seed=4)
    assert Idea.objects.count() == 150
    assert Reply.objects.count() == 960


def test_the_command_tells_the_speed(city, capsys):
    call_command("load_volume", ideas=20, replies=40)
    assert "rows/s" in capsys.readouterr().out
    assert Reply.objects.count() == 40


def test_a_real_forum_is_left_alone(make_project):
    make_project()
    with pytest.raises(CommandError, match="projects of its own"):
        call_command("load_volume", ideas=20, replies=40)
    assert not Idea.objects.exists()
