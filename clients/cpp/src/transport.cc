#include <chrono>
#include <map>
#include <stop_token>

#include "aws/client.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/thread_annotations.h"
#include "clients/cpp/src/library_errors.h"
#include "ddblog/errors.h"
#include "ddblog/transport.h"

namespace ddblog {
namespace {

const aws::Service& serviceOf(Api api) {
  switch (api) {
    case Api::kDynamoDb:
      return aws::kDynamoDb;
    case Api::kDynamoDbStreams:
      return aws::kDynamoDbStreams;
    case Api::kEventBridge:
      return aws::kEventBridge;
  }
  throw std::logic_error("unknown Api");
}

class AwsTransport : public Transport {
 public:
  explicit AwsTransport(const ConnectOptions& options)
      : session_({.endpoint_url = options.endpoint_url, .region = options.region, .profile = options.profile}, clock_,
                 ids_) {}

  std::string call(Api api, std::string_view operation, const std::string& request) override {
    return withLibraryErrors([&] { return client(api).call(operation, request); });
  }

 private:
  // Created on first use: a program that only writes needs no endpoint for DynamoDB Streams.
  const aws::Client& client(Api api) {
    MutexLock lock(mutex_);
    auto& client = clients_[api];
    try {
      if (!client) client = std::make_unique<aws::Client>(session_, serviceOf(api));
    } catch (const std::exception& e) {
      throw ConfigurationError(e.what());
    }
    return *client;
  }

  AdjustableClock clock_;
  Ids ids_;
  aws::Session session_;
  Mutex mutex_;
  std::map<Api, std::unique_ptr<aws::Client>> clients_;
};

class SystemEnvironment : public Environment {
 public:
  std::string timestamp() override { return toIso8601(clock_.now(), true); }
  std::string uuid() override { return ids_.uuid(); }
  void pause(std::chrono::milliseconds duration) override {
    const RunningTime deadline = clock_.runningTime() + duration;
    Mutex mutex;
    CondVar never;
    MutexLock lock(mutex);
    while (clock_.runningTime() < deadline) clock_.wait(lock, never, deadline);
  }
  void pauseUnlessStopped(std::chrono::milliseconds duration, const std::stop_token& stop) override {
    const RunningTime deadline = clock_.runningTime() + duration;
    Mutex mutex;
    CondVar stopped;
    const std::stop_callback wake(stop, [&] {
      MutexLock lock(mutex);
      stopped.notifyAll();
    });
    MutexLock lock(mutex);
    while (!stop.stop_requested() && clock_.runningTime() < deadline) clock_.wait(lock, stopped, deadline);
  }
  std::chrono::milliseconds jitter(std::chrono::milliseconds most) override {
    return std::chrono::milliseconds(ids_.number() % static_cast<std::uint64_t>(most.count() + 1));
  }

 private:
  AdjustableClock clock_;
  Ids ids_;
};

}  // namespace

void Environment::pauseUnlessStopped(std::chrono::milliseconds duration, const std::stop_token& stop) {
  if (!stop.stop_requested()) pause(duration);
}

std::chrono::milliseconds Environment::steady() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
}

std::shared_ptr<Transport> connect(const ConnectOptions& options) {
  try {
    return std::make_shared<AwsTransport>(options);
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
}

std::shared_ptr<Environment> systemEnvironment() { return std::make_shared<SystemEnvironment>(); }

}  // namespace ddblog
