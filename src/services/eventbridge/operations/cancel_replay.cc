// CancelReplay: ends an active replay, after the events that it is sending.
// Errors: constraints, a missing replay, one that has ended or is being cancelled.
#include <string>

#include "rpc/operation.h"
#include "services/eventbridge/operations/archive_fields.h"

namespace ddblog::eventbridge {
namespace {

class CancelReplay {
 public:
  CancelReplay(rpc::RequestReader& request, ArchiveContext& context) : context_(context) {
    name_ = request.fields().string("ReplayName", replayNameRule()).value_or("");
    request.finish();
  }
  std::string run(Transaction& transaction) const;

 private:
  ArchiveContext& context_;
  std::string name_;
};

std::string CancelReplay::run(Transaction& transaction) const {
  Replay replay = context_.replays.get(transaction, name_);
  if (replay.state != ReplayState::kStarting && replay.state != ReplayState::kRunning) {
    throw ApiError("IllegalStatusException", "Replay " + name_ + " is not in a valid state for this operation.");
  }
  replay.state = ReplayState::kCancelling;
  context_.replays.put(transaction, replay);
  transaction.notifyAfterCommit(context_.replays_changed);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("ReplayArn").value(context_.bus.arns.replay(name_));
  json.key("State").value(nameOf(replay.state)).endObject();
  return out;
}

}  // namespace

void addCancelReplay(rpc::JsonApi& api, ArchiveContext& context) {
  rpc::addWrite<CancelReplay>(api, "CancelReplay", context);
}

}  // namespace ddblog::eventbridge
