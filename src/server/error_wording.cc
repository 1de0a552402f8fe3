#include "server/error_wording.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/json_writer.h"

namespace ddblog::server {

namespace {

using std::string_view;

constexpr std::array kFrontEnd = {string_view("AccessDeniedException"),
                                  string_view("ExpiredTokenException"),
                                  string_view("IncompleteSignatureException"),
                                  string_view("InvalidSignatureException"),
                                  string_view("MissingAuthenticationTokenException"),
                                  string_view("SerializationException"),
                                  string_view("UnknownOperationException"),
                                  string_view("UnrecognizedClientException")};

constexpr std::array kCapitalInJson = {
    string_view("AccessDeniedException"), string_view("IdempotentParameterMismatchException"),
    string_view("SerializationException"), string_view("TransactionCanceledException"),
    string_view("TransactionInProgressException")};

// Lambda's error shapes are divided about this; those that are not here have "Message".
constexpr std::array kSmallInRest = {
    string_view("CodeStorageExceededException"),   string_view("InvalidParameterValueException"),
    string_view("InvalidRequestContentException"), string_view("PolicyLengthExceededException"),
    string_view("PreconditionFailedException"),    string_view("ProvisionedConcurrencyConfigNotFoundException"),
    string_view("RequestTooLargeException"),       string_view("ResourceConflictException"),
    string_view("ResourceNotReadyException"),      string_view("SerializedRequestEntityTooLargeException"),
    string_view("TooManyRequestsException"),       string_view("UnsupportedMediaTypeException")};

// Refused by what stands in front of a REST service: status 403 where it is 400 in the JSON protocols, and no "Type".
constexpr std::array kAuthentication = {
    string_view("ExpiredTokenException"), string_view("IncompleteSignatureException"),
    string_view("InvalidSignatureException"), string_view("MissingAuthenticationTokenException"),
    string_view("UnrecognizedClientException")};

template <class Names>
bool isOneOf(const Names& names, string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

string_view namespaceOf(const rpc::JsonProtocol& protocol, string_view type) {
  if (protocol.error_namespace.empty()) return {};
  if (isOneOf(kFrontEnd, type)) return "com.amazon.coral.service#";
  if (type == "ValidationException") return "com.amazon.coral.validate#";
  if (type == "ThrottlingException") return "com.amazon.coral.availability#";
  return protocol.error_namespace;
}

void writeFields(JsonWriter& writer, const json::object& fields) {
  for (const auto& [name, value] : fields) {
    writer.key(string_view(name.data(), name.size())).raw(json::serialize(value));
  }
}

rpc::Answer wordJson(const Wording& wording, const ApiError& refused) {
  rpc::Answer answer;
  answer.status = refused.status();
  answer.content_type = wording.content_type;
  std::string type(namespaceOf(*wording.json, refused.type()));
  type += refused.type();
  JsonWriter writer(answer.body);
  writer.beginObject().key("__type").value(type);
  if (!refused.message().empty()) {
    writer.key(isOneOf(kCapitalInJson, refused.type()) ? "Message" : "message").value(refused.message());
  }
  writeFields(writer, refused.fields());
  writer.endObject();
  return answer;
}

rpc::Answer wordRest(const Wording& wording, const ApiError& refused) {
  const bool of_authentication = isOneOf(kAuthentication, refused.type());
  const bool bare = of_authentication || refused.type() == "ValidationException" ||
                    refused.type() == "AccessDeniedException" || refused.type() == "SerializationException";
  const bool small =
      of_authentication || refused.type() == "ValidationException" || isOneOf(kSmallInRest, refused.type());
  rpc::Answer answer;
  answer.status = of_authentication ? 403 : refused.status();
  answer.content_type = wording.content_type;
  answer.headers.emplace_back("x-amzn-ErrorType", refused.type());
  JsonWriter writer(answer.body);
  writer.beginObject();
  if (!bare) writer.key("Type").value(answer.status >= 500 ? "Service" : "User");
  writer.key(small ? "message" : "Message").value(refused.message());
  writeFields(writer, refused.fields());
  writer.endObject();
  return answer;
}

ApiError unexpected(const Wording& wording) {
  if (!wording.json) return {"ServiceException", "An error occurred and the request cannot be processed.", 500};
  if (wording.json->error_namespace.empty()) {
    return {"InternalException", "The request processing has failed because of an unknown error.", 500};
  }
  return internalError("The request processing has failed because of an unknown error, exception or failure.");
}

}  // namespace

rpc::Answer wordRefusal(const Wording& wording, const ApiError& refused) {
  return wording.json ? wordJson(wording, refused) : wordRest(wording, refused);
}

rpc::Answer wordException(const Wording& wording, const std::exception_ptr& refused,
                          const std::function<void(const std::string&)>& log) {
  try {
    std::rethrow_exception(refused);
  } catch (const ApiError& error) {
    return wordRefusal(wording, error);
  } catch (const std::exception& error) {
    log(std::string("A request failed unexpectedly: ") + error.what());
  } catch (...) {
    log("A request failed unexpectedly, with what is no exception of ours");
  }
  return wordRefusal(wording, unexpected(wording));
}

}  // namespace ddblog::server
