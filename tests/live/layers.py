"""Channel layers that fail as real ones do, for the tests of the live streams."""

import asyncio
import os
from pathlib import Path
from typing import Any

from channels.layers import InMemoryChannelLayer


class StallingLayer(InMemoryChannelLayer):
    """Announces nothing while the file named by STALL_FILE exists: the moment after the commit."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        while Path(os.environ["STALL_FILE"]).exists():
            await asyncio.sleep(0.05)
        await super().group_send(group, message)


class DeadLayer(InMemoryChannelLayer):
    """Raises at every announcement, as a stopped Redis does."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise ConnectionError("the channel layer is gone")
