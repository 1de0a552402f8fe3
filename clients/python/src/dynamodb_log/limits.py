"""DynamoDB's limits, and the log's own.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

ITEM_BYTES = 400 * 1024
TRANSACTION_ACTIONS = 100
TRANSACTION_BYTES = 4 * 1024 * 1024
PARTITION_KEY_BYTES = 2048
SORT_KEY_BYTES = 1024
NUMBER_DIGITS = 38
ATTRIBUTE_DEPTH = 32  # levels of an attribute's lists and maps
# A version is a whole number in every language: a double of JavaScript holds it exactly.
LAST_VERSION = 2**53 - 1
# How far `any` and "stream exists" look back for the caller's event ids.
LOOK_BACK_EVENTS = 100
