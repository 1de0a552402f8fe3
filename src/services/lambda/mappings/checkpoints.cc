#include "services/lambda/mappings/checkpoints.h"

#include <algorithm>
#include <map>

#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::uint64_t kMapping = 1;
constexpr std::uint64_t kCheckpoint = 2;
constexpr std::uint64_t kFinished = 1;
constexpr std::uint64_t kHasWindow = 2;

// Values have the same encoding as keys: self-delimiting parts.
std::string encode(const Checkpoint& checkpoint) {
  KeyBuilder stored(key_spaces::kMappings);
  stored.number((checkpoint.finished ? kFinished : 0) | (checkpoint.window.empty() ? 0 : kHasWindow));
  if (!checkpoint.window.empty()) stored.text(checkpoint.window);
  return stored.bytes(checkpoint.after).str();
}

Checkpoint decode(std::string_view stored) {
  KeyParser parser(stored);
  Checkpoint checkpoint;
  const std::uint64_t flags = parser.number();
  checkpoint.finished = (flags & kFinished) != 0;
  if ((flags & kHasWindow) != 0) checkpoint.window = parser.text();
  checkpoint.after = parser.rest();
  return checkpoint;
}

struct ParsedKey {
  std::string arn;
  std::string shard_id;
  int lanes;
};

ParsedKey parse(std::string_view key) {
  KeyParser parser(key);
  parser.number();
  parser.text();
  ParsedKey parsed;
  parsed.arn = parser.text();
  parsed.shard_id = parser.text();
  parsed.lanes = static_cast<int>(parser.number());
  return parsed;
}

std::string identityKey(std::string_view function_name, std::string_view source) {
  return KeyBuilder(key_spaces::kMappings).number(kMapping).text(function_name).text(source).str();
}

}  // namespace

Checkpoints::Checkpoints(std::string function_name, std::string source, int lanes)
    : function_name_(std::move(function_name)), source_(std::move(source)), lanes_(lanes) {}

bool Checkpoints::find(const Reader& reader) {
  const auto stored = reader.get(identityKey(function_name_, source_));
  if (!stored) return false;
  KeyParser parser(*stored);
  modified_at_ = Timestamp(Duration(static_cast<Duration::rep>(parser.number())));
  uuid_ = parser.rest();
  return true;
}

bool Checkpoints::open(Transaction& transaction, Ids& ids, Timestamp now) {
  if (find(transaction)) return false;
  uuid_ = ids.uuid();
  modified_at_ = now;
  putIdentity(transaction, function_name_, source_, uuid_, now);
  return true;
}

void Checkpoints::putIdentity(Transaction& transaction, std::string_view function_name, std::string_view source,
                              std::string_view uuid, Timestamp now) {
  transaction.put(identityKey(function_name, source),
                  KeyBuilder(key_spaces::kMappings)
                      .number(static_cast<std::uint64_t>(now.time_since_epoch().count()))
                      .bytes(uuid)
                      .str());
}

void Checkpoints::eraseIdentity(Transaction& transaction, std::string_view function_name, std::string_view source) {
  transaction.erase(identityKey(function_name, source));
}

void Checkpoints::eraseAll(Transaction& transaction, std::string_view uuid) {
  const std::string all = KeyBuilder(key_spaces::kMappings).number(kCheckpoint).text(uuid).str();
  std::vector<std::string> keys;
  for (auto cursor = transaction.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    keys.emplace_back(cursor->key());
  }
  for (std::string& key : keys) transaction.erase(std::move(key));
}

std::string Checkpoints::prefix() const {
  return KeyBuilder(key_spaces::kMappings).number(kCheckpoint).text(uuid_).str();
}

std::string Checkpoints::key(std::string_view arn, std::string_view shard_id, int lane) const {
  return KeyBuilder(key_spaces::kMappings)
      .number(kCheckpoint)
      .text(uuid_)
      .text(arn)
      .text(shard_id)
      .number(static_cast<std::uint64_t>(lanes_))
      .number(static_cast<std::uint64_t>(lane))
      .str();
}

std::optional<Checkpoint> Checkpoints::find(const Reader& reader, std::string_view arn, std::string_view shard_id,
                                            int lane) const {
  const auto stored = reader.get(key(arn, shard_id, lane));
  if (!stored) return std::nullopt;
  return decode(*stored);
}

void Checkpoints::put(Transaction& transaction, std::string_view arn, std::string_view shard_id, int lane,
                      const Checkpoint& checkpoint) const {
  transaction.put(key(arn, shard_id, lane), encode(checkpoint));
}

void Checkpoints::adaptLanes(Transaction& transaction) const {
  struct Others {
    int lanes = 0;
    int count = 0;
    Checkpoint slowest;
  };
  std::map<std::pair<std::string, std::string>, Others> shards;
  std::vector<std::string> old_keys;
  for (auto cursor = transaction.cursor(prefix(), endOfPrefix(prefix())); cursor->valid(); cursor->next()) {
    const ParsedKey parsed = parse(cursor->key());
    if (parsed.lanes == lanes_) continue;
    old_keys.emplace_back(cursor->key());
    const Checkpoint checkpoint = decode(cursor->value());
    Others& others = shards[{parsed.arn, parsed.shard_id}];
    others.slowest = others.count == 0 ? checkpoint
                                       : Checkpoint{std::min(others.slowest.after, checkpoint.after),
                                                    others.slowest.finished && checkpoint.finished};
    others.lanes = parsed.lanes;
    ++others.count;
  }
  for (const std::string& old_key : old_keys) transaction.erase(old_key);
  for (const auto& [shard, others] : shards) {
    // A lane without a checkpoint has processed nothing yet.
    const Checkpoint from = others.count == others.lanes ? others.slowest : Checkpoint{};
    for (int lane = 0; lane < lanes_; ++lane) put(transaction, shard.first, shard.second, lane, from);
  }
}

void Checkpoints::forgetOthers(Transaction& transaction, std::string_view arn,
                               const std::vector<std::string>& shard_ids) const {
  const std::string begin = KeyBuilder(key_spaces::kMappings).number(kCheckpoint).text(uuid_).text(arn).str();
  std::vector<std::string> gone;
  for (auto cursor = transaction.cursor(begin, endOfPrefix(begin)); cursor->valid(); cursor->next()) {
    if (std::ranges::find(shard_ids, parse(cursor->key()).shard_id) == shard_ids.end())
      gone.emplace_back(cursor->key());
  }
  for (const std::string& key : gone) transaction.erase(key);
}

}  // namespace ddblog::lambda
