"""AWS Signature Version 4 of a POST request without a query.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import time
from typing import Dict, NamedTuple, Optional

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """As botocore's frozen credentials, whose attributes have the same names."""

    access_key: str
    secret_key: str
    token: Optional[str]


def sign(headers: Dict[str, str], path: str, body: bytes, credentials: Credentials, region: str, service: str) -> None:
    """Adds the date, the session token and the signature to the headers (lower-case names), all of
    which are signed. `path`: URI-encoded."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers["x-amz-date"] = date
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name]}\n" for name in names)
    signed = ";".join(names)
    request = f"POST\n{path}\n\n{lines}\n{signed}\n{_sha256(body)}"
    text = f"{ALGORITHM}\n{date}\n{scope}\n{_sha256(request.encode())}"
    signature = _hmac(_key_of_day(credentials.secret_key, scope), text).hex()
    headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"
    )


def unsigned(headers: Dict[str, str], credentials: Credentials, region: str, service: str) -> None:
    """Adds what the offline cloud accepts in place of a signature if it checks none. It still says
    whose call it is: each function process has an access key of its own."""
    headers["x-amz-date"] = "19700101T000000Z"
    headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/19700101/{region}/{service}/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0"
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def _key_of_day(secret: str, scope: str) -> bytes:
    """Deriving it takes four hashes, so it is kept for the day."""
    return functools.reduce(_hmac, scope.split("/"), b"AWS4" + secret.encode())
