#include "cli/cloud/local_cloud.h"

#include <charconv>

#include "aws/json_response.h"
#include "base/base64.h"
#include "base/json.h"
#include "clients/cpp/src/library_errors.h"
#include "ddblog/errors.h"

namespace ddblog::cli {
namespace {

std::string headerOf(const aws::HttpResponse& response, const std::string& name) {
  const auto found = response.headers.find(name);
  return found == response.headers.end() ? std::string() : found->second;
}

std::uint64_t countOf(const aws::HttpResponse& response, const std::string& name) {
  const std::string text = headerOf(response, name);
  std::uint64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

// In base64; sent back to the server unchanged.
std::string nextOf(const aws::HttpResponse& response) { return headerOf(response, "x-ddblog-next"); }

std::string textOf(const json::object& object, const char* name) { return std::string(object.at(name).as_string()); }

std::uint64_t numberOf(const json::object& object, const char* name) {
  return static_cast<std::uint64_t>(object.at(name).as_int64());
}

}  // namespace

LocalCloud::LocalCloud(const ConnectionFlags& flags, const std::string& instead, int attempts,
                       std::chrono::milliseconds timeout) {
  const ConnectOptions options = connectOptions(flags);
  try {
    session_ = std::make_unique<aws::Session>(aws::ClientOptions{.endpoint_url = options.endpoint_url,
                                                                 .region = options.region,
                                                                 .profile = options.profile,
                                                                 .attempts = attempts,
                                                                 .timeout = timeout},
                                              clock_, ids_);
    client_ = std::make_unique<aws::Client>(*session_, aws::kDynamoDb);
  } catch (const std::exception& e) {
    throw ConfigurationError(e.what());
  }
  if (client_->endpoint().host.ends_with(".amazonaws.com")) {
    throw ConfigurationError("This works only with the offline cloud; in AWS use " + instead +
                             ". To reach the offline cloud: --endpoint-url " + flags.offline_endpoint);
  }
}

aws::HttpResponse LocalCloud::send(const std::string& method, const std::string& path,
                                   const std::vector<std::pair<std::string, std::string>>& query,
                                   std::string_view body) const {
  return withLibraryErrors(
      [&] { return client_->send({.method = method, .path = path, .query = query, .body = body}); });
}

std::optional<std::string> LocalCloud::health() const {
  std::string text;
  try {
    text = send("GET", "/_local/health").body;
  } catch (const ServiceError& e) {
    if (e.status() != 404 && e.status() != 400) throw;
  }
  try {
    const json::value response = parseJson(text);
    return textOf(response.as_object(), "run");
  } catch (const std::exception&) {  // something else answers
    return std::nullopt;
  }
}

std::optional<std::string> LocalCloud::runId() const {
  try {
    if (auto run = health()) return run;
  } catch (const NotReachable&) {
    return std::nullopt;
  }
  throw std::runtime_error("The server at " + url() +
                           " is not an offline cloud, or an older version. Use --endpoint-url for another endpoint, or "
                           "--data for a data directory that is not in use.");
}

RemoteState::RemoteState(const LocalCloud& cloud) : cloud_(cloud) {
  const json::object response = aws::parseResponse(cloud.send("POST", "/_local/snapshots").body);
  path_ = "/_local/snapshots/" + textOf(response, "snapshot");
  info_.saved_at = textOf(response, "exportTime");
  info_.items = numberOf(response, "items");
  info_.events = numberOf(response, "events");
  for (const json::value& value : response.at("tables").as_array()) {
    const json::object& table = value.as_object();
    tables_.push_back({textOf(table, "name"), textOf(table, "arn"), textOf(table, "id"), numberOf(table, "items"),
                       numberOf(table, "bytes")});
  }
  info_.tables = tables_.size();
}

RemoteState::~RemoteState() {
  try {
    cloud_.send("DELETE", path_);
  } catch (const std::exception&) {
    // The lease expires.
  }
}

const snapshots::TableInfo* RemoteState::findTable(const std::string& name_or_arn) const {
  for (const snapshots::TableInfo& table : tables_) {
    if (table.name == name_or_arn || table.arn == name_or_arn) return &table;
  }
  return nullptr;
}

aws::HttpResponse RemoteState::read(const std::string& path, const std::string& from) const {
  std::vector<std::pair<std::string, std::string>> query;
  if (!from.empty()) query.emplace_back("from", from);
  return cloud_.send("GET", path, query);
}

snapshots::StatePart RemoteState::part(const std::string& from) const {
  aws::HttpResponse response = read(path_, from);
  const std::string kind = headerOf(response, "x-ddblog-kind");
  if (kind.size() != 1) throw std::runtime_error("the server at the endpoint is not an offline cloud");
  return {static_cast<snapshots::BlockKind>(kind[0]), std::move(response.body), countOf(response, "x-ddblog-items"),
          countOf(response, "x-ddblog-events"), nextOf(response)};
}

snapshots::TablePart RemoteState::tablePart(const snapshots::TableInfo& table, const std::string& from) const {
  aws::HttpResponse response = read(path_ + "/tables/" + table.name, from);
  return {std::move(response.body), countOf(response, "x-ddblog-items"), nextOf(response)};
}

}  // namespace ddblog::cli
