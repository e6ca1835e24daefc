"""What happened, whom it reached, what each person's list and mail make of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from core.live import Watched
from notifications.categories import Cadence, Category, Channel


class Event(models.Model):
    """Something that happened and is told, once, to some people.

    `key` names the happening: told again it is the same event. `headline` and the values of `words`
    are texts of our own in Indonesian, translated for each reader. What is looked up before anybody
    is shown anything stands in `source_kind` and `source_id`; whoever tells knows what they mean.
    `reached` is the last person (people are told in the order of their ids): a teller that was
    killed goes on after it.
    """

    key = models.CharField(max_length=80)
    category = models.CharField(max_length=20, choices=Category.choices)
    thread_key = models.CharField(max_length=40)
    thread_title = models.CharField(max_length=160)
    place_title = models.CharField(max_length=160, blank=True)
    headline = models.CharField(max_length=160)
    words = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=20)
    source_id = models.PositiveBigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    reached = models.PositiveBigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="event_once")]
        indexes = [
            models.Index(
                fields=["id"],
                name="event_unfinished",
                condition=models.Q(finished_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def text(self) -> str:
        """The headline in the reader's language."""
        words = {name: gettext(word) for name, word in self.words.items() if word}
        return gettext(self.headline) % words


class Inbox(Watched):
    """A person's list of notices; its revision counts every change of it.

    Whoever changes a person's notices locks this row first.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return f"inbox of {self.person_id}"


class Notice(models.Model):
    """One line in a person's list: the news of one thread since the person last looked."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    thread_key = models.CharField(max_length=40)
    latest = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=1)
    revision = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    moved_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-moved_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "thread_key"],
                condition=models.Q(seen_at__isnull=True),
                name="notice_unseen_once_per_thread",
            )
        ]
        indexes = [
            models.Index(fields=["person", "moved_at", "id"], name="notice_newest"),
            models.Index(fields=["person", "revision"], name="notice_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_key} for {self.person_id}"


class Receipt(models.Model):
    """An event has reached a person: once. Without a notice when the person wants none of it."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="receipts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.CASCADE, related_name="receipts")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="receipt_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} -> {self.person_id}"


class PushSubscription(models.Model):
    """A browser that shows news of a person: where its push service takes messages, and its keys.

    It lasts as long as that browser's session: whoever signs out there, is signed out from another
    device or is blocked, leaves none behind. `p256dh` and `auth` are the browser's keys (RFC 8291)
    in base64url.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(
        "usersessions.UserSession", on_delete=models.CASCADE, related_name="+"
    )
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=90)
    auth = models.CharField(max_length=24)
    created_at = models.DateTimeField(default=timezone.now)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"device {self.pk} of {self.person_id}"


class Delivery(models.Model):
    """An event goes to a person through a channel outside the forum's pages: once.

    To each device of the person a delivery of its own. Rows that are due are claimed by update;
    whoever has the claim sends.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        DROPPED = "dropped"

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    device = models.ForeignKey(
        PushSubscription, null=True, on_delete=models.CASCADE, related_name="+"
    )
    cadence = models.CharField(max_length=10, choices=Cadence.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField()
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    why_dropped = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "channel"],
                condition=models.Q(device__isnull=True),
                name="delivery_once_per_channel",
            ),
            models.UniqueConstraint(
                fields=["receipt", "device"],
                condition=models.Q(device__isnull=False),
                name="delivery_once_per_device",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at", "person"],
                name="delivery_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["claimed_at"], name="delivery_claimed", condition=models.Q(state="sending")
            ),
            models.Index(
                fields=["claim"], name="delivery_claim", condition=models.Q(claim__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} by {self.channel}: {self.state}"


class Preference(models.Model):
    """How often a person wants news of a category through a channel, where not as usual."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    category = models.CharField(max_length=20, choices=Category.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    cadence = models.CharField(max_length=10, choices=Cadence.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "category", "channel"], name="preference_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.category} by {self.channel} {self.cadence}"


class DeliveryTimes(models.Model):
    """When a person is left alone: a part of the day in the city's zone, or all the time."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "delivery times"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="delivery_times_quiet_from_and_until",
            )
        ]

    def __str__(self) -> str:
        return f"times of {self.person_id}"


class UnreachableAddress(models.Model):
    """An e-mail address from which mail came back for good: nothing more is sent to it."""

    address = models.EmailField(max_length=254, unique=True)
    reason = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "unreachable addresses"

    def __str__(self) -> str:
        return self.address


class PhoneNumber(models.Model):
    """A number to which short messages go, as soon as its owner has proved to read them there.

    `number` as in +6281234567890. The proof is a code sent to it, of which a digest is kept.
    `stopped_at`: the owner answered STOP. Removing it removes the row.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    number = models.CharField(max_length=16, db_index=True)
    confirmed_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=60, blank=True)
    code_digest = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"number of {self.person_id}"

    @property
    def is_active(self) -> bool:
        return self.confirmed_at is not None and self.stopped_at is None


class CodeRequest(models.Model):
    """Somebody had a code sent to a number. Kept for a day, so that nobody is bothered with codes.

    `number_digest` tells numbers apart without naming them.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number_digest = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"code asked for by {self.person_id}"
