"""What an error of a write means for an append."""

from __future__ import annotations

import enum
from typing import Any, Set

from . import sdk_errors

BUSY_CODES = {
    "LimitExceededException",  # DynamoDB Streams: more than two read one shard
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}
# Why a transaction was cancelled, as far as it can be tried again.
CONFLICT_REASON = "TransactionConflict"
BUSY_REASONS = {"ProvisionedThroughputExceeded", "ThrottlingError"}


class Outcome(enum.Enum):
    LOST = "a condition failed: somebody wrote there, or nobody did"
    CONFLICT = "another transaction works on the same items"
    BUSY = "throttled"
    UNKNOWN = "no answer: it may be written"
    FAILED = "anything else"


def outcome_of(error: Exception) -> Outcome:
    if isinstance(error, sdk_errors.ClientError):
        return _outcome_of_answer(error)
    if isinstance(error, (sdk_errors.HTTPClientError, sdk_errors.ConnectionError)):
        return Outcome.UNKNOWN
    return Outcome.FAILED


def _outcome_of_answer(error: Any) -> Outcome:
    code = error_code(error)
    if code == "ConditionalCheckFailedException":
        return Outcome.LOST
    if code == "TransactionConflictException":
        return Outcome.CONFLICT
    if code == "TransactionCanceledException":
        return _outcome_of_cancellation(_cancellation_reasons(error))
    if code in BUSY_CODES:
        return Outcome.BUSY
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return Outcome.UNKNOWN
    return Outcome.FAILED


def _outcome_of_cancellation(reasons: Set[str]) -> Outcome:
    if "ConditionalCheckFailed" in reasons:
        return Outcome.LOST
    if CONFLICT_REASON in reasons:
        return Outcome.CONFLICT
    return Outcome.BUSY if reasons and reasons <= BUSY_REASONS else Outcome.FAILED


def _cancellation_reasons(error: Any) -> Set[str]:
    reasons = error.response.get("CancellationReasons", [])
    return {reason.get("Code", "None") for reason in reasons} - {"None"}


def error_code(error: Exception) -> str:
    """AWS's short name of an error; empty if the service did not answer."""
    if not isinstance(error, sdk_errors.ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def failed_item(error: Any) -> Any:
    """The item that failed its condition, if the request was of one item, or that of its first
    action, and asked for it; else None."""
    reasons = error.response.get("CancellationReasons") or [{}]
    return error.response.get("Item") or reasons[0].get("Item")


def is_condition_failure(error: Exception) -> bool:
    return outcome_of(error) is Outcome.LOST
