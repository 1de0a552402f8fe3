// The settings that CreateFunction and UpdateFunctionConfiguration have in common: read from a
// request, and put into a function.
//
// Errors: the constructor collects broken constraints in the reader; check() throws the others that
// need no state; applyTo() those about layers and destinations.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
// Thread safety: none; belongs to one request.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rpc/request_reader.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class FunctionSettings {
 public:
  enum class For { kCreate, kUpdate };

  FunctionSettings(rpc::RequestReader& request, For purpose);
  // Throws InvalidParameterValueException.
  void check(const Context& context) const;
  // Changes what the request mentions. Throws InvalidParameterValueException.
  void applyTo(Function& function, const Reader& reader) const;

 private:
  void readEnvironment(rpc::RequestReader& request);
  void readKept(rpc::ObjectReader& fields);

  std::optional<std::string> runtime_;
  std::optional<std::string> role_;
  std::optional<std::string> handler_;
  std::optional<std::string> description_;
  std::optional<std::int64_t> timeout_;
  std::optional<std::int64_t> memory_size_;
  std::optional<std::map<std::string, std::string>> environment_;
  std::optional<std::string> dead_letter_arn_;
  std::optional<std::vector<std::string>> layers_;
  json::object kept_;
};

// The bare name in a FunctionName of a request that makes a function.
std::string newFunctionName(const std::string& name_or_arn);

// Tags of a request. Throws InvalidParameterValueException if there are too many.
void checkTags(const std::map<std::string, std::string>& tags);

// A change that somebody made: the revision id and the time.
void touch(Function& function, Context& context);

}  // namespace ddblog::lambda
