// GetScheduleGroup. Rejects: broken constraints; ResourceNotFoundException.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetScheduleGroup.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class GetScheduleGroup {
 public:
  GetScheduleGroup(rpc::RequestReader& request, Context& context)
      : context_(context), name_(request.pathParameter("Name", nameRule())) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    std::string body;
    JsonWriter json(body);
    writeGroup(json, context_.catalog.group(reader, name_), context_);
    return body;
  }

 private:
  Context& context_;
  const std::string name_;
};

}  // namespace

void addGetScheduleGroup(rpc::RestApi& api, Context& context) {
  rpc::addRead<GetScheduleGroup>(api, {"GET", "/schedule-groups/{Name}", "GetScheduleGroup"}, context);
}

}  // namespace ddblog::scheduler
