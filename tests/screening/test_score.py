"""The score that is learnt from decisions: it tells a moderator, and never does more than that."""

import itertools

import pytest

from core.schedule import run_due
from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from forum.screening import score, selectors, services
from forum.screening.models import LearntScore, ScoreSwitch
from forum.screening.score import Example
from tests.jobs import drain
from tests.screening.test_posting import make_new

# Made up: what was hidden jeers, what was kept asks, both speak of the government all the time.
JEERS = ["cengengesan", "muke tembok", "pecundang", "songong", "mulut ember", "tukang kibul"]
ASKS = ["lampu", "drainase", "halte", "trotoar", "taman bacaan", "tempat sampah"]
GOVERNMENT = ["wali kota", "kepala dinas", "lurah", "korupsi anggaran", "DPRD", "proyek mangkrak"]


def examples(count=60, *, authors=30):
    """A stock of decisions that is the same in every run."""
    turn = itertools.count()
    made = []
    for n in range(count):
        jeer, other = JEERS[n % 6], JEERS[(n // 6) % 6]
        about = GOVERNMENT[next(turn) % 6]
        made.append(Example(f"{about} itu {jeer} dan {other} nomor {n}", n % authors, True))
        ask, more = ASKS[n % 6], ASKS[(n // 6) % 6]
        made.append(Example(f"minta {ask} dan {more} untuk gang ke-{n}", n % authors, False))
        made.append(Example(f"{about} lambat soal {ask}, kecewa", (n + 7) % authors, False))
    return made


UNSEEN_HIDDEN = [
    "dia songong dan cengengesan terus", "pecundang, mulut ember pula", "songong tukang kibul",
    "muke tembok dan pecundang", "cengengesan mulut ember",
]  # fmt: skip
UNSEEN_KEPT = [
    "minta halte dan trotoar di depan pasar", "lampu taman bacaan mati",
    "wali kota lambat, korupsi anggaran dibiarkan, proyek mangkrak",
    "DPRD tidur, lurah tidak peduli drainase", "kepala dinas gagal, rakyat kecewa, mundur saja",
]  # fmt: skip


def test_nothing_is_learnt_from_too_few_decisions():
    few = examples(49)
    assert sum(example.hidden for example in few) == 49
    assert score.learn(few) == {}
    assert score.learn(examples(50))


def test_it_tells_what_resembles_hidden_posts_and_leaves_the_rest():
    weights = score.learn(examples())
    told = [text for text in UNSEEN_HIDDEN if score.judge(weights, text)]
    wrong = [text for text in UNSEEN_KEPT if score.judge(weights, text)]
    assert (told, wrong) == (UNSEEN_HIDDEN, [])
    assert score.measure(examples()) == {"right": 12, "wrong": 0, "missed": 0, "looked_at": 36}


def test_criticism_of_the_government_cannot_be_learnt():
    """Even when every hidden post names the mayor and no other does."""
    only_criticism = [
        Example(f"{GOVERNMENT[n % 6]} korupsi gagal bohong mundur", n, True) for n in range(80)
    ] + [Example(f"minta {ASKS[n % 6]} di gang", n, False) for n in range(80)]
    weights = score.learn(only_criticism)
    assert [feature for feature, weight in weights.items() if weight > 0] == []
    for text in (*GOVERNMENT, "korupsi wali kota", "pemerintahannya gagal", "dikorupsi lurahnya"):
        assert score.judge(weights, text) is None


def test_the_names_of_agencies_and_places_weigh_nothing(city):
    posts = [Example(f"Sungai Jawi Perkim cengengesan songong {n}", n, True) for n in range(60)]
    posts += [Example(f"minta lampu di gang {n}", n, False) for n in range(60)]
    weights = score.learn(posts, guarded=["Dinas Perkim", "Sungai Jawi"])
    assert {"cengengesan", "songong", "cengengesan songong"} == {
        feature for feature, weight in weights.items() if weight > 0
    }
    assert "Sungai Jawi" in selectors.city_names()


def test_the_words_of_one_person_are_not_kept():
    posts = [Example(f"rumahku kuning songong pecundang {n}", 1, True) for n in range(60)]
    posts += [Example(f"minta lampu di gang {n}", n, False) for n in range(60)]
    assert not any("kuning" in feature for feature in score.learn(posts))
    assert not any(part.isdigit() for feature in score.learn(examples()) for part in feature)


def test_one_word_alone_is_not_enough():
    assert score.judge({"songong": 9.0}, "songong sekali") is None
    assert score.judge({"songong": 2.5, "pecundang": 2.5}, "songong dan pecundang")


# --- In force ------------------------------------------------------------------------------------


@pytest.fixture
def learnt(city):
    return LearntScore.objects.create(weights=score.learn(examples()), hidden=60, kept=120)


def test_a_post_that_resembles_is_published_and_put_on_the_desk_with_the_words(
    learnt, make_reply, sign_in, moderator
):
    reply = make_reply("Kalian semua songong dan cengengesan.")
    case = Case.objects.get()
    assert (reply.is_published, case.cause) == (True, "screened")
    assert case.findings[0]["code"] == "learnt"
    assert "cengengesan (+" in case.findings[0]["why"]
    page = sign_in(moderator).get(f"/meja/{case.pk}/").content.decode()
    assert "mirip tulisan yang dulu disembunyikan" in page
    assert "songong (+" in page


@pytest.mark.parametrize("weight", [2.5, 1000.0])
def test_it_never_hides_and_never_sends_back(weight, city, resident, project):
    """However sure it is: flagged, or held for a new account until a moderator has looked."""
    LearntScore.objects.create(weights={"songong": weight, "pecundang": weight})
    text = "songong pecundang " * 20
    ask = {"project": project, "kind": "reply"}
    assert services.screen(text, author=resident, **ask).action == "flag"
    assert services.screen(text, author=make_new(resident), **ask).action == "hold"


def test_a_project_can_do_without_it(learnt, project, make_project, resident, moderator):
    services.switch_score(project=project, is_on=False, by=moderator)

    def action(where):
        text = "songong dan cengengesan"
        return services.screen(text, author=resident, project=where, kind="reply").action

    assert [action(where) for where in (project, make_project())] == ["publish", "flag"]
    services.switch_score(project=project, is_on=True, by=moderator)
    assert action(project) == "flag"
    assert [row.by for row in ScoreSwitch.objects.all()] == [moderator] * 2


def test_every_night_it_learns_from_rulings_until_it_is_reset(
    make_person, idea, moderator, make_reply, resident, monkeypatch
):
    monkeypatch.setattr(score, "FEWEST", 6)
    people = [make_person() for _n in range(4)]

    def decide(body, decision, author, rule="person"):
        reply = make_reply(body, author=author)
        case = moderation.examine(target=reply, by=moderator)
        moderation.rule(
            case=case, seen_version=case.version, decision=decision, by=moderator,
            rule=rule if decision == "hide" else "", message="Menghina orang.",
        )  # fmt: skip

    for n in range(8):
        decide(f"songong cengengesan kamu {n}", "hide", people[n % 4])
        decide(f"minta halte dan lampu {n}", "keep", people[n % 4])
        decide(f"kucing oren gemuk {n}", "hide", people[n % 4], rule="off_topic")
    services.learn_score()
    newest = LearntScore.objects.get()
    assert (newest.hidden, newest.kept) == (8, 8)
    assert newest.weights["songong"] > 0 > newest.weights["halte"]
    assert "kucing" not in newest.weights, "off topic is a matter of the place, not of the words"
    assert services.learn_score() is None, "nothing was decided since"
    ask = {"author": resident, "project": idea.project, "kind": "reply"}
    assert services.screen("songong cengengesan", **ask).action == "flag"
    services.reset_score(by=moderator)
    assert services.screen("songong cengengesan", **ask).action == "publish"
    assert services.learn_score() is None, "what was decided before the reset is forgotten"


def test_a_decision_that_was_turned_round_counts_as_it_stands(
    idea, moderator, second_moderator, make_reply
):
    reply = make_reply("songong cengengesan")
    for decision, by in (("hide", moderator), ("restore", second_moderator)):
        case = moderation.examine(target=reply, by=by)
        moderation.rule(
            case=case, seen_version=case.version, decision=decision, by=by,
            rule="person" if decision == "hide" else "", message="x",
        )  # fmt: skip
    assert Ruling.objects.count() == 2
    assert [example.hidden for example in selectors.decided_posts(None)] == [False]


def test_the_jobs_are_planned_for_every_night(city):
    run_due()
    drain()
    assert LearntScore.objects.count() == 0


def test_old_versions_are_not_kept_for_ever(moderator):
    for _n in range(13):
        services.reset_score(by=moderator)
    assert LearntScore.objects.count() == services.VERSIONS_KEPT
