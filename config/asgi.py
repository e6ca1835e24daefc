"""The door of the server: HTTP to Django, sockets to the live streams, files to WhiteNoise."""

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter

from core.single_process import refuse_a_second_process
from core.staticfiles import StaticFiles
from forum.realtime.routing import live_streams

refuse_a_second_process()

# What is loaded by now stays for good. Each full collection would look at it again, which stops
# every page and socket for some 80 ms.
gc.collect()
gc.freeze()

application = ProtocolTypeRouter(
    {
        "http": StaticFiles(django_application),
        "websocket": live_streams,
    }
)
