"""boto3's exceptions. Where boto3 is not installed, classes of the same names and shape stand in for
them: the light client needs no other package."""

from __future__ import annotations

from typing import Any


def _classes() -> Any:
    try:
        import botocore.exceptions
    except ImportError:
        from . import stand_in_errors

        return stand_in_errors
    return botocore.exceptions


_exceptions = _classes()

# The service answered with an error: `response` holds it.
ClientError: Any = _exceptions.ClientError
# Everything else that boto3 raises. The others below are kinds of it.
BotoCoreError: Any = _exceptions.BotoCoreError
HTTPClientError: Any = _exceptions.HTTPClientError
ConnectionError: Any = _exceptions.ConnectionError
EndpointConnectionError: Any = _exceptions.EndpointConnectionError
ConnectionClosedError: Any = _exceptions.ConnectionClosedError
ReadTimeoutError: Any = _exceptions.ReadTimeoutError
NoCredentialsError: Any = _exceptions.NoCredentialsError
