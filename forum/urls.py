"""Addresses of the forum."""

from django.urls import path

from forum import views
from forum.answers import promise_views as promises
from forum.answers import rating_views as ratings
from forum.answers import views as answers
from forum.appeals import views as appeals
from forum.clock import views as clock
from forum.discussion import views as discussion
from forum.disposition import views as disposition
from forum.identity import views as identity
from forum.moderation import views as desk
from forum.notify import views as notify
from forum.register import views as register
from forum.screening import views as screening
from forum.sessions import desk as session_desk
from forum.sessions import views as sessions

app_name = "forum"

urlpatterns = [
    path("proyek/<slug:slug>/kirim/", views.submit_idea, name="submit_idea"),
    path("aspirasi-saya/", views.own_ideas, name="own_ideas"),
    path("aspirasi/<number:pk>/", views.idea, name="idea"),
    path("aspirasi/<number:pk>/perubahan/", views.idea_changes, name="idea_changes"),
    path("aspirasi/<number:pk>/riwayat/", views.idea_history, name="idea_history"),
    path("aspirasi/<number:pk>/balas/", discussion.reply, name="reply"),
    path("aspirasi/<number:pk>/menulis/", discussion.writing, name="writing"),
    path("aspirasi/<number:pk>/peserta/", discussion.participants, name="participants"),
    path("aspirasi/<number:pk>/jawab/", answers.answer, name="answer"),
    path("aspirasi/<number:pk>/status/", answers.change_status, name="change_status"),
    path("aspirasi/<number:pk>/nilai/", ratings.rate, name="rate"),
    path("aspirasi/<number:pk>/jawaban/versi/", answers.answer_versions, name="answer_versions"),
    path(
        "aspirasi/<number:pk>/komentar/<uuid:key>/periksa/",
        ratings.check_comment,
        name="check_comment",
    ),
    path("lampiran/<uuid:key>/", answers.attachment, name="attachment"),
    path("proyek/<slug:slug>/janji/", promises.project_promises, name="promises"),
    path("janji/<number:pk>/", promises.promise, name="promise"),
    path("aspirasi/<number:pk>/laporkan/", desk.flag_idea, name="flag_idea"),
    path("aspirasi/<number:pk>/periksa/", desk.examine_idea, name="examine_idea"),
    path("aspirasi/<number:pk>/identitas/", identity.reveal_idea, name="reveal_idea"),
    path("balasan/<number:pk>/identitas/", identity.reveal_reply, name="reveal_reply"),
    path("akun/identitas/", identity.own_reveals, name="own_reveals"),
    path("pengawas/identitas/", identity.identity_log, name="identity_log"),
    path("pengawas/identitas/catatan.csv", identity.identity_log_csv, name="identity_log_csv"),
    path("balasan/<number:pk>/", discussion.reply_detail, name="reply_detail"),
    path("balasan/<number:pk>/ubah/", discussion.edit_reply, name="edit_reply"),
    path(
        "balasan/<number:pk>/teks/<number:version>/", discussion.close_version, name="close_version"
    ),
    path("balasan/<number:pk>/laporkan/", desk.flag_reply, name="flag_reply"),
    path("balasan/<number:pk>/periksa/", desk.examine_reply, name="examine_reply"),
    path("proyek/<slug:slug>/tanya/", sessions.sessions, name="sessions"),
    path("proyek/<slug:slug>/tanya/jadwalkan/", sessions.schedule_session, name="schedule_session"),
    path("tanya/<number:pk>/", sessions.session, name="session"),
    path("tanya/<number:pk>/perubahan/", sessions.session_changes, name="session_changes"),
    path("tanya/<number:pk>/layar/", sessions.session_screen, name="session_screen"),
    path("tanya/<number:pk>/kalender.ics", sessions.session_calendar, name="session_calendar"),
    path("tanya/<number:pk>/kirim/", sessions.ask, name="ask"),
    path("tanya/<number:pk>/ubah/", sessions.edit_session, name="edit_session"),
    path("tanya/<number:pk>/batal/", sessions.cancel_session, name="cancel_session"),
    path("tanya/<number:pk>/jalan/", sessions.direct_session, name="direct_session"),
    path(
        "tanya/<number:pk>/<number:question_pk>/dukung/",
        sessions.support_question,
        name="support_question",
    ),
    path(
        "tanya/<number:pk>/<number:question_pk>/nilai/",
        sessions.rate_answer,
        name="rate_session_answer",
    ),
    path("tanya/<number:pk>/meja/", session_desk.session_desk, name="session_desk"),
    path(
        "tanya/<number:pk>/meja/perubahan/",
        session_desk.session_desk_changes,
        name="session_desk_changes",
    ),
    path(
        "tanya/<number:pk>/meja/<number:question_pk>/",
        session_desk.session_desk_item,
        name="session_desk_item",
    ),
    path(
        "tanya/<number:pk>/meja/<number:question_pk>/tindakan/",
        session_desk.handle_question,
        name="handle_question",
    ),
    path("kabar/", notify.notices, name="notices"),
    path("kabar/perubahan/", notify.notice_changes, name="notice_changes"),
    path("kabar/dibaca/", notify.mark_all_seen, name="mark_all_seen"),
    path("kabar/<number:pk>/", notify.open_notice, name="open_notice"),
    path("jawaban/", answers.answer_queue, name="answer_queue"),
    path("aspirasi/<number:pk>/lengkapi/", disposition.complete_idea, name="complete_idea"),
    path("tugas/", disposition.tasks, name="tasks"),
    path("tugas/<number:pk>/", disposition.task, name="task"),
    path("tugas/<number:pk>/catatan/", disposition.write_note, name="write_note"),
    path("tugas/<number:pk>/<slug:act>/", disposition.act, name="act"),
    path("catatan/<number:pk>/tarik/", disposition.withdraw_note, name="withdraw_note"),
    path("jam-jawaban/", clock.unit_clocks, name="unit_clocks"),
    path("hari-libur/", clock.holidays, name="holidays"),
    path("hari-libur/<number:pk>/", clock.edit_holiday, name="edit_holiday"),
    path("jawaban/terbitkan/", answers.publish_drafts, name="publish_drafts"),
    path("jawaban/draf/<number:pk>/", answers.answer_draft, name="answer_draft"),
    path("jawaban/draf/<number:pk>/terbitkan/", answers.publish_draft, name="publish_draft"),
    path("jawaban/draf/<number:pk>/kembalikan/", answers.return_draft, name="return_draft"),
    path("jawaban/draf/<number:pk>/tarik/", answers.take_back, name="take_back"),
    path("jawaban/templat/", answers.answer_templates, name="answer_templates"),
    path("jawaban/templat/baru/", answers.answer_template, name="new_answer_template"),
    path("jawaban/templat/<number:pk>/", answers.answer_template, name="answer_template"),
    path("jawaban/templat/<number:pk>/arsip/", answers.archive_template, name="archive_template"),
    path("meja/komentar/", ratings.comments_to_check, name="comments_to_check"),
    path("meja/komentar/<number:pk>/", ratings.decide_comment, name="decide_comment"),
    path("meja/", desk.desk, name="desk"),
    path("meja/perubahan/", desk.desk_changes, name="desk_changes"),
    path("meja/saringan/", screening.word_rules, name="word_rules"),
    path("meja/saringan/baru/", screening.new_word_rule, name="new_word_rule"),
    path("meja/saringan/<number:pk>/", screening.word_rule, name="word_rule"),
    path("meja/saringan/skor/", screening.learnt_score, name="learnt_score"),
    path("meja/saringan/skor/kosongkan/", screening.reset_score, name="reset_score"),
    path("meja/saringan/skor/<slug:slug>/", screening.switch_score, name="switch_score"),
    path("meja/<number:pk>/", desk.desk_item, name="desk_item"),
    path("meja/<number:pk>/putuskan/", desk.rule, name="rule"),
    path("meja/<number:pk>/lepas/", desk.release, name="release"),
    path("meja/<number:pk>/ambil-alih/", desk.take_over, name="take_over"),
    path("meja/sekaligus/", desk.rule_many, name="rule_many"),
    path("keputusan/", register.register, name="register"),
    path("keputusan/unduh.csv", register.register_csv, name="register_csv"),
    path("keputusan/<number:pk>/keberatan/", appeals.appeal, name="appeal"),
    path("keputusan/<number:pk>/", desk.ruling, name="ruling"),
    path("keputusan/<number:pk>/perbaiki/", desk.revise, name="revise"),
]
