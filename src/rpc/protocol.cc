#include "rpc/protocol.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/json_writer.h"
#include "store/commit_failed.h"

namespace ddblog::rpc {

namespace {

using std::string_view;

constexpr string_view kJson10 = "application/x-amz-json-1.0";
constexpr string_view kJson11 = "application/x-amz-json-1.1";
constexpr string_view kJson = "application/json";

// Errors of AWS's front end, which handles requests before any service does.
constexpr std::array kAuthentication = {
    string_view("ExpiredTokenException"), string_view("IncompleteSignatureException"),
    string_view("InvalidSignatureException"), string_view("MissingAuthenticationTokenException"),
    string_view("UnrecognizedClientException")};
constexpr std::array kOtherFrontEnd = {string_view("AccessDeniedException"), string_view("SerializationException"),
                                       string_view("UnknownOperationException")};

template <class Names>
bool isOneOf(const Names& names, string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void writeFields(JsonWriter& writer, const json::object& fields) {
  for (const auto& [name, value] : fields) {
    writer.key(string_view(name.data(), name.size())).raw(json::serialize(value));
  }
}

}  // namespace

bool isJsonMediaType(string_view media_type) {
  return media_type == kJson10 || media_type == kJson11 || media_type == kJson;
}

bool JsonProtocol::takes(string_view media_type) const {
  if (settings_.content_type == kJson11) return isJsonMediaType(media_type);
  return media_type == settings_.content_type || media_type == kJson;
}

std::string JsonProtocol::qualified(string_view type) const {
  std::string name = settings_.error_namespace;
  if (name.empty()) return std::string(type);
  if (isOneOf(kAuthentication, type) || isOneOf(kOtherFrontEnd, type) || isOneOf(settings_.front_end_errors, type)) {
    name = "com.amazon.coral.service#";
  } else if (type == "ValidationException") {
    name = "com.amazon.coral.validate#";
  } else if (type == "ThrottlingException") {
    name = "com.amazon.coral.availability#";
  }
  return name.append(type);
}

Response JsonProtocol::encodeError(const ApiError& error) const {
  const std::string& type = error.type();
  const bool capital =
      type == "AccessDeniedException" || type == "SerializationException" || isOneOf(settings_.capital_messages, type);
  Response response;
  response.status = error.status();
  response.headers = error.headers();
  if (settings_.error_headers) {
    for (auto& header : settings_.error_headers(error)) response.headers.push_back(std::move(header));
  }
  JsonWriter writer(response.body);
  writer.beginObject().key("__type").value(qualified(type));
  if (!error.message().empty()) writer.key(capital ? "Message" : "message").value(error.message());
  writeFields(writer, error.fields());
  writer.endObject();
  return response;
}

const std::string& RestProtocol::contentType() const {
  static const std::string content_type(kJson);
  return content_type;
}

// Errors of the front end have no "Type". Authentication errors have status 403, where AWS JSON
// uses 400.
Response RestProtocol::encodeError(const ApiError& error) const {
  const std::string& type = error.type();
  const bool is_authentication = isOneOf(kAuthentication, type);
  const bool is_validation = type == "ValidationException" && !settings_.bare_errors;
  const bool has_type = !settings_.bare_errors && !is_authentication && !is_validation &&
                        type != "AccessDeniedException" && type != "SerializationException";
  const bool small = is_authentication || is_validation || isOneOf(settings_.small_messages, type);
  Response response;
  response.status = is_authentication ? 403 : error.status();
  response.headers = error.headers();
  response.headers.emplace_back("x-amzn-ErrorType", type);
  JsonWriter writer(response.body);
  writer.beginObject();
  if (has_type) writer.key("Type").value(response.status >= 500 ? "Service" : "User");
  writer.key(small ? "message" : "Message").value(error.message());
  writeFields(writer, error.fields());
  writer.endObject();
  return response;
}

Response encodeException(const Protocol& protocol, const std::exception_ptr& error,
                         const std::function<void(const std::string&)>& log) {
  try {
    std::rethrow_exception(error);
  } catch (const ApiError& api_error) {
    return protocol.encodeError(api_error);
  } catch (const CommitFailed&) {  // the store has said it
  } catch (const std::exception& unexpected) {
    log(std::string("A request failed unexpectedly: ") + unexpected.what());
  } catch (...) {
    log("A request failed unexpectedly, with an exception of an unknown type");
  }
  return protocol.encodeError(protocol.internalError());
}

}  // namespace ddblog::rpc
