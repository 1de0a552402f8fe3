// ListReplays: replays in the order of their names. Errors: constraints, more than one filter.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"
#include "services/eventbridge/operations/fields.h"

namespace ddblog::eventbridge {
namespace {

class ListReplays {
 public:
  ListReplays(rpc::RequestReader& request, ArchiveContext& context)
      : context_(context),
        filter_(readListFilter(request, replayNameRule(false),
                               {"STARTING", "RUNNING", "CANCELLING", "COMPLETED", "CANCELLED", "FAILED"},
                               "ListReplays")) {}
  std::string run(const Reader& reader) const;

 private:
  ArchiveContext& context_;
  const ListFilter filter_;
};

std::string ListReplays::run(const Reader& reader) const {
  const auto page = context_.replays.list(reader, filter_.page, [this](const Replay& replay) {
    return !replay.counts_only && (filter_.source_arn.empty() || sourceArnOf(replay, context_) == filter_.source_arn) &&
           (filter_.state.empty() || nameOf(replay.state) == filter_.state);
  });
  return listAnswer("Replays", page,
                    [this](JsonWriter& json, const Replay& replay) { writeReplay(json, replay, context_); });
}

}  // namespace

void addListReplays(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addRead<ListReplays>(api, "ListReplays", context);
}

}  // namespace ddblog::eventbridge
