"""Addresses of the forum."""

from django.urls import path

from forum import views
from forum.answers import views as answers
from forum.appeals import views as appeals
from forum.discussion import views as discussion
from forum.moderation import views as desk
from forum.notify import views as notify
from forum.register import views as register

app_name = "forum"

urlpatterns = [
    path("proyek/<slug:slug>/kirim/", views.submit_idea, name="submit_idea"),
    path("aspirasi/<number:pk>/", views.idea, name="idea"),
    path("aspirasi/<number:pk>/perubahan/", views.idea_changes, name="idea_changes"),
    path("aspirasi/<number:pk>/riwayat/", views.idea_history, name="idea_history"),
    path("aspirasi/<number:pk>/balas/", discussion.reply, name="reply"),
    path("aspirasi/<number:pk>/jawab/", answers.answer, name="answer"),
    path("aspirasi/<number:pk>/status/", answers.change_status, name="change_status"),
    path("aspirasi/<number:pk>/nilai/", answers.rate, name="rate"),
    path("aspirasi/<number:pk>/laporkan/", desk.flag_idea, name="flag_idea"),
    path("aspirasi/<number:pk>/periksa/", desk.examine_idea, name="examine_idea"),
    path("balasan/<number:pk>/", discussion.reply_detail, name="reply_detail"),
    path("balasan/<number:pk>/ubah/", discussion.edit_reply, name="edit_reply"),
    path("balasan/<number:pk>/laporkan/", desk.flag_reply, name="flag_reply"),
    path("balasan/<number:pk>/periksa/", desk.examine_reply, name="examine_reply"),
    path("kabar/", notify.notices, name="notices"),
    path("kabar/perubahan/", notify.notice_changes, name="notice_changes"),
    path("kabar/dibaca/", notify.mark_all_seen, name="mark_all_seen"),
    path("kabar/<number:pk>/", notify.open_notice, name="open_notice"),
    path("jawaban/", answers.answer_queue, name="answer_queue"),
    path("meja/", desk.desk, name="desk"),
    path("meja/perubahan/", desk.desk_changes, name="desk_changes"),
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
