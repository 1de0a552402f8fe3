#include "services/scheduler/operations/tagged_group.h"

#include "base/api_error.h"

namespace ddblog::scheduler {
namespace {

bool isGroupArn(std::string_view arn) {
  return arn.starts_with("arn:aws") && arn.find(":scheduler:") != std::string_view::npos &&
         arn.find(":schedule-group/") != std::string_view::npos;
}

}  // namespace

std::string readTaggedGroup(rpc::RequestReader& request) {
  return request.pathParameter(
      "ResourceArn", {.min = 1,
                      .max = 1011,
                      .pattern = R"(arn:aws[a-z-]*:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+)",
                      .fits_pattern = isGroupArn});
}

Group findTaggedGroup(const Context& context, const Reader& reader, const std::string& arn) {
  const std::string name = context.arns.groupName(arn);
  if (name.empty()) throw resourceNotFound("Schedule group " + arn + " does not exist.", 404);
  return context.catalog.group(reader, name);
}

}  // namespace ddblog::scheduler
