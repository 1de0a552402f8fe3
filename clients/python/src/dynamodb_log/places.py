"""Finds out where DynamoDB is for the light client, and whether it is the one to use.

Thread safety: every function may be called from any thread."""

from __future__ import annotations

import os
from typing import Any, Optional
from urllib.parse import urlsplit

from .light_client import LOOPBACK, Place
from .signature import Credentials

LOCAL_KEYS = ("local", "local")  # the offline cloud takes any
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def place_of_environment(endpoint: Optional[str], is_local: bool) -> Optional[Place]:
    """The place, if the endpoint is known and the environment names the region and the credentials;
    a local one has defaults of both. None: only boto3 can find them."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ("us-east-1" if is_local else None)
    credentials = _credentials_of_environment(is_local)
    if not endpoint or not region or not credentials:
        return None
    return Place(endpoint, region, lambda: credentials, os.environ.get("AWS_CA_BUNDLE") or None)


def place_of_sdk(endpoint: Optional[str]) -> Place:
    """What boto3 finds, from the environment, the configuration files, or the machine's role."""
    import botocore.session
    from botocore.httpsession import get_cert_path

    session = botocore.session.get_session()
    client = session.create_client("dynamodb", endpoint_url=endpoint)

    def credentials() -> Optional[Any]:
        found = session.get_credentials()
        return found.get_frozen_credentials() if found else None

    ca_file = session.get_config_variable("ca_bundle") or get_cert_path(True)
    return Place(client.meta.endpoint_url, client.meta.region_name, credentials, ca_file)


def is_function() -> bool:
    """Whether this is a Lambda function, offline or in AWS."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def has_proxy(url: Optional[str]) -> bool:
    """Whether the environment names a proxy for this URL (None: for one in AWS). boto3 knows how to
    go through it."""
    if not any(os.environ.get(name) or os.environ.get(name.upper()) for name in PROXIES):
        return False
    parts = urlsplit(url or "https://dynamodb.amazonaws.com")
    if parts.hostname in LOOPBACK:
        return False  # the offline cloud is near, whatever proxy is configured
    import urllib.request

    proxies = urllib.request.getproxies()
    return parts.scheme in proxies and not urllib.request.proxy_bypass(parts.hostname or "")


def _credentials_of_environment(is_local: bool) -> Optional[Credentials]:
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    key, secret, token = map(os.environ.get, names)
    if key and secret:
        return Credentials(key, secret, token or None)
    return Credentials(*LOCAL_KEYS, None) if is_local else None
