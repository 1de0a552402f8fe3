#include "rpc/fault_identity.h"

#include <stdexcept>

#include "base/json.h"

namespace ddblog::rpc {

namespace {

const json::value* find(const json::value& value, std::string_view name) {
  return value.is_object() ? value.get_object().if_contains(name) : nullptr;
}

std::string identityOf(const json::value& payload) {
  const json::value* detail = find(payload, "detail");
  const json::value* source = find(payload, "source");
  const json::value* detail_type = find(payload, "detail-type");
  if (detail && source && detail_type) return json::serialize(json::array{*source, *detail_type, *detail});
  if (const json::value* subject = find(payload, "requestPayload")) return "result " + identityOf(*subject);
  const json::value* records = find(payload, "Records");
  if (!records || !records->is_array() || records->get_array().empty()) return json::serialize(payload);
  const json::value& first = records->get_array().front();
  const json::value* change = find(first, "dynamodb");
  const json::value* keys = change ? find(*change, "Keys") : nullptr;
  if (const json::value* name = find(first, "eventName"); keys && name) {
    return "records " + json::serialize(json::array{*name, *keys});
  }
  const json::value* body = find(first, "body");
  return "records " + (body && body->is_string() ? faultIdentity(body->get_string()) : json::serialize(first));
}

}  // namespace

std::string faultIdentity(std::string_view payload) {
  try {
    return identityOf(parseJson(payload));
  } catch (const std::invalid_argument&) {
    return std::string(payload);
  }
}

}  // namespace ddblog::rpc
