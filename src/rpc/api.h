// A service's public interface: its protocol and its operations.
//
// Thread safety: filled once before the server starts, then read-only and usable from any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rpc/protocol.h"
#include "rpc/request.h"
#include "store/store.h"

namespace ddblog::rpc {

// Operations by name, for services with an AWS JSON protocol.
class JsonApi {
 public:
  // Executes a write inside a transaction of another service, and returns the response's JSON. Throws
  // ApiError. Thread safety: on the writer thread.
  using Transacted = std::function<std::string(Transaction&, const Request&)>;
  struct Operation {
    Handler handler;
    Transacted transacted = {};      // empty: it cannot be executed so
    std::size_t largest_answer = 0;  // bytes; 0: not large
    bool waits = false;
  };

  explicit JsonApi(JsonProtocol protocol) : protocol_(std::move(protocol)) {}

  void add(std::string operation, Handler handler, Transacted transacted = {}) {
    operations_.emplace(std::move(operation), Operation{std::move(handler), std::move(transacted)});
  }
  // The answers of an operation, which was added before, can have up to `bytes` bytes: then the server
  // executes only as many at a time as its memory allows.
  void setLargestAnswer(std::string_view operation, std::size_t bytes) {
    operations_.find(operation)->second.largest_answer = bytes;
  }
  // The operation, which was added before, may answer only when others have done something (RestApi::setWaits).
  void setWaits(std::string_view operation) { operations_.find(operation)->second.waits = true; }
  const JsonProtocol& protocol() const { return protocol_; }
  // nullptr: no such operation (the server responds with UnknownOperationException).
  const Operation* findOperation(std::string_view operation) const {
    auto found = operations_.find(operation);
    return found == operations_.end() ? nullptr : &found->second;
  }
  const Handler* find(std::string_view operation) const {
    const Operation* found = findOperation(operation);
    return found ? &found->handler : nullptr;
  }

 private:
  JsonProtocol protocol_;
  std::map<std::string, Operation, std::less<>> operations_;
};

// Routes by method and path, for services with a REST protocol and for our own endpoints.
class RestApi {
 public:
  struct Route {
    std::string method;
    std::vector<std::string> segments;  // "{FunctionName}" is a parameter; "{Path+}" takes the rest
    std::string operation;
    Handler handler;
    bool waits = false;
    std::string streams_header = {};  // empty: its bodies are received first
    std::string streams_value = {};
  };
  struct Match {
    const Route* route;
    std::map<std::string, std::string> parameters;
  };

  explicit RestApi(RestProtocol protocol = RestProtocol({})) : protocol_(std::move(protocol)) {}

  // pattern: "/2015-03-31/functions/{FunctionName}/invocations"
  void add(std::string method, std::string_view pattern, std::string operation, Handler handler);
  // The operation, which was added before, answers when others have done something, for which they may
  // send requests too. So its request takes none of the memory that they may need, and the service
  // bounds how many of them wait.
  void setWaits(std::string_view operation);
  // The operation, which was added before, gets the body as it arrives (Request::stream) if the request
  // has this header, in lower case, with this value. Its response is sent when the body is complete.
  // Only on listeners of their own (listeners.h).
  void setStreams(std::string_view operation, std::string header, std::string value);
  const RestProtocol& protocol() const { return protocol_; }
  // Finds the route for a path whose segments are still percent-encoded; route is nullptr if there
  // is none. Sets `path_known` if the path exists, perhaps with another method (405 instead of
  // 404).
  Match find(std::string_view method, std::string_view path, bool& path_known) const;

 private:
  RestProtocol protocol_;
  std::vector<Route> routes_;
};

class QueryApi;

// The APIs of all services, which must outlive it.
class Apis {
 public:
  void add(const JsonApi& api) { json_.push_back(&api); }
  void add(const RestApi& api) { rest_.push_back(&api); }
  void add(const QueryApi& api) { query_.push_back(&api); }
  // Operations for internal calls only (to provision a template), not served over the wire.
  void addInternal(const JsonApi& api) { internal_.push_back(&api); }

  // In the order in which they were added.
  const std::vector<const JsonApi*>& json() const { return json_; }
  const std::vector<const RestApi*>& rest() const { return rest_; }
  const std::vector<const QueryApi*>& query() const { return query_; }
  // nullptr: no API has this target prefix.
  const JsonApi* findJson(std::string_view target_prefix) const;
  const JsonApi* findInternal(std::string_view target_prefix) const;

 private:
  std::vector<const JsonApi*> json_;
  std::vector<const RestApi*> rest_;
  std::vector<const QueryApi*> query_;
  std::vector<const JsonApi*> internal_;
};

}  // namespace ddblog::rpc
