#!/bin/sh
# An order is placed, paid and shipped, and the read model knows its carrier. `settle` waits, and fails with the reason
# if a function failed.
set -eu
cloud=${DYNAMODB_LOG:-dynamodb-log}
folder=$(mktemp -d)
trap 'rm -rf "$folder"; kill "$process" 2>/dev/null || true' EXIT

"$cloud" offline --in-memory --port 0 --ready-file "$folder/ready.json" --parent-pid $$ >"$folder/log" 2>&1 &
process=$!
until [ -e "$folder/ready.json" ]; do
  kill -0 "$process" 2>/dev/null || { cat "$folder/log"; exit 1; }
  sleep 0.05
done
AWS_ENDPOINT_URL=$(sed 's/.*"url":"\([^"]*\)".*/\1/' "$folder/ready.json")
export AWS_ENDPOINT_URL

"$cloud" append orders 1 placed '{"customer": "Ada", "total": 12.5}' --expect none
"$cloud" append orders 1 paid '{}' --expect 1
"$cloud" append orders 1 shipped '{"carrier": "PostNord"}' --expect 2
"$cloud" settle --advance
"$cloud" query core --pk 'orders#1' -o jsonl | grep '"carrier":"PostNord"'
