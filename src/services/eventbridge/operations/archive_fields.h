// The fields that the operations on archives and replays share, with their constraints.
// Source: the service model of AWS's SDKs (events 2015-10-07).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/eventbridge/archive/context.h"

namespace ddblog::eventbridge {

inline rpc::StringRule archiveNameRule(bool required = true) {
  return {.required = required, .min = 1, .max = 48, .pattern = R"([\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule replayNameRule(bool required = true) {
  return {.required = required, .min = 1, .max = 64, .pattern = R"([\.\-_A-Za-z0-9]+)"};
}
inline rpc::StringRule sourceArnRule(bool required) {
  return {.required = required,
          .min = 1,
          .max = 1600,
          .pattern = R"(^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$)"};
}
// Ours; AWS's model has no limit. Ten thousand years would not fit a Timestamp's range.
inline constexpr std::int64_t kMostRetentionDays = 365'000;
inline rpc::StringRule kmsKeyRule() { return {.max = 2048, .pattern = R"(^[a-zA-Z0-9_\-/:]*$)"}; }

// The filters of a List operation: at most one of NamePrefix, EventSourceArn and State.
struct ListFilter {
  ListRequest page;
  std::string source_arn;
  std::string state;
};
// `operation`: its name, for the error of more than one filter. Calls request.finish().
ListFilter readListFilter(rpc::RequestReader& request, const rpc::StringRule& prefix,
                          std::vector<std::string_view> states, std::string_view operation);

// The bus of an ARN. Throws ResourceNotFoundException if it does not exist, ValidationException if the
// ARN is not a bus's.
std::string busOfArn(const Context& context, std::string_view arn, std::string_view parameter);

// The answer of CreateArchive and UpdateArchive.
std::string changedArchive(const Context& context, const ArchiveDescription& archive);
// The members that DescribeArchive and ListArchives share.
void writeArchive(JsonWriter& json, const ArchiveDescription& archive, const ArchiveContext& context);
// The members that DescribeReplay and ListReplays share.
// The ARN of the archive; one of the archive file has none: then of its bus, where the events come from.
std::string sourceArnOf(const Replay& replay, const ArchiveContext& context);
void writeReplay(JsonWriter& json, const Replay& replay, const ArchiveContext& context);

}  // namespace ddblog::eventbridge
