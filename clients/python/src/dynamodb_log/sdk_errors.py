"""boto3's exceptions, by their names: `sdk_errors.ClientError`. Where boto3 is not installed, classes
of the same names and shape stand in for them: the light client needs no other package.

They are loaded when the first error comes, because a function that meets none starts sooner."""

from __future__ import annotations

from typing import Any, Tuple


def service_errors() -> Tuple[Any, ...]:
    """What clients raise: an error that the service answered, or no answer."""
    exceptions = _exceptions()
    return exceptions.ClientError, exceptions.BotoCoreError


def _exceptions() -> Any:
    try:
        import botocore.exceptions
    except ImportError:
        from . import stand_in_errors

        return stand_in_errors
    return botocore.exceptions


def __getattr__(name: str) -> Any:
    if name.startswith("__"):  # imports ask for such
        raise AttributeError(name)
    return getattr(_exceptions(), name)
