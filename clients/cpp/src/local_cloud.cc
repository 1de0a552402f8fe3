#include "ddblog/local_cloud.h"

#include <algorithm>

#include "aws/http/http_client.h"
#include "aws/json_response.h"
#include "base/json.h"
#include "base/json_writer.h"
#include "clients/cpp/src/local_program.h"
#include "ddblog/items.h"

namespace ddblog {
namespace {

constexpr std::chrono::seconds kAnswerTime{30};  // beside what a settle may wait
constexpr std::size_t kLargestAnswer = 16u << 20;

std::string textIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::uint64_t countIn(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

Failure failureOf(const json::object& failure) {
  return {textIn(failure, "errorLine"), textIn(failure, "log"), json::serialize(failure)};
}

json::array failuresIn(const json::object& answer) {
  const json::value* list = answer.if_contains("failures");
  return list && list->is_array() ? list->get_array() : json::array();
}

std::string indented(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  std::string lines = "    ";
  for (const char c : text) lines += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return lines;
}

std::string textOfFailures(const std::vector<Failure>& failures) {
  std::string text = std::to_string(failures.size()) + " failed:";
  for (const Failure& failure : failures) {
    text += "\n  " + failure.error_line;
    const json::value tree = parseJson(failure.json);
    for (const char* name : {"error", "payload"}) {
      const json::value* member = tree.as_object().if_contains(name);
      if (member) text += std::string("\n  ") + name + ":\n" + indented(json::serialize(*member));
    }
    if (!failure.log.empty()) text += "\n  log:\n" + indented(failure.log);
  }
  return text;
}

ServiceError errorOf(const aws::HttpResponse& response) {
  const auto type = response.headers.find("x-amzn-errortype");
  std::string message = response.body;
  try {
    const json::object body = aws::parseResponse(response.body);
    if (body.contains("Message")) message = textIn(body, "Message");
  } catch (const std::runtime_error&) {
    // not JSON: the text itself says most
  }
  return ServiceError(type == response.headers.end() ? "Unknown" : type->second, message, response.status,
                      response.body);
}

}  // namespace

HandlersFailed::HandlersFailed(std::vector<Failure> failures)
    : std::runtime_error(textOfFailures(failures)), failures_(std::move(failures)) {}

class LocalCloud::Http {
 public:
  aws::HttpResponse send(const aws::HttpRequest& request) { return client_.send(request); }

 private:
  aws::HttpClient client_;  // without a proxy: the cloud is on this machine
};

LocalCloud::LocalCloud(const LocalCloudOptions& options)
    : stage_(options.stage),
      program_(std::make_unique<Program>(options)),
      http_(std::make_unique<Http>()),
      url_(program_->url()),
      transport_(connect({.endpoint_url = url_, .region = "us-east-1", .profile = ""})),
      log_(std::make_unique<EventLog>(transport_, logTable(), EventLogOptions{options.schema, readModelTable()})) {}

LocalCloud::~LocalCloud() = default;

std::map<std::string, std::string> LocalCloud::environment() const {
  return {{"AWS_ENDPOINT_URL", url_},
          {"AWS_REGION", "us-east-1"},
          {"AWS_DEFAULT_REGION", "us-east-1"},
          {"AWS_ACCESS_KEY_ID", "local"},
          {"AWS_SECRET_ACCESS_KEY", "local"}};
}

std::string LocalCloud::logTable() const { return logTableName(stage_); }
std::string LocalCloud::readModelTable() const { return readModelTableName(stage_); }

std::optional<Payload> LocalCloud::item(std::string_view pk, std::string_view sk) const {
  return getItem(*transport_, readModelTable(), pk, sk);
}

Settled LocalCloud::settle(const SettleOptions& options) const {
  std::string request;
  JsonWriter json(request);
  json.beginObject().key("timeout").value(std::int64_t{options.timeout.count()}).key("advance").value(options.advance);
  if (!options.stream.empty()) {
    json.key("until")
        .beginObject()
        .key("stream")
        .value(options.stream)
        .key("version")
        .value(options.version)
        .endObject();
  }
  json.endObject();
  const std::string text = call("POST", "/_local/settle", request, options.timeout + kAnswerTime);
  const json::object answer = aws::parseResponse(text);
  const json::object& counts = answer.at("counts").as_object();
  Settled settled{countIn(counts, "events"),
                  countIn(counts, "invocations"),
                  std::chrono::milliseconds(countIn(answer, "advanced")),
                  {}};
  for (const json::value& failure : failuresIn(answer)) settled.failures.push_back(failureOf(failure.as_object()));
  if (!settled.failures.empty() && !options.allow_failures) throw HandlersFailed(std::move(settled.failures));
  return settled;
}

void LocalCloud::reset(const std::string& checkpoint) {
  call("POST", "/_local/reset", checkpoint.empty() ? "{}" : "{\"checkpoint\":" + quoteJson(checkpoint) + "}");
  log_->forgetVersions();
}

void LocalCloud::checkpoint(const std::string& name) const { call("PUT", "/_local/checkpoints/" + name); }

std::vector<Failure> LocalCloud::failures() const {
  std::vector<Failure> failures;
  for (const json::value& failure : failuresIn(aws::parseResponse(call("GET", "/_local/failures")))) {
    const std::string id = textIn(failure.as_object(), "id");
    failures.push_back(failureOf(aws::parseResponse(call("GET", "/_local/failures/" + id))));
  }
  return failures;
}

std::string LocalCloud::now() const { return textIn(aws::parseResponse(call("GET", "/_local/clock")), "now"); }

void LocalCloud::moveClock(std::chrono::milliseconds by) const {
  call("POST", "/_local/clock", "{\"move\":" + std::to_string(by.count()) + "}");
}

void LocalCloud::setClock(const std::string& time, bool freeze) const {
  call("POST", "/_local/clock", "{\"set\":" + quoteJson(time) + ",\"freeze\":" + (freeze ? "true" : "false") + "}");
}

std::string LocalCloud::call(const std::string& method, const std::string& path, const std::string& body,
                             std::chrono::milliseconds timeout) const {
  aws::HttpRequest request{.method = method, .url = url_ + path, .headers = {{"Content-Type", "application/json"}}};
  request.body = body;
  request.timeout = timeout;
  request.max_body = kLargestAnswer;
  try {
    const aws::HttpResponse response = http_->send(request);
    if (response.status >= 400) throw errorOf(response);
    return response.body;
  } catch (const aws::ConnectionError& e) {
    throw NotReachable(e.what());
  }
}

std::string LocalCloud::output() const { return program_->output(); }

}  // namespace ddblog
