#include "services/lambda/invocations/shared_payloads.h"

#include <stdexcept>
#include <utility>

#include "base/bytes.h"
#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {
namespace {

constexpr char kShared = static_cast<char>(key_spaces::kPayloads);
constexpr std::size_t kRemembered = 1000;  // loaded payloads, before forgotten ones are looked for

std::string textKey(std::uint64_t number) { return KeyBuilder(key_spaces::kPayloads).number(1).number(number).str(); }
std::string countKey(std::uint64_t number) { return KeyBuilder(key_spaces::kPayloads).number(2).number(number).str(); }

std::uint64_t countOf(const Reader& reader, std::uint64_t number) {
  const auto stored = reader.get(countKey(number));
  if (!stored) throw std::runtime_error("a shared payload of asynchronous invocations is not counted");
  std::string_view bytes = *stored;
  return takeNumber<std::uint64_t>(bytes);
}

void putCount(Transaction& transaction, std::uint64_t number, std::uint64_t count) {
  std::string stored;
  appendNumber(stored, count);
  transaction.put(countKey(number), std::move(stored));
}

}  // namespace

void putPayload(Transaction& transaction, std::string& row, const rpc::MessageBody& body, std::uint64_t id,
                const void* owner) {
  if (!body.isOfSeveralMessages()) {
    row += body.text();
    return;
  }
  const std::optional<std::uint64_t> known = body.storedAs(owner);
  const std::uint64_t number = known.value_or(id);
  if (!known) {
    transaction.put(textKey(number), body.text());
    body.noteStored(owner, number);
  }
  putCount(transaction, number, known ? countOf(transaction, number) + 1 : 1);
  row.front() = kShared;
  appendNumber(row, number);
}

void erasePayload(Transaction& transaction, const Payload& payload) {
  if (!payload.number) return;
  const std::uint64_t left = countOf(transaction, *payload.number) - 1;
  if (left > 0) return putCount(transaction, *payload.number, left);
  transaction.erase(textKey(*payload.number));
  transaction.erase(countKey(*payload.number));
}

Payload LoadedPayloads::load(const Reader& reader, std::string_view row, std::string_view rest) {
  if (row.front() != kShared) return {std::make_shared<const std::string>(rest), std::nullopt};
  const auto number = takeNumber<std::uint64_t>(rest);
  if (loaded_.size() >= kRemembered) std::erase_if(loaded_, [](const auto& one) { return one.second.expired(); });
  std::weak_ptr<const std::string>& known = loaded_[number];
  std::shared_ptr<const std::string> text = known.lock();
  if (!text) {
    auto stored = reader.get(textKey(number));
    if (!stored) throw std::runtime_error("an asynchronous invocation is in the queue without its payload");
    text = std::make_shared<const std::string>(*std::move(stored));
    known = text;
  }
  return {std::move(text), number};
}

}  // namespace ddblog::lambda
