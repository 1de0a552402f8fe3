"""Subscriptions for asyncio programs: handlers are coroutine functions, which run in the event loop.

  mails = AsyncSubscription(Subscription(log, "mails"))

  @mails.on("signup")
  async def welcome(event):
      await send_mail(event.payload["email"])

  await mails.run()  # until mails.stop(), or until the task is cancelled
"""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Optional

from .async_event_log import in_thread
from .event import Event
from .subscription import Handler, Subscription

AsyncHandler = Callable[[Event], Awaitable[Any]]


class AsyncSubscription:
    """One subscription, which reads in a thread. Thread safety: the event loop's thread calls its
    methods; `stop` any thread."""

    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    def on(self, *types: str) -> Callable[[AsyncHandler], AsyncHandler]:
        """Decorates the handler of some event types."""

        def add(handler: AsyncHandler) -> AsyncHandler:
            self.subscription.on(*types)(self._blocking(handler))
            return handler

        return add

    def on_any(self, handler: AsyncHandler) -> AsyncHandler:
        """Decorates the handler of all types that have none of their own."""
        self.subscription.on_any(self._blocking(handler))
        return handler

    async def run(self) -> None:
        """As Subscription.run. If the task is cancelled, the running handler ends first, its
        checkpoint is written, and the leases are given back."""
        self._loop = asyncio.get_running_loop()
        running = self._loop.run_in_executor(None, self.subscription.run)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self.stop()
            await running
            raise

    def stop(self) -> None:
        self.subscription.stop()

    async def retry_parked(self, log: Optional[str] = None, id: Optional[str] = None) -> int:
        """As Subscription.retry_parked."""
        self._loop = asyncio.get_running_loop()
        return await in_thread(self.subscription.retry_parked, log, id)

    def _blocking(self, handler: AsyncHandler) -> Handler:
        """The handler for the thread that reads: it waits until the coroutine has ended."""

        async def call(event: Event) -> None:
            await handler(event)

        def handle(event: Event) -> None:
            assert self._loop is not None  # nothing is handled before run or retry_parked
            asyncio.run_coroutine_threadsafe(call(event), self._loop).result()

        return handle
