"""Addresses of signing in (django-allauth's, under /akun/) and of the own profile."""

from django.urls import include, path
from django.views.generic import RedirectView

from accounts import views

own_pages = [
    path("akun/", RedirectView.as_view(pattern_name="accounts:profile")),
    path("akun/saya/", views.profile, name="profile"),
    path("demo/surat/", views.demo_mail, name="demo_mail"),
]

urlpatterns = [
    path("", include((own_pages, "accounts"))),
    # allauth's names have no namespace: it finds its own pages by them.
    path("akun/", include("allauth.urls")),
]
