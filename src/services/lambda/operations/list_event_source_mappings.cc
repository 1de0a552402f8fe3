// ListEventSourceMappings: the mappings, of one function or one source if the request says so.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class ListEventSourceMappings {
 public:
  ListEventSourceMappings(rpc::RequestReader& request, Context& context)
      : context_(context),
        source_(request.query("EventSourceArn").value_or("")),
        function_(request.query("FunctionName", functionNameRule())) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const std::string function_name = function_ ? context_.functions.get(reader, *function_)->name : "";
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("EventSourceMappings").beginArray();
    for (const auto& mapping : context_.mappings.all()) {
      if (!source_.empty() && mapping->settings().event_source_arn != source_) continue;
      if (function_ && mapping->settings().function_name != function_name) continue;
      mapping->write(json);
    }
    json.endArray().endObject();
    return body;
  }

 private:
  Context& context_;
  const std::string source_;  // empty: any
  const std::optional<std::string> function_;
};

}  // namespace

void addListEventSourceMappings(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListEventSourceMappings>(api, {"GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings"},
                                        context);
}

}  // namespace ddblog::lambda
