#include "services/sqs/queues/receipt_handle.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/fnv.h"

namespace ddblog::sqs {

namespace {

constexpr std::size_t kHandleBytes = 5 * sizeof(std::uint64_t);

}  // namespace

std::string encodeReceiptHandle(std::string_view queue_arn, const ReceiptHandle& handle) {
  std::string bytes;
  appendNumber(bytes, fnv1a(queue_arn));
  appendNumber(bytes, handle.queue_number);
  appendNumber(bytes, handle.message_number);
  appendNumber(bytes, handle.receipt);
  appendNumber(bytes, fnv1a(bytes));
  return toBase64(bytes);
}

std::optional<ReceiptHandle> decodeReceiptHandle(std::string_view queue_arn, std::string_view text) {
  const auto bytes = fromBase64(text);
  if (!bytes || bytes->size() != kHandleBytes) return std::nullopt;
  std::string_view rest = *bytes;
  const std::uint64_t expected_check = fnv1a(rest.substr(0, kHandleBytes - sizeof(std::uint64_t)));
  const auto arn = takeNumber<std::uint64_t>(rest);
  ReceiptHandle handle;
  handle.queue_number = takeNumber<std::uint64_t>(rest);
  handle.message_number = takeNumber<std::uint64_t>(rest);
  handle.receipt = takeNumber<std::uint64_t>(rest);
  if (takeNumber<std::uint64_t>(rest) != expected_check || arn != fnv1a(queue_arn)) return std::nullopt;
  return handle;
}

}  // namespace ddblog::sqs
