// dynamodb-log invoke NAME: invokes a function with an event, and prints its result and its log.
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <stdexcept>

#include "aws/client.h"
#include "aws/json_response.h"
#include "aws/sigv4.h"
#include "base/base64.h"
#include "base/files.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "cli/command_line.h"
#include "cli/connection.h"
#include "cli/failure_text.h"
#include "cli/local_cloud.h"
#include "cli/terminal/exit_status.h"
#include "cli/terminal/printable.h"
#include "clients/cpp/src/library_errors.h"

namespace ddblog::cli {
namespace {

constexpr const char* kExamples = R"(Examples:
  dynamodb-log invoke orders --event event.json
  echo '{"detail": {"log": "orders"}}' | dynamodb-log invoke orders --event -
  dynamodb-log invoke orders --last               with the event of its last failure
  dynamodb-log invoke orders --stage dev --event event.json

Prints the function's result, and on standard error the end of its log (4 KB at most) and its error. In AWS, give the
function's name there (`dynamodb-log functions --stage dev` lists them). Exit status 1: the function failed.)";

constexpr std::size_t kMostEventBytes = 6u << 20;        // Lambda's limit of a synchronous invocation
constexpr std::chrono::seconds kLongestInvocation{930};  // Lambda's 900 s, and what the way takes

struct Flags {
  ConnectionFlags connection;
  std::string function;
  std::string event_file;
  bool last = false;
};

std::string readEvent(const std::string& file) {
  try {
    if (file != "-") return readFile(file, kMostEventBytes);
    std::string event(kMostEventBytes + 1, '\0');
    std::cin.read(event.data(), static_cast<std::streamsize>(event.size()));
    event.resize(static_cast<std::size_t>(std::cin.gcount()));
    if (event.size() > kMostEventBytes) throw std::runtime_error("standard input has more than 6 MiB");
    return event;
  } catch (const std::exception& error) {
    throw std::invalid_argument("--event: " + std::string(error.what()));
  }
}

// The payload of the newest failure of the function that the offline cloud keeps.
std::string lastFailedEvent(const Flags& flags) {
  const LocalCloud cloud(flags.connection, "--event with the record of a destination or a dead-letter queue");
  const json::object page =
      aws::parseResponse(cloud.send("GET", "/_local/failures", {{"limit", "1"}, {"function", flags.function}}).body);
  const json::array& failures = page.at("failures").as_array();
  if (failures.empty()) {
    throw std::runtime_error("The offline cloud keeps no failure of the function " + flags.function +
                             ". Name an event with --event FILE.");
  }
  const std::string id = textOf(failures.front().as_object(), "id");
  return failurePayload(cloud.send("GET", "/_local/failures/" + id).body);
}

std::string eventOf(const Flags& flags) {
  if (flags.last && !flags.event_file.empty()) throw std::invalid_argument("either --event or --last, not both");
  if (flags.last) return lastFailedEvent(flags);
  if (flags.event_file.empty()) return "{}";
  const std::string event = readEvent(flags.event_file);
  try {
    parseJson(event);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("the event is not JSON: " + std::string(error.what()));
  }
  return event;
}

std::string headerOf(const aws::HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

void printLog(const std::string& encoded) {
  const auto log = fromBase64(encoded);
  if (!log) return;
  std::string line;
  for (const char c : *log + "\n") {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (!line.empty()) std::cerr << printable(line) << '\n';
    line.clear();
  }
  std::cerr.flush();
}

// "The function orders failed: ValueError: no such order"
std::string errorOf(const std::string& result, const std::string& function) {
  std::string text = "The function " + function + " failed";
  try {
    const json::value value = parseJson(result);
    const json::object& error = value.as_object();
    const std::string type = textOf(error, "errorType");
    const std::string message = textOf(error, "errorMessage");
    if (!type.empty()) text += ": " + type;
    if (!message.empty()) text += ": " + message;
  } catch (const std::exception&) {  // its result is printed as it is
  }
  return text;
}

int invoke(const Flags& flags) {
  const std::string event = eventOf(flags);
  confirmStage(flags.connection, "invoke");
  const ConnectOptions options = connectOptions(flags.connection);
  AdjustableClock clock;
  Ids ids;
  aws::Session session({.endpoint_url = options.endpoint_url,
                        .region = options.region,
                        .profile = options.profile,
                        .attempts = 1,
                        .timeout = kLongestInvocation},
                       clock, ids);
  const aws::HttpResponse response = withLibraryErrors([&] {
    return aws::Client(session, aws::kLambda)
        .send({.method = "POST",
               .path = "/2015-03-31/functions/" + aws::percentEncode(flags.function) + "/invocations",
               .headers = {{"x-amz-invocation-type", "RequestResponse"}, {"x-amz-log-type", "Tail"}},
               .body = event});
  });
  printLog(headerOf(response, "x-amz-log-result"));
  std::cout << (::isatty(STDOUT_FILENO) == 1 ? printable(response.body) : response.body) << std::endl;
  if (headerOf(response, "x-amz-function-error").empty()) return kOk;
  throw std::runtime_error(errorOf(response.body, flags.function));
}

}  // namespace

void addInvoke(Command& program) {
  Command command = program.subcommand("invoke", "Invoke a function, and print its result and its log");
  auto flags = std::make_shared<Flags>();
  command.argument("FUNCTION", flags->function, "The function's name");
  command.option("--event,-e FILE", flags->event_file, "The event, a JSON file; \"-\": standard input (default: {})");
  command.flag("--last", flags->last, "The event of the function's newest failure (offline)");
  addConnectionFlags(command, flags->connection);
  command.examples(kExamples);
  command.runs([flags] { return invoke(*flags); });
}

}  // namespace ddblog::cli
