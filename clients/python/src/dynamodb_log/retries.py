"""Calls that get no answer, or are throttled, are sent again for about 12 seconds.

The client has retries of its own, whose time is added: boto3's, or about 4 seconds for each call of
the light client. They end sooner than a server that restarts may need.
"""

from __future__ import annotations

from typing import Any, Callable

from .environment import Environment
from .sdk_errors import service_errors
from .service_errors import Outcome, outcome_of

ATTEMPTS = 10  # of one call, in total
FIRST_DELAY, LONGEST_DELAY = 0.1, 2.0  # seconds
# Between two races of writers. Where an attempt takes long, writers meet more often, and pause longer.
LEAST_PAUSE, MOST_PAUSE = 0.005, 0.1
PAUSE_BY_TIME_TAKEN, LONGEST_PAUSE = 4, 2.0


def pause_after(attempt: int, environment: Environment) -> None:
    """Pauses before a call is sent again; longer after each attempt, which are counted from 1."""
    delay: float = min(LONGEST_DELAY, FIRST_DELAY * 2.0 ** (attempt - 1))
    environment.sleep(environment.uniform(0.5, 1) * delay)


def pause_after_race(environment: Environment, taken: float = 0) -> None:
    """Pauses after a race that was lost. `taken`: how many seconds the attempt took."""
    most = min(MOST_PAUSE + PAUSE_BY_TIME_TAKEN * taken, LONGEST_PAUSE)
    environment.sleep(environment.uniform(LEAST_PAUSE, most))


def answer_of(environment: Environment, operation: Callable[..., Any], **request: Any) -> Any:
    """The answer to a read. Raises what boto3 raises after the last attempt, or at once if the
    service has refused the request."""
    for attempt in range(1, ATTEMPTS):
        try:
            return operation(**request)
        except service_errors() as error:
            if outcome_of(error) not in (Outcome.UNKNOWN, Outcome.BUSY):
                raise
            pause_after(attempt, environment)
    return operation(**request)
