"""What was rated and promised before: shown as it was, and old dates are no news of today."""

from django.db import migrations
from django.db.models import Avg, Count, F
from django.utils import timezone

ASPECTS = ("clear", "helpful", "timely", "courteous")


def carry_over(apps, schema_editor):
    rating = apps.get_model("forum", "AnswerRating")
    scores = apps.get_model("forum", "AnswerScores")
    commitment = apps.get_model("forum", "Commitment")
    today = timezone.localdate()
    commitment.objects.filter(due_on__lt=today).update(missed_told_for=F("due_on"))
    rating.objects.update(first_rated_at=F("rated_at"))
    found = rating.objects.values("answer_id", "answer__officer_id").annotate(
        raters=Count("pk"),
        **{f"{aspect}_mean": Avg(aspect) for aspect in ASPECTS},
        **{f"{aspect}_n": Count(aspect) for aspect in ASPECTS},
    )
    shown = []
    for row in found.filter(raters__gte=5):
        means = {
            aspect: round(row[f"{aspect}_mean"], 2) if row[f"{aspect}_n"] >= 5 else None
            for aspect in ASPECTS
        }
        # Who wrote the text that was rated is not known when the answer has been changed since.
        shown.append(
            scores(
                answer_id=row["answer_id"],
                raters=row["raters"],
                means=means,
                officer=None,
                released_on=today,
            )
        )
    scores.objects.bulk_create(shown, batch_size=500)
    rating.objects.filter(answer__in=scores.objects.values("answer")).update(released=True)


class Migration(migrations.Migration):
    dependencies = [("forum", "0011_answers")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
