// ListFunctionCounts, a route of ours: what functions have done since the start, the last reset, or their creation.
//
//   GET /_local/functions -> {"functions": [{"name": "users", "invocations": 12, "errors": 1, "throttles": 0,
//                                            "running": 2}, …]}
//
// The members count what CloudWatch's metrics of the same names count, over all versions (host/function_host.h).
// "running": invocations that a process runs now. Functions are listed by name.
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class ListFunctionCounts {
 public:
  ListFunctionCounts(rpc::RequestReader& request, Context& context) : context_(context) { request.finish(); }

  std::string run(const Reader& reader) const {
    const std::map<std::string, InvocationCounts> counts = context_.host.counts();
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("functions").beginArray();
    for (const FunctionPointer& function : context_.functions.list(reader)) {
      const auto found = counts.find(function->name);
      const InvocationCounts of_function = found == counts.end() ? InvocationCounts() : found->second;
      json.beginObject().key("name").value(function->name).key("invocations").value(of_function.invocations);
      json.key("errors").value(of_function.errors).key("throttles").value(of_function.throttles);
      json.key("running").value(of_function.running).endObject();
    }
    json.endArray().endObject();
    return body;
  }

 private:
  Context& context_;
};

}  // namespace

void addListFunctionCounts(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListFunctionCounts>(api, {"GET", "/_local/functions", "ListFunctionCounts"}, context);
}

}  // namespace ddblog::lambda
