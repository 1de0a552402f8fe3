// What wire tests call: our own services in this process, or an endpoint.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"

namespace ddblog::wire {

struct Reply {
  int status = 200;
  std::string error_type;  // short; empty: an answer
  std::string message;     // of an error
  std::string body;        // an answer's JSON, or an error's members besides its type and message
};

class Cloud {
 public:
  virtual ~Cloud() = default;
  virtual Reply call(const std::string& service, const std::string& operation, const std::string& body) = 0;
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
std::unique_ptr<Cloud> connectTo(const std::string& endpoint_url);

}  // namespace ddblog::wire
