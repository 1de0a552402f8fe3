#include "deploy/local/service_calls.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/api_error.h"
#include "rpc/call.h"

namespace ddblog::deploy {

const rpc::JsonApi& apiOf(const rpc::Apis& apis, std::string_view target_prefix) {
  const rpc::JsonApi* api = apis.findJson(target_prefix);
  if (!api) throw ProvisionError("there is no service with the target prefix " + std::string(target_prefix));
  return *api;
}

namespace {

constexpr std::size_t kRunningCalls = 1000;

bool isOfWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether the part is in the text, and not within a longer word: "stage" is in "users-stage", not in "stages".
bool hasWord(std::string_view text, const std::string& part) {
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    const std::size_t end = at + part.size();
    if ((at == 0 || !isOfWord(text[at - 1])) && (end == text.size() || !isOfWord(text[end]))) return true;
  }
  return false;
}

// Whether one of the texts in a request has this part.
bool holds(const json::value& request, const std::string& part) {
  if (request.is_string()) return hasWord(request.get_string(), part);
  if (const json::array* list = request.if_array()) {
    return std::ranges::any_of(*list, [&](const json::value& one) { return holds(one, part); });
  }
  const json::object* map = request.if_object();
  return map && std::ranges::any_of(*map, [&](const auto& member) { return holds(member.value(), part); });
}

std::future<rpc::Outcome> startCall(const rpc::JsonApi& api, const std::string& operation, const json::object& body) {
  const rpc::Handler* handler = api.find(operation);
  if (!handler) throw ProvisionError("the operation " + operation + " is not served");
  rpc::Request request;
  request.operation = operation;
  request.body = json::serialize(body);
  return rpc::startCall(*handler, std::move(request));
}

template <class Result>
Provisioned ended(Refusals& refusals, Result result, const json::object& request, const std::string& what,
                  std::string_view expected_error) {
  try {
    result();
    return Provisioned::kDone;
  } catch (const ApiError& e) {
    if (e.type() == expected_error) return Provisioned::kExpectedError;
    refusals.add(what, e, request);
    return Provisioned::kRefused;
  }
}

}  // namespace

json::object call(const rpc::JsonApi& api, const std::string& operation, const json::object& body) {
  const rpc::Response response = startCall(api, operation, body).get().response();
  return response.body.empty() ? json::object{} : parseJson(response.body).as_object();
}

void Refusals::add(const std::string& what, const ApiError& error, const json::object& request) {
  refused_.insert(what);
  const std::string text = what + ": " + error.type() + ": " + error.message();
  std::string_view unknown;  // the longest: the others may be parts of it
  for (const std::string& stand_in : app_.stand_ins) {
    if (stand_in.size() > unknown.size() && holds(request, stand_in)) unknown = stand_in;
  }
  if (unknown.empty()) return add(ProvisionError(text, placeOf(text)));
  notes_.emplace_back(
      what + " does not run offline, because \"" + std::string(unknown) + "\" has no value: " + error.message(),
      placeOf(text));
}

void Refusals::add(const ProvisionError& error) {
  ProvisionError placed = error.place().empty() ? ProvisionError(error.text(), placeOf(error.text())) : error;
  if (!goes_on_) throw placed;
  errors_.push_back(std::move(placed));
}

// The place of the resource whose name begins the error's text ("table users: …", "the table users
// exists …"); empty: unknown.
std::string Refusals::placeOf(std::string_view error) const {
  if (error.starts_with("the table ")) error.remove_prefix(4);
  std::string place;
  std::size_t longest = 0;
  for (const auto& [what, where] : app_.places) {
    if (what.size() < longest || !error.starts_with(what)) continue;
    longest = what.size();
    place = where;
  }
  return place;
}

Provisioned provision(Refusals& refusals, const rpc::JsonApi& api, const std::string& operation,
                      const json::object& body, const std::string& what, std::string_view expected_error) {
  return ended(
      refusals, [&] { call(api, operation, body); }, body, what, expected_error);
}

Calls::~Calls() {
  for (Call& call : running_) call.outcome.wait();
}

void Calls::start(const rpc::JsonApi& api, const std::string& operation, const json::object& body, std::string what,
                  std::string expected_error) {
  if (running_.size() >= kRunningCalls) finishOldest();
  running_.push_back({startCall(api, operation, body), body, std::move(what), std::move(expected_error)});
}

void Calls::finishOldest() {
  Call call = std::move(running_.front());
  running_.pop_front();
  finished_.push_back(ended(
      refusals_, [&] { call.outcome.get().response(); }, call.request, call.what, call.expected_error));
}

std::vector<Provisioned> Calls::finish() {
  while (!running_.empty()) finishOldest();
  return std::exchange(finished_, {});
}

}  // namespace ddblog::deploy
