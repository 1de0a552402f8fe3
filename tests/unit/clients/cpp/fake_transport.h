// The transport of unit tests: an operation is a function from the request to the answer; what was
// sent is kept. Thread safety: call() may be called from several threads; look at the rest when they have ended.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ddblog/errors.h"
#include "ddblog/transport.h"

namespace ddblog {

class FakeTransport : public Transport {
 public:
  using Operation = std::function<std::string(const json::object& request)>;

  void on(const std::string& operation, Operation answer) { operations_[operation] = std::move(answer); }
  void on(const std::string& operation, const std::string& answer) {
    on(operation, [answer](const json::object&) { return answer; });
  }

  std::string call(Api, std::string_view operation, const std::string& request) override {
    const auto found = operations_.find(std::string(operation));
    if (found == operations_.end()) throw ServiceError("UnknownOperationException", std::string(operation), 400);
    const json::object parsed = parseJson(request).as_object();
    {
      std::lock_guard lock(mutex_);
      sent.push_back({std::string(operation), parsed, request});
    }
    return found->second(parsed);
  }

  struct Sent {
    std::string operation;
    json::object request;
    std::string text;
  };
  std::vector<Sent> sent;

  // The requests of one operation.
  std::vector<Sent> sentTo(std::string_view operation) const {
    std::vector<Sent> found;
    for (const Sent& one : sent) {
      if (one.operation == operation) found.push_back(one);
    }
    return found;
  }

 private:
  std::map<std::string, Operation> operations_;
  std::mutex mutex_;
};

// Time that does not pass, ids that count up, and pauses that are kept.
class FakeEnvironment : public Environment {
 public:
  std::string timestamp() override { return "2026-11-22T09:00:00.000Z"; }
  std::string uuid() override { return "uuid-" + std::to_string(++ids_); }
  void pause(std::chrono::milliseconds duration) override {
    pauses.push_back(duration);
    if (on_pause) on_pause();
  }
  std::chrono::milliseconds jitter(std::chrono::milliseconds most) override { return most / 2; }

  std::vector<std::chrono::milliseconds> pauses;
  std::function<void()> on_pause;

 private:
  int ids_ = 0;
};

inline ServiceError conditionFailed(int attempts = 1) {
  return ServiceError("ConditionalCheckFailedException", "The conditional request failed", 400, "{}", attempts);
}

// An event's item as DynamoDB answers it.
inline std::string eventItem(const std::string& id, int version, const std::string& type,
                             const std::string& payload_attributes, const std::string& more = {}) {
  return R"({"pk":{"S":"users#)" + id + R"(#stream"},"sk":{"N":")" + std::to_string(version) + R"("},"type":{"S":")" +
         type + R"("},"log":{"S":"users"},"payload":{"M":{"id":{"S":")" + id + "\"}" +
         (payload_attributes.empty() ? "" : "," + payload_attributes) + "}}" + more + "}";
}

inline std::string page(const std::vector<std::string>& items, const std::string& last_evaluated_key = {}) {
  std::string text = "{\"Items\":[";
  for (std::size_t i = 0; i < items.size(); ++i) text += (i ? "," : "") + items[i];
  text += "]";
  if (!last_evaluated_key.empty()) text += ",\"LastEvaluatedKey\":" + last_evaluated_key;
  return text + "}";
}

}  // namespace ddblog
