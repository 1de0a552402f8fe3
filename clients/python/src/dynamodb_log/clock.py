"""What time it is for the application: the offline cloud's time of day, which tests move, set and
freeze; in AWS the machine's."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import json
import os
import urllib.error
import urllib.request
from typing import Any, Dict, Optional

from .environment import time_in

ANSWER_SECONDS = 10
# The cloud checks access keys, and refuses these.
REFUSALS = {"IncompleteSignatureException", "InvalidSignatureException", "UnrecognizedClientException"}
SERVICE = "execute-api"  # routes below /_local are signed like those of an API in API Gateway

# The offline cloud is near, whatever proxy is configured.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def now() -> datetime.datetime:
    """The time of day in UTC. If the environment names an endpoint (AWS_ENDPOINT_URL, or
    AWS_ENDPOINT_URL_DYNAMODB) that is an offline cloud, one request asks it; otherwise this is
    the machine's time. Raises botocore.exceptions.EndpointConnectionError if nothing answers
    there, or something that is not HTTP, and ClientError if the cloud refuses the credentials. Any
    thread may call it."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_DYNAMODB")
    text = _answer(endpoint.rstrip("/") + "/_local/clock") if endpoint else None
    return time_in(text) if text else datetime.datetime.now(datetime.timezone.utc)


def _answer(url: str) -> Optional[str]:
    """The cloud's time; None if no offline cloud answers."""
    import botocore.exceptions

    try:
        request = urllib.request.Request(url, headers=_signed_headers(url))
        with contextlib.closing(_DIRECT.open(request, timeout=ANSWER_SECONDS)) as response:
            time: str = json.loads(response.read())["now"]
            return time
    except urllib.error.HTTPError as refused:
        _raise_refusal(refused)
        return None
    except (ValueError, KeyError, TypeError):
        return None
    except (OSError, http.client.HTTPException) as error:
        raise botocore.exceptions.EndpointConnectionError(endpoint_url=url, error=error) from error


def _raise_refusal(answer: urllib.error.HTTPError) -> None:
    """Raises ClientError if the cloud refuses the credentials. Another server does not know the
    route."""
    import botocore.exceptions

    code = answer.headers.get("x-amzn-ErrorType", "").partition(":")[0]
    if code in REFUSALS:
        error = {"Code": code, "Message": _message_of(answer)}
        metadata = {"HTTPStatusCode": answer.code}
        raise botocore.exceptions.ClientError({"Error": error, "ResponseMetadata": metadata}, "GET /_local/clock")


def _message_of(answer: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(answer.read())["message"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _signed_headers(url: str) -> Dict[str, Any]:
    """A cloud that checks access keys needs a signature; others ignore it."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    key, secret, token = map(os.environ.get, names)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    request = AWSRequest("GET", url)
    SigV4Auth(Credentials(key or "local", secret or "local", token), SERVICE, region).add_auth(request)
    return dict(request.headers.items())
