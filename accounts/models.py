"""Who takes part, in which role, for which unit; and the districts and villages of the city."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

DISPLAY_NAME_LENGTH = 60


class City(models.Model):
    """The one city that this installation serves."""

    slug = models.SlugField(_("nama singkat"), max_length=40)
    name = models.CharField(_("nama"), max_length=80)
    province = models.CharField(_("provinsi"), max_length=80)
    code = models.CharField(_("kode wilayah"), max_length=5)
    time_zone = models.CharField(_("zona waktu"), max_length=40)
    time_zone_label = models.CharField(_("singkatan zona waktu"), max_length=4)
    latitude = models.DecimalField(_("lintang"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6)
    population = models.PositiveIntegerField(_("jumlah penduduk"))
    theme = models.SlugField(_("tema warna"), max_length=40)

    class Meta:
        verbose_name = _("kota")
        verbose_name_plural = _("kota")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="accounts_city_only_one"),
        ]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    """A kecamatan. The code is the Ministry's, with points: 61.71.01."""

    code = models.CharField(_("kode"), max_length=8, primary_key=True)
    name = models.CharField(_("nama"), max_length=80)
    latitude = models.DecimalField(_("lintang"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("kecamatan")
        verbose_name_plural = _("kecamatan")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Village(models.Model):
    """A kelurahan. `name` is what people write, `official_name` what the Ministry's list has."""

    code = models.CharField(_("kode"), max_length=13, primary_key=True)
    district = models.ForeignKey(
        District, models.PROTECT, related_name="villages", verbose_name=_("kecamatan")
    )
    name = models.CharField(_("nama"), max_length=80)
    official_name = models.CharField(_("nama resmi"), max_length=80)
    postal_code = models.CharField(_("kode pos"), max_length=5)
    latitude = models.DecimalField(_("lintang"), max_digits=9, decimal_places=6)
    longitude = models.DecimalField(_("bujur"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("kelurahan")
        verbose_name_plural = _("kelurahan")
        ordering = ["district__name", "name"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A perangkat daerah: the office that answers."""

    slug = models.SlugField(_("nama singkat di alamat"), max_length=60)
    name = models.CharField(_("nama"), max_length=160)
    short_name = models.CharField(_("singkatan"), max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(_("urutan"), default=0)
    is_active = models.BooleanField(_("aktif"), default=True)
    answers_need_review = models.BooleanField(
        _("jawaban resmi diperiksa rekan dulu"), default=False, db_default=False
    )

    class Meta:
        verbose_name = _("perangkat daerah")
        verbose_name_plural = _("perangkat daerah")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="accounts_unit_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


class PersonManager(BaseUserManager["Person"]):
    """Finds and makes persons by e-mail address, always in lower case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Store a person as given. The forum's own way is `services.create_person`."""
        email = email.lower()
        fields.setdefault("display_name", email.partition("@")[0][:DISPLAY_NAME_LENGTH])
        person = self.model(email=email, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Anybody with an account. Every active person is a resident; the rest are roles."""

    email = models.EmailField(_("email"), max_length=254)
    display_name = models.CharField(_("nama panggilan"), max_length=DISPLAY_NAME_LENGTH)
    village = models.ForeignKey(
        Village,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name=_("kelurahan"),
    )
    is_active = models.BooleanField(_("aktif"), default=True)
    # Opens the admin pages only; it is never asked where a role is meant.
    is_staff = models.BooleanField(_("boleh membuka halaman admin"), default=False)
    blocked_at = models.DateTimeField(_("diblokir sejak"), null=True, blank=True)
    # Ends by itself. Why, and by whom: the last of the person's Suspension rows.
    suspended_until = models.DateTimeField(_("dibatasi sampai"), null=True, blank=True)
    language = models.CharField(
        _("bahasa"),
        max_length=2,
        blank=True,
        default="",
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
    )
    joined_at = models.DateTimeField(_("bergabung"), default=timezone.now)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = _("orang")
        verbose_name_plural = _("orang")
        constraints = [
            models.UniqueConstraint(fields=["email"], name="accounts_person_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="accounts_person_email_lower_case"
            ),
            models.CheckConstraint(
                condition=~models.Q(display_name=""), name="accounts_person_display_name_given"
            ),
            models.CheckConstraint(
                condition=models.Q(blocked_at__isnull=True) | models.Q(is_active=False),
                name="accounts_person_blocked_is_inactive",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_suspended(self) -> bool:
        """Whether the person may read but not write for now."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def initials(self) -> str:
        """The first letters of the first two words: "Nur Aini" -> "NA"."""
        return "".join(word[0] for word in self.display_name.split()[:2]).upper()


class Suspension(models.Model):
    """For some days a person may not write, or again may (`until` is then `at`). Never changed.

    `case` is the number of what it was decided on, where the apps above know more.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="suspensions")
    until = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    case = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.person_id} until {self.until}"


class Role(models.TextChoices):
    RESPONDER = "responder", _("Pejabat penghubung")
    MODERATOR = "moderator", _("Petugas moderasi")
    PLANNER = "planner", _("Perencana")
    BKPSDM = "bkpsdm", _("Pengelola kompetensi (BKPSDM)")
    LEADER = "leader", _("Pimpinan")
    CITY_ADMIN = "city_admin", _("Admin kota")
    AUDITOR = "auditor", _("Pengawas")


class RoleGrant(models.Model):
    """A role that a person holds from `granted_at` until `ended_at`.

    Without unit and project it covers the whole city. Rows are kept: they tell who had which role.
    """

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="role_grants", verbose_name=_("orang")
    )
    role = models.CharField(_("peran"), max_length=12, choices=Role.choices)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="role_grants",
        verbose_name=_("perangkat daerah"),
    )
    project = models.ForeignKey(
        "participation.Project",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proyek"),
    )
    granted_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("diberi oleh"),
    )
    granted_at = models.DateTimeField(_("diberi"), default=timezone.now)
    ended_at = models.DateTimeField(_("berakhir"), null=True, blank=True)

    class Meta:
        verbose_name = _("peran")
        verbose_name_plural = _("peran")
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=[value for value, _label in Role.choices]),
                name="accounts_rolegrant_known_role",
            ),
            models.CheckConstraint(
                condition=models.Q(unit__isnull=True) | models.Q(project__isnull=True),
                name="accounts_rolegrant_one_scope",
            ),
            # NULL is never equal to NULL in an index: without Coalesce the same role for the
            # whole city could be given twice, and ending one grant would leave the other.
            models.UniqueConstraint(
                "person",
                "role",
                Coalesce("unit", models.Value(0)),
                Coalesce("project", models.Value(0)),
                condition=models.Q(ended_at__isnull=True),
                name="accounts_rolegrant_active_once",
            ),
        ]

    def __str__(self) -> str:
        scope = self.unit or self.project
        return f"{self.get_role_display()}, {scope}" if scope else self.get_role_display()


class StaffProfile(models.Model):
    """What makes a person a civil servant here: the unit and the position."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="staff_profile", verbose_name=_("orang")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="staff", verbose_name=_("perangkat daerah")
    )
    position = models.CharField(_("jabatan"), max_length=160)

    class Meta:
        verbose_name = _("profil pegawai")
        verbose_name_plural = _("profil pegawai")

    def __str__(self) -> str:
        return f"{self.person}, {self.position}"
