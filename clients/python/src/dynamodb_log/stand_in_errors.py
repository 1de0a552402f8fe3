"""What stands in for botocore.exceptions where boto3 is not installed: the exceptions that the
library raises and catches, with botocore's names, attributes and texts."""

from __future__ import annotations

from typing import Any, Mapping


class ClientError(Exception):
    def __init__(self, error_response: Mapping[str, Any], operation_name: str) -> None:
        error = error_response.get("Error", {})
        code, message = error.get("Code", "Unknown"), error.get("Message", "Unknown")
        super().__init__(f"An error occurred ({code}) when calling the {operation_name} operation: {message}")
        self.response = error_response
        self.operation_name = operation_name


class BotoCoreError(Exception):
    fmt = "An unspecified error occurred"

    def __init__(self, **values: Any) -> None:
        super().__init__(self.fmt.format(**values))
        self.kwargs = values


class HTTPClientError(BotoCoreError):
    fmt = "An HTTP Client raised an unhandled exception: {error}"


class ConnectionError(BotoCoreError):
    fmt = "An HTTP Client failed to establish a connection: {error}"


class EndpointConnectionError(ConnectionError):
    fmt = 'Could not connect to the endpoint URL: "{endpoint_url}"'


class ConnectionClosedError(HTTPClientError):
    fmt = 'Connection was closed before we received a valid response from endpoint URL: "{endpoint_url}".'


class ReadTimeoutError(HTTPClientError):
    fmt = 'Read timeout on endpoint URL: "{endpoint_url}"'


class NoCredentialsError(BotoCoreError):
    fmt = "Unable to locate credentials"
