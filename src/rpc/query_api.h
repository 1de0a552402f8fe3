// The AWS query protocol of a service, for older SDKs: a form in, XML out. It translates into the
// service's AWS JSON protocol and back, so each operation is written once.
//
//   POST /  Content-Type: application/x-www-form-urlencoded
//   Action=SendMessage&QueueUrl=…&MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String…
//
//   <?xml version="1.0"?><SendMessageResponse xmlns="…"><SendMessageResult>…</SendMessageResult>
//   <ResponseMetadata><RequestId>…</RequestId></ResponseMetadata></SendMessageResponse>
//
// GET works too, with the form as the query string. Members of a request that no QueryMember
// describes are ignored, as unknown members are in JSON. Lists and maps are "flattened":
// their elements are numbered ("AttributeName.1") and have no element around them in XML.
//
// Errors: the status, and <ErrorResponse><Error><Type>Sender</Type><Code>…</Code><Message>…. A form
// without Action, or with one that the service does not have, gets InvalidAction.
// Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
//
// Thread safety: filled before the server starts, then read-only and usable from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "rpc/api.h"
#include "rpc/protocol.h"

namespace ddblog::rpc {

// A member of a request or of an answer.
struct QueryMember {
  enum class Kind {
    kText,
    kNumber,
    kTexts,       // a list of texts
    kTextMap,     // texts by name
    kStructures,  // a list of structures
    kStructureMap
  };

  std::string json;   // its name in JSON: "AttributeNames"
  std::string query;  // its name here: "AttributeName"
  Kind kind = Kind::kText;
  std::vector<QueryMember> members = {};  // of the structures
  std::string key = "Name";               // of a map's entries: "<query>.1.Name"
};

struct QueryOperation {
  std::vector<QueryMember> input;
  std::vector<QueryMember> output;
  bool has_result = false;  // an answer has "<Action>Result", even if it is empty
};

// An error as the query protocol has it.
struct QueryError {
  std::string code;
  std::string message;
};

class QueryProtocol : public Protocol {
 public:
  struct Settings {
    std::string signing_name;
    std::string xml_namespace;  // "http://queue.amazonaws.com/doc/2012-11-05/"
    std::function<QueryError(const ApiError&)> describe;
    ApiError internal_error = {"InternalFailure", "The request processing has failed because of an unknown error.",
                               500};
    ThrottlingError throttling_error = {};  // of any operation: its name is in the form
  };

  explicit QueryProtocol(Settings settings) : settings_(std::move(settings)) {}

  const std::string& signingName() const override { return settings_.signing_name; }
  const std::string& contentType() const override;
  bool hasCrc32() const override { return false; }
  Response encodeError(const ApiError& error) const override { return encodeError(error, {}); }
  ApiError internalError() const override { return settings_.internal_error; }
  std::optional<ApiError> throttlingError(std::string_view operation) const override {
    return settings_.throttling_error ? std::optional(settings_.throttling_error(operation)) : std::nullopt;
  }

  Response encodeError(const ApiError& error, std::string_view request_id) const;
  Response encodeAnswer(std::string_view action, const QueryOperation& operation, std::string_view json,
                        std::string_view request_id) const;

 private:
  Settings settings_;
};

class QueryApi {
 public:
  // Whether a request's path is one of the service's.
  using TakesPath = bool (*)(std::string_view path);
  // Adds to a request's JSON what its path says.
  using AddPath = std::function<void(const Request& request, json::object& fields)>;

  // `api`: the operations; it must outlive this.
  QueryApi(QueryProtocol protocol, const JsonApi& api, TakesPath takes_path, AddPath add_path);
  QueryApi(const QueryApi&) = delete;

  void add(std::string action, QueryOperation operation) {
    operations_.emplace(std::move(action), std::move(operation));
  }

  const QueryProtocol& protocol() const { return protocol_; }
  // Whether a request with this head belongs to this API. `path` and `query`: as sent.
  bool takes(std::string_view method, std::string_view path, std::string_view query, std::string_view media_type) const;
  const Handler& handler() const { return handler_; }

 private:
  void execute(Request request, Callback respond) const;

  const QueryProtocol protocol_;
  const JsonApi& api_;
  const TakesPath takes_path_;
  const AddPath add_path_;
  std::map<std::string, QueryOperation, std::less<>> operations_;
  Handler handler_;
};

}  // namespace ddblog::rpc
