// ListScheduleGroups: by name. Rejects: broken constraints.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListScheduleGroups.html
#include "rpc/rest_operation.h"
#include "services/scheduler/operations/fields.h"

namespace ddblog::scheduler {

namespace {

class ListScheduleGroups {
 public:
  ListScheduleGroups(rpc::RequestReader& request, Context& context) : context_(context), page_(readPage(request)) {
    request.finish();
  }

  std::string run(const Reader& reader) const {
    const auto page = context_.catalog.groups(reader, page_);
    std::string body;
    JsonWriter json(body);
    json.beginObject();
    writeNextToken(json, page.next_token);
    json.key("ScheduleGroups").beginArray();
    for (const Group& group : page.entries) writeGroup(json, group, context_);
    json.endArray().endObject();
    return body;
  }

 private:
  Context& context_;
  const ListRequest page_;
};

}  // namespace

void addListScheduleGroups(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListScheduleGroups>(api, {"GET", "/schedule-groups", "ListScheduleGroups"}, context);
}

}  // namespace ddblog::scheduler
