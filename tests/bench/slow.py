"""A TCP proxy that holds every byte back for a while, as a long wire does."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 65536


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    """Deliver each piece `seconds` after it came; pieces follow each other without waiting."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                with contextlib.suppress(OSError, RuntimeError):
                    writer.write_eof()
                return
            writer.write(data)
            with contextlib.suppress(OSError):
                await writer.drain()

    delivery = asyncio.create_task(deliver())
    with contextlib.suppress(OSError):
        while data := await reader.read(_CHUNK):
            queue.put_nowait((loop.time() + seconds, data))
    queue.put_nowait((loop.time() + seconds, b""))
    await delivery


@contextmanager
def slow_wire(listen: tuple[str, int], target: tuple[str, int], one_way: float) -> Iterator[None]:
    """Connections to `listen` reach `target`, `one_way` seconds later in each direction."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * one_way)  # the three-way handshake
        far_reader, far_writer = await asyncio.open_connection(*target)
        await asyncio.gather(
            _carry(reader, far_writer, one_way), _carry(far_reader, writer, one_way)
        )
        for each in (writer, far_writer):
            each.close()

    server = loop.run_until_complete(asyncio.start_server(serve, *listen))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
