"""Addresses of one's own choices about news."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("kabar/pengaturan/", views.settings, name="settings"),
    path("kabar/pengaturan/alamat/", views.reachable, name="reachable"),
    path("kabar/perangkat/", views.add_device, name="add_device"),
    path("kabar/perangkat/<number:pk>/hapus/", views.remove_device, name="remove_device"),
    path("kabar/nomor/", views.give_number, name="give_number"),
    path("kabar/nomor/kode/", views.confirm_number, name="confirm_number"),
    path("kabar/nomor/hapus/", views.remove_number, name="remove_number"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("kabar/berhenti/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
