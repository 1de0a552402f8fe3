#include "cli/stack_statuses.h"

#include <stdexcept>

#include "base/clock.h"
#include "base/ids.h"
#include "cli/cloud/local_cloud.h"
#include "cli/options/stack_flags.h"
#include "cli/terminal/exit_status.h"
#include "clients/cpp/src/library_errors.h"
#include "deploy/aws/stack.h"

namespace ddblog::cli {
namespace {

StageStatus statusOfCloud(const ConnectionFlags& connection) {
  const LocalCloud cloud(connection, "--stage NAME");
  AdjustableClock clock;
  Ids ids;
  aws::Session session({.endpoint_url = cloud.url(), .region = connection.region, .profile = profileOf(connection)},
                       clock, ids);
  StageStatus status{"the offline cloud at " + cloud.url(), "running", {}};
  status.resources = withLibraryErrors([&] { return deploy::ResourceStatuses(session).ofEverything(); });
  return status;
}

StageStatus statusOfStack(const StackFlags& stack) {
  const std::string name = stackNameOf(stack);
  StageStatus status;
  withAws(stack, [&](aws::Session& session, Ids&) {
    const aws::QueryClient stacks(session, aws::kCloudFormation);
    const auto found = deploy::findStack(stacks, name);
    const std::string& region = stacks.endpoint().region;
    if (!found) throw std::runtime_error("There is no stack " + name + " in " + region + ".");
    status = {found->name + " in " + region, found->status, {}};
    if (!found->status_reason.empty()) status.state += " (" + found->status_reason + ")";
    status.resources = deploy::ResourceStatuses(session).of(deploy::stackResources(stacks, found->id));
    return kOk;
  });
  return status;
}

}  // namespace

StageStatus statusesAt(const ConnectionFlags& connection, const std::string& template_file,
                       const std::string& stack_name) {
  if (connection.stage == "local") return statusOfCloud(connection);
  return statusOfStack(stackAt(connection, template_file, stack_name));
}

}  // namespace ddblog::cli
