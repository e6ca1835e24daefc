"""The forum's addresses and one that acts inside the server of a live test."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts import services as accounts
from accounts.models import Person
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@csrf_exempt
def block(request: HttpRequest) -> HttpResponse:
    accounts.block(
        person=Person.objects.get(pk=request.POST["person"]),
        by=Person.objects.get(pk=request.POST["by"]),
        reason="uji",
    )
    return HttpResponse(status=204)


urlpatterns = [*urlpatterns, path("tests/block/", block)]
