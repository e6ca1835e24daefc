"""Addresses of projects and aspirasi."""

from django.urls import path

from participation import views

app_name = "participation"

urlpatterns = [
    path("", views.home, name="home"),
    path("proyek/", views.project_list, name="project_list"),
    path("proyek/<slug:slug>/", views.project, name="project"),
    path("proyek/<slug:slug>/tentang/", views.project_about, name="project_about"),
    path("proyek/<slug:slug>/perubahan/", views.project_changes, name="project_changes"),
    path("proyek/<slug:slug>/ikuti/", views.follow, name="follow"),
    path("kabar/pengaturan/proyek/", views.follows, name="follows"),
    path("aspirasi/", views.idea_list, name="idea_list"),
    path("aspirasi/<number:pk>/dukung/", views.support, name="support"),
    path("aspirasi/<number:pk>/pindah-dukungan/", views.move_support, name="move_support"),
    path("kirim/", views.choose_project, name="choose_project"),
    path("foto/<uuid:key>.webp", views.photo, name="photo"),
]
