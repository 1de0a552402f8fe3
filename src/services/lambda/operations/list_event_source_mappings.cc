// ListEventSourceMappings: the mappings, of one function or one source if the request says so, in pages
// of MaxItems (at most 50).
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
#include "rpc/rest_operation.h"
#include "services/lambda/functions/function_name.h"
#include "services/lambda/mappings/mapping_json.h"
#include "services/lambda/operations/context.h"
#include "services/lambda/operations/pages.h"

namespace ddblog::lambda {

namespace {

class ListEventSourceMappings {
 public:
  ListEventSourceMappings(rpc::RequestReader& request, Context& context)
      : context_(context),
        source_(request.query("EventSourceArn").value_or("")),
        function_(request.query("FunctionName", functionNameRule())),
        page_(request) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const std::string function_name = function_ ? context_.functions.get(reader, *function_)->reference() : "";
    std::vector<StoredMapping> mappings = allMappings(reader);
    std::erase_if(mappings, [&](const StoredMapping& mapping) {
      return (!source_.empty() && mapping.source != source_) || (function_ && mapping.function_name != function_name);
    });
    return page_.write("EventSourceMappings", mappings, [&](JsonWriter& json, const StoredMapping& mapping) {
      writeMapping(json, context_.functions, mapping, context_.mappings.stateOf(mapping),
                   context_.mappings.lastResultOf(mapping));
    });
  }

 private:
  Context& context_;
  const std::string source_;  // empty: any
  const std::optional<std::string> function_;
  const Page page_;
};

}  // namespace

void addListEventSourceMappings(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListEventSourceMappings>(api, {"GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings"},
                                        context);
}

}  // namespace ddblog::lambda
