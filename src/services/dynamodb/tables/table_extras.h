// What hangs on a table besides its description and its items: tags, resource policies, backup settings.
//
//   key                                                value
//   kTableExtras number(table id) 'T' text(tag key)    the tag's value
//   kTableExtras number(table id) 'P' text(ARN)        a policy of the table or of one of its streams: its revision
//                                                      id as a text (base/bytes.h), then the policy's bytes
//   kTableExtras number(table id) 'B'                  point-in-time recovery: 4 bytes, days to keep; absent: disabled;
//                                                      then 8 bytes, enabled at (milliseconds since the epoch)
//   kTableExtras number(table id) 'S', 'I'             figures (table_statistics.h)
//
// Throws ApiError. Thread safety: free functions on a Reader or Transaction.
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

// The table of an operation on tables, by name or ARN. Throws ResourceNotFoundException "Requested resource not found:
// Table: NAME not found".
std::shared_ptr<const Table> describedTable(const Reader& reader, const Context& context, std::string_view name_or_arn);

std::vector<Tag> tagsOf(const Reader& reader, std::uint64_t table_id);
// Throws ValidationException past limits::kTagsPerResource.
void putTags(Transaction& transaction, std::uint64_t table_id, const std::vector<Tag>& tags);
void eraseTags(Transaction& transaction, std::uint64_t table_id, const std::vector<std::string>& keys);

struct Policy {
  std::string revision;
  std::string document;
};
std::optional<Policy> policyOf(const Reader& reader, std::uint64_t table_id, std::string_view arn);
// Returns the new revision id: the time in milliseconds, and greater than that of the policy it replaces.
std::string putPolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn, std::string_view document,
                      Timestamp now);
// `expected`: what ExpectedRevisionId says the revision is ("NO_POLICY": there must be none). Throws
// PolicyNotFoundException if it is not.
void checkRevision(const std::optional<Policy>& current, const std::string& expected, std::string_view arn,
                   const Table& table);
// PolicyNotFoundException; `why`: the ARN of the resource that has none, or what is wrong with the one it has.
ApiError policyNotFound(std::string_view why);
void erasePolicy(Transaction& transaction, std::uint64_t table_id, std::string_view arn);

struct Backups {
  int days = 35;
  Timestamp enabled_at;
};
std::optional<Backups> backupsOf(const Reader& reader, std::uint64_t table_id);  // std::nullopt: disabled
void putBackups(Transaction& transaction, std::uint64_t table_id, const std::optional<Backups>& backups);

// Everything above, and the figures.
void eraseExtras(Transaction& transaction, std::uint64_t table_id);

}  // namespace ddblog::dynamodb
