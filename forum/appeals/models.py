"""An appeal: the author of a post asks that another person looks at a decision once more."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Appeal(models.Model):
    """One appeal against one ruling, decided on the desk as a case of its own.

    Who appeals is the author of the post; what was decided, by whom and why stands in the rulings
    of the case.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Menunggu keputusan")
        GRANTED = "granted", _("Keberatan diterima")
        UPHELD = "upheld", _("Keputusan tetap berlaku")

    ruling = models.OneToOneField("forum.Ruling", on_delete=models.CASCADE, related_name="appeal")
    case = models.OneToOneField("forum.Case", on_delete=models.CASCADE, related_name="appeal")
    body = models.TextField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    lodged_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "forum"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="open", decided_at__isnull=True)
                | (~models.Q(outcome="open") & models.Q(decided_at__isnull=False)),
                name="appeal_decided_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"appeal against {self.ruling_id}: {self.outcome}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN
