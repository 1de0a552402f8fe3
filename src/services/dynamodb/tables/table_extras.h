// A table's data besides its description and its items: tags, resource policies, backup settings.
//
//   key                                                value
//   kTableExtras number(table id) 'T' text(tag key)    the tag's value
//   kTableExtras number(table id) 'P' text(ARN)        a policy of the table or of one of its streams: its
//                                                      revision id as a text (base/bytes.h), then the
//                                                      policy's bytes
//   kTableExtras number(table id) 'B'                  point-in-time recovery: 4 bytes, days to keep; then
//                                                      8 bytes, enabled at (milliseconds since the epoch);
//                                                      absent: disabled
//   kTableExtras number(table id) 'S', 'I'             item counts and sizes (table_statistics.h)
//
// Errors: ApiError. Thread safety: functions of a Reader or a Transaction.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/clock.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/limits.h"
#include "services/dynamodb/tables/tags.h"
#include "store/store.h"

namespace ddblog::dynamodb {

// The table of an operation on tables, by name or ARN. Throws ResourceNotFoundException "Requested
// resource not found: Table: NAME not found".
std::shared_ptr<const Table> describedTable(const Reader& reader, const Context& context, std::string_view name_or_arn);

std::vector<Tag> tagsOf(const Reader& reader, std::uint64_t table_id);
// Throws ValidationException if the table would have more than limits::kTagsPerResource tags.
void putTags(Transaction& transaction, std::uint64_t table_id, const std::vector<Tag>& tags);
void eraseTags(Transaction& transaction, std::uint64_t table_id, const std::vector<std::string>& keys);

struct Policy {
  std::string revision;
  std::string document;
};
std::optional<Policy> policyOf(const Reader& reader, std::uint64_t table_id, std::string_view arn);
// Returns the new revision id: the time in milliseconds, but greater than that of the replaced
// policy.
std::string putPolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn, std::string_view document,
                      Timestamp now);
// `expected`: ExpectedRevisionId ("NO_POLICY": there must be no policy). Throws
// PolicyNotFoundException if the policy's revision is another.
void checkRevision(const std::optional<Policy>& current, const std::string& expected, std::string_view arn,
                   const Table& table);
// Returns PolicyNotFoundException. `why`: the ARN of the resource without a policy, or why its
// policy is not the expected one.
ApiError policyNotFound(std::string_view why);
void erasePolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn);

struct Backups {
  int days = 35;
  Timestamp enabled_at;
};
std::optional<Backups> backupsOf(const Reader& reader, std::uint64_t table_id);  // std::nullopt: disabled
void putBackups(Transaction& transaction, std::uint64_t table_id, const std::optional<Backups>& backups);

// Erases all of the above, and the table's statistics.
void eraseExtras(Transaction& transaction, std::uint64_t table_id);

}  // namespace ddblog::dynamodb
