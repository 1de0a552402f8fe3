#include "clients/cpp/src/lambda_shutdown.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "base/thread_annotations.h"
#include "clients/cpp/src/runtime_api_client.h"
#include "clients/cpp/src/thrown.h"
#include "ddblog/lambda_runtime.h"

namespace ddblog {
namespace {

constexpr suseconds_t kGraceMicroseconds = 500'000;  // Lambda's, for functions with an internal extension
constexpr std::string_view kRegister = "/2020-01-01/extension/register";
constexpr std::string_view kNextEvent = "/2020-01-01/extension/event/next";
constexpr std::string_view kExtensionName = "ddblog-shutdown";

struct Shutdown {
  std::function<void()> callback;  // set before there are other threads
  Mutex mutex;
  bool has_run GUARDED_BY(mutex) = false;
};

// Lives as long as the process: the thread that uses it may run while the program ends.
Shutdown& shutdown() {
  static auto* const made = new Shutdown();
  return *made;
}

sigset_t terminating() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  return signals;
}

// Ends the process when the time is over, whatever its threads do: nobody handles SIGALRM.
void limitTime() {
  signal(SIGALRM, SIG_DFL);
  const itimerval grace{{0, 0}, {0, kGraceMicroseconds}};
  setitimer(ITIMER_REAL, &grace, nullptr);
}

// One thread runs the callback, and others wait for that.
void runCallbackOnce() {
  MutexLock lock(shutdown().mutex);
  if (std::exchange(shutdown().has_run, true)) return;
  limitTime();
  try {
    shutdown().callback();
  } catch (...) {
    const Thrown thrown = currentlyThrown();
    std::cerr << "The shutdown callback has thrown " << thrown.type << ": " << thrown.message << std::endl;
  }
}

[[noreturn]] void shutDownAtSignal() {
  const sigset_t signals = terminating();
  int number = 0;
  sigwait(&signals, &number);
  runCallbackOnce();
  std::cout.flush();
  std::cerr.flush();
  _exit(0);
}

// Lambda takes an extension for started when it asks for its first event. This one gets none, so the
// question is never answered.
void beExtension(RuntimeApiClient& api, const std::string& identifier) {
  try {
    api.send({"GET", std::string(kNextEvent), {{"Lambda-Extension-Identifier", identifier}}});
  } catch (const std::exception&) {
    // the process ends
  }
}

void registerExtension(const std::string& runtime_api) {
  try {
    auto api = std::make_shared<RuntimeApiClient>(runtime_api, RuntimeApiClient::Pipelining::kOff);
    const RuntimeApiClient::Response registered =
        api->send({"POST",
                   std::string(kRegister),
                   {{"Content-Type", "application/json"}, {"Lambda-Extension-Name", std::string(kExtensionName)}},
                   R"({"events":[]})"});
    const std::string identifier(registered.header("lambda-extension-identifier"));
    if (registered.status != 200 || identifier.empty()) {
      std::cerr << "There will be no SIGTERM: the Extensions API answered " << registered.status << ": "
                << registered.body << std::endl;
      return;
    }
    std::thread([api, identifier] { beExtension(*api, identifier); }).detach();
  } catch (const std::exception& error) {
    std::cerr << "There will be no SIGTERM: " << error.what() << std::endl;
  }
}

}  // namespace

void onShutdown(std::function<void()> callback) {
  const sigset_t signals = terminating();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // and of all threads that are started from now on
  shutdown().callback = std::move(callback);
}

void awaitShutdown(const std::string& runtime_api) {
  if (!shutdown().callback) return;
  std::thread(shutDownAtSignal).detach();
  if (!runtime_api.empty()) registerExtension(runtime_api);
}

void finishShutdown() {
  if (shutdown().callback) runCallbackOnce();
}

}  // namespace ddblog
