// GetEventSourceMapping: a mapping, by its UUID.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
#include "base/api_error.h"
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/mappings/mapping_json.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class GetEventSourceMapping {
 public:
  GetEventSourceMapping(rpc::RequestReader& request, Context& context)
      : context_(context), uuid_(request.pathParameter("UUID")) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const auto mapping = findMapping(reader, uuid_);
    if (!mapping) throw resourceNotFound("The resource you requested does not exist.", 404);
    std::string body;
    JsonWriter json(body);
    writeMapping(json, context_.functions, *mapping, context_.mappings.stateOf(*mapping),
                 context_.mappings.lastResultOf(*mapping));
    return body;
  }

 private:
  Context& context_;
  const std::string uuid_;
};

}  // namespace

void addGetEventSourceMapping(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetEventSourceMapping>(api, {"GET", "/2015-03-31/event-source-mappings/{UUID}", "GetEventSourceMapping"},
                                      context);
}

}  // namespace ddblog::lambda
