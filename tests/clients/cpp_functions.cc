// Functions on the library for C++, for a test in Python (tests/e2e/cpp_functions_test.py).
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>

#include "ddblog/clock.h"
#include "ddblog/lambda_runtime.h"
#include "ddblog/payload.h"

namespace ddblog {
namespace {

// Streams "part" as often as the event says, or ends in the middle with an error.
void streamParts(std::string_view event, const InvocationContext&, ResponseStream& response) {
  const Payload payload{std::string(event)};
  response.begin("text/plain");
  const int count = std::stoi(payload.number("count"));
  for (int i = 0; i < count; ++i) response.write("part " + std::to_string(i) + "\n");
  if (payload.has("fail")) throw std::out_of_range("too many parts");
}

// The response of a function URL.
void httpPage(std::string_view, const InvocationContext&, ResponseStream& response) {
  response.beginHttp(R"({"statusCode":201,"headers":{"x-made-by":"C++"}})");
  response.write("<p>Hello</p>");
}

std::string cloudTime(std::string_view, const InvocationContext&) {
  const auto since = now().time_since_epoch();
  return std::to_string(since.count());
}

std::string ownPid(std::string_view event, const InvocationContext&) {
  if (Payload{std::string(event)}.has("wait")) std::this_thread::sleep_for(std::chrono::minutes(10));
  return std::to_string(getpid());
}

// Says in a file that it ran, or takes longer than it may.
void shutDown() {
  const char* file = std::getenv("SHUTDOWN_FILE");
  if (!file) return;
  std::ofstream(file, std::ios::app) << getpid() << std::endl;
  if (std::getenv("SHUTDOWN_HANGS")) std::this_thread::sleep_for(std::chrono::minutes(10));
}

}  // namespace
}  // namespace ddblog

int main() {
  using namespace ddblog;
  onShutdown(shutDown);
  return runHandlers(
      {{"parts", streaming(streamParts)}, {"page", streaming(httpPage)}, {"time", cloudTime}, {"pid", ownPid}});
}
