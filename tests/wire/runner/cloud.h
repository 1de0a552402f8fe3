// What wire tests call, over HTTP: our own services behind our server, or another endpoint.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace ddblog::wire {

struct Call {
  std::string service;    // "DynamoDB"
  std::string operation;  // "PutItem"; empty: a REST call, which has the next three
  std::string method;
  std::string path;  // with "?" and the query, if there is one
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct Reply {
  int status = 200;
  std::string error_type;                      // short; empty: an answer
  std::string message;                         // of an error
  std::string body;                            // an answer's body, or an error's members besides its type and message
  std::map<std::string, std::string> headers;  // of an answer to a REST call; names in lower case
};

class Cloud {
 public:
  virtual ~Cloud() = default;
  virtual Reply call(const Call& call) = 0;
  // false: this cloud's clock cannot be moved.
  virtual bool moveClock(Duration step) = 0;
  // Makes sure that no table of this name is left from an earlier run.
  virtual void removeTable(const std::string& name) = 0;
  // Returns when the table is ACTIVE (AWS needs a while).
  virtual void awaitTable(const std::string& name) = 0;
};

// Everything in memory, time frozen at 2026-01-01T00:00:00Z until it is moved; empty each time.
std::unique_ptr<Cloud> makeOwnCloud();
// "http://localhost:8000", "https://dynamodb.eu-west-1.amazonaws.com": with the credentials that the AWS CLI would use.
// Calls that fail for the moment are made `attempts` times at most.
std::unique_ptr<Cloud> connectTo(const std::string& endpoint_url, int attempts);

}  // namespace ddblog::wire
