#include "offline/resets.h"

#include <string>
#include <utility>

#include "base/api_error.h"
#include "offline/later.h"
#include "rpc/request_reader.h"

namespace ddblog::offline {
namespace {

constexpr const char* kConfirmation = "data";

}  // namespace

void Resets::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/reset", "Reset", answeringLater([this](const rpc::Request& request, rpc::Callback respond) {
            receive(request, std::move(respond));
          }));
  api.setWaits("Reset");
}

void Resets::receive(const rpc::Request& request, rpc::Callback respond) {
  rpc::RequestReader reader(request);
  const auto checkpoint = reader.fields().string("checkpoint", {.min = 1});
  const auto confirmed = reader.fields().string("confirm");
  reader.finish();
  if (!data_.empty() && confirmed != kConfirmation) {
    throw ApiError("ResetNotConfirmed",
                   "This cloud keeps its data in " + data_.string() +
                       ", and a reset deletes it. To do that, say \"confirm\": \"data\"; for tests, start the cloud "
                       "with --in-memory",
                   409);
  }
  Reset reset{checkpoint ? checkpoints_.find(*checkpoint) : nullptr, std::move(respond)};
  {
    MutexLock lock(mutex_);
    if (ended_) throw cloudIsStopping();
    if (waiting_.size() >= kMostWaiting) {
      throw ApiError("ResetsInUse", std::to_string(kMostWaiting) + " resets wait already", 429);
    }
    waiting_.push_back(std::move(reset));
  }
  wanted_();
}

std::optional<Reset> Resets::take() {
  MutexLock lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  Reset reset = std::move(waiting_.front());
  waiting_.pop_front();
  return reset;
}

void Resets::end() {
  std::deque<Reset> waiting;
  {
    MutexLock lock(mutex_);
    ended_ = true;
    waiting.swap(waiting_);
  }
  for (const Reset& reset : waiting) reset.respond(cloudIsStopping());
}

}  // namespace ddblog::offline
