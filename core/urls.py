"""Addresses of the server's health and of the pages about the forum."""

from django.urls import path

from core import views

app_name = "core"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("tentang/<slug:slug>/", views.page, name="page"),
]
