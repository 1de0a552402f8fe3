#include "services/dynamodb/transactions/transaction_tokens.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/api_error.h"
#include "base/bytes.h"
#include "base/fnv.h"
#include "item/stored_item.h"
#include "services/dynamodb/core/key_spaces.h"
#include "services/dynamodb/core/limits.h"
#include "store/key_space.h"

namespace ddblog::dynamodb {
namespace {

constexpr std::size_t kEndedTakenOut = 16;

std::string tokenKey(std::string_view token) {
  return KeyBuilder(key_spaces::kTransactionTokens).bytes("T").text(token).str();
}

std::string endKey(std::uint64_t ends, std::string_view token) {
  return KeyBuilder(key_spaces::kTransactionTokens).bytes("E").number(ends).text(token).str();
}

// The finalizer of SplitMix64, which spreads a change of any bit over all bits:
// https://prng.di.unimi.it/splitmix64.c
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9ULL;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebULL;
  return bits ^ (bits >> 31);
}

std::uint64_t hashOf(std::string_view text) { return mix(fnv1a(text)); }

std::uint64_t millisecondsOf(RunningTime time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }

void takeOutEnded(Transaction& transaction, std::uint64_t now) {
  std::vector<std::string> ended;
  const std::string begin = KeyBuilder(key_spaces::kTransactionTokens).bytes("E").str();
  const std::string end = KeyBuilder(key_spaces::kTransactionTokens).bytes("E").number(now).str();
  for (auto cursor = transaction.cursor(begin, end); cursor->valid() && ended.size() < kEndedTakenOut; cursor->next()) {
    ended.emplace_back(cursor->key());
  }
  for (const std::string& key : ended) {
    KeyParser parser(std::string_view(key).substr(1));
    parser.number();
    transaction.erase(tokenKey(parser.text()));
    transaction.erase(key);
  }
}

}  // namespace

std::uint64_t fingerprint(const json::value& request) {
  if (const json::object* object = request.if_object()) {
    std::uint64_t sum = 1;  // a sum, so that the order of members does not matter
    for (const auto& member : *object) {
      sum += mix(hashOf({member.key().data(), member.key().size()}) + 3 * fingerprint(member.value()));
    }
    return mix(sum);
  }
  if (const json::array* list = request.if_array()) {
    std::uint64_t hash = 2;
    for (const json::value& element : *list) hash = mix(hash + 5 * fingerprint(element));
    return hash;
  }
  return hashOf(json::serialize(request));
}

double repetitionUnits(const ItemChange& change) {
  const auto size = [](const std::string& image) { return image.empty() ? 0 : storedItemSize(image); };
  return 2 * readUnits(std::max(size(change.old_image), size(change.new_image)), true);
}

ConsumedByTable consumedBy(const RepetitionCharge& charge) {
  ConsumedByTable consumed;
  for (const auto& [table, units] : charge) consumed[table].addTable(units);
  return consumed;
}

std::optional<RepetitionCharge> findRepetition(const Reader& reader, std::string_view token, std::uint64_t request,
                                               RunningTime now) {
  const auto stored = reader.get(tokenKey(token));
  if (!stored) return std::nullopt;
  std::string_view bytes = *stored;
  if (takeNumber<std::uint64_t>(bytes) <= millisecondsOf(now)) return std::nullopt;
  if (takeNumber<std::uint64_t>(bytes) != request) {
    throw ApiError("IdempotentParameterMismatchException",
                   "DynamoDB rejected the request because you retried a request with a different payload but with an "
                   "idempotent token that was already used.");
  }
  RepetitionCharge charge;
  while (!bytes.empty()) {
    const std::string table(takeText(bytes));
    charge[table] = static_cast<double>(takeNumber<std::uint64_t>(bytes));
  }
  return charge;
}

void keepToken(Transaction& transaction, std::string_view token, std::uint64_t request, const RepetitionCharge& charge,
               RunningTime now) {
  takeOutEnded(transaction, millisecondsOf(now));
  if (const auto ended = transaction.get(tokenKey(token))) {
    std::string_view bytes = *ended;
    transaction.erase(endKey(takeNumber<std::uint64_t>(bytes), token));
  }
  const std::uint64_t ends = millisecondsOf(now + Duration(limits::kTransactTokenAge));
  std::string value;
  appendNumber<std::uint64_t>(value, ends);
  appendNumber<std::uint64_t>(value, request);
  for (const auto& [table, units] : charge) {
    appendText(value, table);
    appendNumber<std::uint64_t>(value, static_cast<std::uint64_t>(units));
  }
  transaction.put(tokenKey(token), value);
  transaction.put(endKey(ends, token), "");
}

}  // namespace ddblog::dynamodb
