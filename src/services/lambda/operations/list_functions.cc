#include "services/lambda/operations/list_functions.h"

#include <algorithm>
#include <charconv>

#include "base/api_error.h"
#include "services/lambda/functions/function_json.h"

namespace ddblog::lambda {

namespace {

constexpr std::size_t kPage = 50;  // the default, and the most that an answer holds

std::string query(const rpc::Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

}  // namespace

ListFunctions::ListFunctions(const rpc::Request& request, Context& context)
    : context_(context), limit_(kPage), after_(query(request, "Marker")) {
  const std::string asked = query(request, "MaxItems");
  if (asked.empty()) return;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
  if (error != std::errc() || end != asked.data() + asked.size() || number < 1 || number > 10'000) {
    throw validationError("1 validation error detected: Value '" + asked +
                          "' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 10000");
  }
  limit_ = std::min(number, kPage);
}

std::string ListFunctions::run() const {
  std::string body;
  JsonWriter json(body);
  json.beginObject().key("Functions").beginArray();
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const FunctionPointer& function : context_.functions.all()) {
    if (function->name <= after_) continue;
    more = count == limit_;
    if (more) break;
    writeConfiguration(json, *function);
    last = function->name;
    ++count;
  }
  json.endArray();
  if (more) json.key("NextMarker").value(last);
  json.endObject();
  return body;
}

}  // namespace ddblog::lambda
