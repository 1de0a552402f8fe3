// DescribeReplay: one replay, and how far it has come. Errors: constraints, a missing replay.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"

namespace ddblog::eventbridge {
namespace {

class DescribeReplay {
 public:
  DescribeReplay(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
    name_ = request.fields().string("ReplayName", replayNameRule()).value_or("");
    request.finish();
  }
  std::string run(const Reader& reader) const;

 private:
  ArchiveContext& context_;
  std::string name_;
};

std::string DescribeReplay::run(const Reader& reader) const {
  const Replay replay = context_.replays.get(reader, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ReplayArn").value(context_.bus.arns.replay(replay.name));
  if (!replay.description.empty()) json.key("Description").value(replay.description);
  json.key("Destination").beginObject().key("Arn").value(context_.bus.arns.bus(replay.bus));
  if (!replay.rule_arns.empty()) {
    json.key("FilterArns").beginArray();
    for (const std::string& arn : replay.rule_arns) json.value(arn);
    json.endArray();
  }
  json.endObject();
  writeReplay(json, replay, context_);
  json.endObject();
  return out;
}

}  // namespace

void addDescribeReplay(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addRead<DescribeReplay>(api, "DescribeReplay", context);
}

}  // namespace ddblog::eventbridge
