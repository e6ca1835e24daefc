"""Addresses of one's own choices about news."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("kabar/pengaturan/", views.settings, name="settings"),
    path("kabar/pengaturan/alamat/", views.reachable, name="reachable"),
    path("kabar/berhenti/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
