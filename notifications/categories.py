"""What people are told of, through which channels and how often, and what holds until they choose.

The keys and names below are all that this app knows of what the others tell.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """A kind of news that a person can have more or less of."""

    REPLY = "reply", _("Balasan untuk saya")
    ANSWER = "answer", _("Jawaban resmi untuk aspirasi saya")
    STATUS = "status", _("Perubahan status aspirasi saya")
    FOLLOWED = "followed", _("Jawaban dan status yang saya dukung atau ikuti")
    MODERATION = "moderation", _("Keputusan petugas tentang tulisan saya")
    FLAG = "flag", _("Hasil laporan saya")
    MENTION = "mention", _("Seseorang menyebut saya")
    PHASE = "phase", _("Tahap proyek yang saya ikuti dibuka atau segera ditutup")
    PROMISE = "promise", _("Janji yang mendekati atau melewati tanggalnya")
    SESSION = "session", _("Tanya langsung: mulai, dan pertanyaan saya dijawab")
    IDENTITY = "identity", _("Identitas saya dibuka petugas")
    WORK = "work", _("Tugas saya: disposisi, tenggat, catatan")


class Channel(models.TextChoices):
    APP = "app", _("Di Rembuk")
    EMAIL = "email", _("Email")
    PUSH = "push", _("Perangkat")
    BRIDGE = "bridge", _("Pesan HP")


class Cadence(models.TextChoices):
    OFF = "off", _("Tidak")
    NOW = "now", _("Langsung")
    DAILY = "daily", _("Tiap hari")
    WEEKLY = "weekly", _("Tiap minggu")


CHOICES: dict[str, tuple[Cadence, ...]] = {
    Channel.APP: (Cadence.NOW, Cadence.OFF),
    Channel.EMAIL: (Cadence.NOW, Cadence.DAILY, Cadence.WEEKLY, Cadence.OFF),
    Channel.PUSH: (Cadence.NOW, Cadence.OFF),
    Channel.BRIDGE: (Cadence.NOW, Cadence.DAILY, Cadence.OFF),
}

# In the forum itself and on a device there is nothing between at once and not at all.
YES_OR_NO = {Cadence.NOW: _("Ya"), Cadence.OFF: _("Tidak")}

# Nothing reaches a device before its owner asks for it there. From then on it tells what is meant
# for that person; what goes to all who follow something would ring too often. A message to a
# telephone costs the city money and the reader attention: only answers and replies send one.
DEFAULTS: dict[str, dict[str, Cadence]] = {
    Category.REPLY: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.NOW,
    },
    Category.ANSWER: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.NOW,
    },
    Category.STATUS: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.DAILY,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.FOLLOWED: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.DAILY,
        Channel.PUSH: Cadence.OFF,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.MODERATION: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.FLAG: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.OFF,
        Channel.PUSH: Cadence.OFF,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.MENTION: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.DAILY,
    },
    Category.PHASE: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.DAILY,
        Channel.PUSH: Cadence.OFF,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.PROMISE: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.DAILY,
        Channel.PUSH: Cadence.OFF,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.SESSION: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.IDENTITY: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.OFF,
    },
    Category.WORK: {
        Channel.APP: Cadence.NOW,
        Channel.EMAIL: Cadence.NOW,
        Channel.PUSH: Cadence.NOW,
        Channel.BRIDGE: Cadence.OFF,
    },
}

# What a mail with one piece of news has for a subject, and all that a message to a device or a
# telephone says. It stands on locked screens and in lists that others
# may see, so it names no title, no person and no decision.
SUBJECTS = {
    Category.REPLY: _("Ada balasan untuk Anda"),
    Category.ANSWER: _("Aspirasi Anda sudah dijawab"),
    Category.STATUS: _("Ada perkembangan aspirasi Anda"),
    Category.FOLLOWED: _("Kabar dari yang Anda ikuti"),
    Category.MODERATION: _("Kabar tentang tulisan Anda"),
    Category.FLAG: _("Kabar tentang laporan Anda"),
    Category.MENTION: _("Anda disebut dalam diskusi"),
    Category.PHASE: _("Kabar proyek yang Anda ikuti"),
    Category.PROMISE: _("Kabar tentang janji pemerintah kota"),
    Category.SESSION: _("Kabar Tanya langsung"),
    Category.IDENTITY: _("Identitas Anda dibuka petugas"),
    Category.WORK: _("Ada tugas yang menunggu Anda"),
}
