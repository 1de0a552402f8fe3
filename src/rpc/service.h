// A service as the server sees it: a protocol and a table of operations.
//
// Filled once, before the server listens; read-only after that, so it may be used from any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "rpc/request.h"

namespace ddblog::rpc {

// How a service's requests are recognised and its errors worded.
struct JsonProtocol {
  std::string target_prefix;    // "DynamoDB_20120810"
  std::string content_type;     // "application/x-amz-json-1.0"
  std::string error_namespace;  // "com.amazonaws.dynamodb.v20120810#"; empty: errors carry the short name alone
};

// Operations by name, for services of the AWS JSON protocols.
class JsonService {
 public:
  explicit JsonService(JsonProtocol protocol) : protocol_(std::move(protocol)) {}

  void add(std::string operation, Handler handler) { handlers_.emplace(std::move(operation), std::move(handler)); }
  const JsonProtocol& protocol() const { return protocol_; }
  // nullptr: no such operation (the server answers UnknownOperationException).
  const Handler* find(std::string_view operation) const {
    auto found = handlers_.find(operation);
    return found == handlers_.end() ? nullptr : &found->second;
  }

 private:
  JsonProtocol protocol_;
  std::map<std::string, Handler, std::less<>> handlers_;
};

// Routes by method and path, for services of the REST protocols and for our own endpoints.
class RestService {
 public:
  struct Route {
    std::string method;
    std::vector<std::string> segments;  // "{FunctionName}" is a parameter; "{Path+}" takes the rest
    std::string operation;
    Handler handler;
  };
  struct Match {
    const Route* route;
    std::map<std::string, std::string> parameters;
  };

  // pattern: "/2015-03-31/functions/{FunctionName}/invocations"
  void add(std::string method, std::string_view pattern, std::string operation, Handler handler);
  // The route for a path whose segments are still percent-encoded; route is nullptr if there is none.
  // `path_known`: whether the path exists with another method (405 rather than 404).
  Match find(std::string_view method, std::string_view path, bool& path_known) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace ddblog::rpc
