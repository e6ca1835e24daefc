"""A bare asyncio server that writes one ready frame to all its sockets: the limit of Python."""

import asyncio
import json
import sys
import time
from base64 import b64encode
from hashlib import sha1

TEXT = json.dumps({"type": "push", "html": "<li>" + "Setuju, sekalian lampunya. " * 75 + "</li>"})
FRAME = b"\x81\x7e" + len(TEXT).to_bytes(2, "big") + TEXT.encode()
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

sockets: set[asyncio.StreamWriter] = set()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A handshake makes a socket; GET /broadcast writes to all sockets and says when it began."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return
    if head.startswith(b"GET /broadcast"):
        began = time.monotonic()
        for socket in sockets:
            socket.write(FRAME)
        body = json.dumps({"began": began}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()
        return
    key = next(
        line.split(b":", 1)[1].strip()
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key:")
    )
    accept = b64encode(sha1(key + GUID).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    sockets.add(writer)
    while await reader.read(4096):
        pass
    sockets.discard(writer)


async def main(port: int) -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
