"""The usual way of Channels, to compare with: every socket a member of the group."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

GROUP = "usual"
PATH = "/bench/usual/"


class GroupMember(AsyncWebsocketConsumer):
    """As in the tutorial of Channels: join the group, write what it says."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        return

    async def news(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event))
