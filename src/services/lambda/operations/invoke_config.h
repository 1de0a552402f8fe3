// The settings of asynchronous invocations (FunctionEventInvokeConfig): read from a request, checked,
// and written.
//
// Errors: the constructor collects broken constraints, and throws InvalidParameterValueException if
// nothing is given; checkDestinations throws it for destinations that do not fit.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
// Thread safety: values and pure functions.
#pragma once

#include <optional>
#include <string>

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

class InvokeConfig {
 public:
  explicit InvokeConfig(rpc::RequestReader& request);
  // Throws InvalidParameterValueException. Call it after the reader's finish().
  void check() const;
  void checkDestinations(const Context& context, const Reader& reader, const Function& function) const;
  // Changes what the request mentions.
  void applyTo(AsynchronousSettings& settings) const;

 private:
  std::optional<std::int64_t> retries_;
  std::optional<std::int64_t> age_;
  std::optional<std::string> on_success_;
  std::optional<std::string> on_failure_;
  bool has_destinations_ = false;
};

// The version or alias that the request is about. Throws ResourceNotFoundException.
FunctionPointer configuredFunction(const Context& context, const Reader& reader, const FunctionReference& asked);
// The same for a request about settings that must exist.
FunctionPointer functionWithConfig(const Context& context, const Reader& reader, const FunctionReference& asked);

// Gives the function what the request mentions, and otherwise `settings`; returns the answer.
std::string changeInvokeConfig(Context& context, Transaction& transaction, Function function,
                               AsynchronousSettings settings, const InvokeConfig& config);

void writeInvokeConfig(JsonWriter& json, const Function& function);

}  // namespace ddblog::lambda
