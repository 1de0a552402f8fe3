#include "deploy/aws/change_set.h"

#include <algorithm>
#include <stdexcept>

#include "aws/pages.h"
#include "deploy/aws/stack_resources.h"

namespace ddblog::deploy {
namespace {

constexpr Duration kFirstLook{500};
constexpr Duration kLongestLook{5000};
constexpr Duration kLongest{30 * 60 * 1000};   // ours; a large template takes a minute
constexpr std::size_t kMostChangePages = 100;  // ours; a stack has at most 500 resources
constexpr Duration kUntilMade{1000};
constexpr Duration kLongestUntilMade{120'000};  // ours; then a change set that is still being made stays

// CloudFormation's words when nothing would change; the second ones with a transform.
bool saysNoChanges(const std::string& reason) {
  return reason.find("didn't contain changes") != std::string::npos ||
         reason.find("No updates are to be performed") != std::string::npos;
}

Change changeOf(const aws::XmlElement& member) {
  Change change;
  const aws::XmlElement* found = member.find("ResourceChange");
  if (!found) return change;
  change = {found->textOf("Action"),
            found->textOf("LogicalResourceId"),
            found->textOf("PhysicalResourceId"),
            found->textOf("ResourceType"),
            found->textOf("Replacement"),
            found->textOf("PolicyAction"),
            {}};
  for (const aws::XmlElement& detail : found->listOf("Details")) {
    const aws::XmlElement* target = detail.find("Target");
    if (!target) continue;
    std::string path = target->textOf("Path");
    if (path.empty()) path = target->textOf("Name");
    if (path.empty()) path = target->textOf("Attribute");
    const bool is_known = std::ranges::any_of(change.properties, [&](const auto& one) { return one.path == path; });
    if (!is_known) {  // a property has a detail for each of its causes
      change.properties.push_back({path, target->textOf("BeforeValue"), target->textOf("AfterValue")});
    }
  }
  return change;
}

aws::QueryParameters addressOf(const ChangeSet& change_set) {
  return {{"ChangeSetName", change_set.id}, {"StackName", change_set.stack_id}};
}

void addList(aws::QueryParameters& parameters, const std::string& name, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    parameters.emplace_back(name + ".member." + std::to_string(i + 1), values[i]);
  }
}

void addParameters(aws::QueryParameters& parameters, const std::vector<ChangeSetParameter>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    const std::string prefix = "Parameters.member." + std::to_string(i + 1);
    parameters.emplace_back(prefix + ".ParameterKey", given[i].name);
    if (given[i].value) {
      parameters.emplace_back(prefix + ".ParameterValue", *given[i].value);
    } else {
      parameters.emplace_back(prefix + ".UsePreviousValue", "true");
    }
  }
}

void addTags(aws::QueryParameters& parameters, const std::vector<std::pair<std::string, std::string>>& tags) {
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string prefix = "Tags.member." + std::to_string(i + 1);
    parameters.emplace_back(prefix + ".Key", tags[i].first);
    parameters.emplace_back(prefix + ".Value", tags[i].second);
  }
}

// The changes stand on several pages.
std::vector<Change> allChanges(const aws::QueryClient& api, const ChangeSet& change_set, aws::XmlElement page) {
  std::vector<Change> changes;
  aws::forEachPage("The list of changes", kMostChangePages, [&](const std::string& token) {
    if (!token.empty()) {
      aws::QueryParameters parameters = addressOf(change_set);
      parameters.emplace_back("IncludePropertyValues", "true");
      parameters.emplace_back("NextToken", token);
      page = api.call("DescribeChangeSet", parameters);
    }
    for (const aws::XmlElement& member : page.listOf("Changes")) changes.push_back(changeOf(member));
    return page.textOf("NextToken");
  });
  return changes;
}

// Looks once, and takes over what there is. A look that is throttled is no answer.
bool isMade(const aws::QueryClient& api, ChangeSet& change_set, const aws::QueryParameters& parameters) {
  aws::XmlElement page;
  try {
    page = api.call("DescribeChangeSet", parameters);
  } catch (const aws::ServiceError& error) {
    if (!aws::isThrottling(error)) throw;
    return false;
  }
  const std::string status = page.textOf("Status");
  if (status == "CREATE_PENDING" || status == "CREATE_IN_PROGRESS") return false;
  if (status == "CREATE_COMPLETE") {
    change_set.changes = allChanges(api, change_set, std::move(page));
    return true;
  }
  change_set.reason = page.textOf("StatusReason");
  change_set.outcome = saysNoChanges(change_set.reason) ? ChangeSet::Outcome::kNoChanges : ChangeSet::Outcome::kFailed;
  return true;
}

}  // namespace

bool endangersItems(const Change& change) {
  return (isTable(change.type) || isArchive(change.type)) &&
         (change.action == "Remove" || change.replacement == "True" || change.replacement == "Conditional");
}

std::string dangerOf(const Change& change) {
  const std::string contents = isTable(change.type) ? "items" : "events";
  const std::string holder = (isTable(change.type) ? "the table " : "the archive ") + change.logical_id +
                             (change.physical_id.empty() ? "" : " (" + change.physical_id + ")");
  if (change.action == "Remove") {
    return "removes " + holder +
           (change.policy == "Retain" ? " from the stack, and keeps it in AWS" : " with its " + contents);
  }
  return (change.replacement == "True" ? "replaces " : "may replace ") + holder + ", whose " + contents +
         " do not go over";
}

ChangeSet createChangeSet(const aws::QueryClient& api, const ChangeSetRequest& request) {
  aws::QueryParameters parameters = {{"StackName", request.stack},
                                     {"ChangeSetName", request.name},
                                     {"ChangeSetType", request.is_update ? "UPDATE" : "CREATE"},
                                     {"ClientToken", request.token},
                                     {"ImportExistingResources", "true"}};
  if (request.template_url.empty()) {
    parameters.emplace_back("TemplateBody", request.template_body);
  } else {
    parameters.emplace_back("TemplateURL", request.template_url);
  }
  if (!request.role_arn.empty()) parameters.emplace_back("RoleARN", request.role_arn);
  addParameters(parameters, request.parameters);
  addList(parameters, "Capabilities", request.capabilities);
  addTags(parameters, request.tags);
  const aws::XmlElement result = api.call("CreateChangeSet", parameters);
  ChangeSet change_set;
  change_set.id = result.textOf("Id");
  change_set.stack_id = result.textOf("StackId");
  return change_set;
}

void awaitChangeSet(const aws::QueryClient& api, ChangeSet& change_set, const Waiting& waiting) {
  Duration delay = kFirstLook;
  aws::QueryParameters parameters = addressOf(change_set);
  parameters.emplace_back("IncludePropertyValues", "true");
  for (Duration waited{0}; waited < kLongest; waited += delay) {
    if (isMade(api, change_set, parameters)) return;
    waiting.pause(delay);
    delay = std::min(delay * 2, kLongestLook);
  }
  throw std::runtime_error("CloudFormation has not made the change set in 30 minutes: " + change_set.id);
}

void deleteChangeSet(const aws::QueryClient& api, const ChangeSet& change_set, aws::Session& session) {
  for (Duration waited{0};; waited += kUntilMade) {
    try {
      api.call("DeleteChangeSet", addressOf(change_set));
      return;
    } catch (const aws::ServiceError& error) {
      if (error.type().starts_with("ChangeSetNotFound")) return;
      if (!error.type().starts_with("InvalidChangeSetStatus") || waited >= kLongestUntilMade) throw;
    }
    session.wait(kUntilMade);
  }
}

bool hasOtherChangeSets(const aws::QueryClient& api, const ChangeSet& change_set) {
  const aws::XmlElement result = api.call("ListChangeSets", {{"StackName", change_set.stack_id}});
  return !result.textOf("NextToken").empty() ||
         std::ranges::any_of(result.listOf("Summaries"), [&](const aws::XmlElement& member) {
           return member.textOf("ChangeSetId") != change_set.id;
         });
}

bool canStillBeExecuted(const aws::QueryClient& api, const ChangeSet& change_set) {
  try {
    return api.call("DescribeChangeSet", addressOf(change_set)).textOf("ExecutionStatus") == "AVAILABLE";
  } catch (const std::exception&) {
    return false;
  }
}

void executeChangeSet(const aws::QueryClient& api, const ChangeSet& change_set, const std::string& token,
                      bool rollback) {
  aws::QueryParameters parameters = addressOf(change_set);
  parameters.emplace_back("ClientRequestToken", token);
  parameters.emplace_back("DisableRollback", rollback ? "false" : "true");  // its default differs from what AWS says
  const bool imports =
      std::ranges::any_of(change_set.changes, [](const Change& one) { return one.action == "Import"; });
  if (rollback && !imports) parameters.emplace_back("RetainExceptOnCreate", "true");
  try {
    api.call("ExecuteChangeSet", parameters);
  } catch (const aws::ServiceError& error) {
    // The answer to an earlier attempt was lost.
    if (error.attempts() == 1 || !error.type().starts_with("InvalidChangeSetStatus")) throw;
  }
}

}  // namespace ddblog::deploy
