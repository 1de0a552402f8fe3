#include "offline/resets.h"

#include <exception>
#include <string>
#include <utility>

#include "base/api_error.h"
#include "rpc/request_reader.h"

namespace ddblog::offline {
namespace {

constexpr const char* kConfirmation = "data";

ApiError resetsEnded() { return {"CloudIsStopping", "The offline cloud is stopping", 503}; }

}  // namespace

void Resets::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/reset", "Reset", [this](rpc::Request request, rpc::Callback respond) {
    try {
      receive(request, respond);
    } catch (...) {
      respond(std::current_exception());
    }
  });
  api.setWaits("Reset");
}

void Resets::receive(const rpc::Request& request, rpc::Callback respond) {
  rpc::Request with_body = request;
  if (with_body.body.empty()) with_body.body = "{}";
  rpc::RequestReader reader(with_body);
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
    if (ended_) throw resetsEnded();
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
  for (const Reset& reset : waiting) reset.respond(resetsEnded());
}

}  // namespace ddblog::offline
