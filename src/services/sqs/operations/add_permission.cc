// AddPermission: adds a statement to the queue's policy that allows accounts some actions.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "rpc/operation.h"
#include "services/sqs/operations/fields.h"
#include "services/sqs/operations/permissions.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {
namespace {

constexpr std::array kActions = {
    std::string_view("*"),
    std::string_view("ChangeMessageVisibility"),
    std::string_view("DeleteMessage"),
    std::string_view("GetQueueAttributes"),
    std::string_view("GetQueueUrl"),
    std::string_view("ListDeadLetterSourceQueues"),
    std::string_view("PurgeQueue"),
    std::string_view("ReceiveMessage"),
    std::string_view("SendMessage"),
};

// AWS writes a list of one as a text.
json::value listOrText(const std::vector<std::string>& texts) {
  if (texts.size() == 1) return json::value(texts.front());
  return json::array(texts.begin(), texts.end());
}

class AddPermission {
 public:
  AddPermission(rpc::RequestReader& request, Context& context);
  std::string run(Transaction& transaction) const;

 private:
  Context& context_;
  std::string name_;
  std::string label_;
  std::vector<std::string> accounts_;
  std::vector<std::string> actions_;
};

AddPermission::AddPermission(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  name_ = readQueueName(fields);
  label_ = requiredText(fields, "Label");
  accounts_ = fields.strings("AWSAccountIds").value_or(std::vector<std::string>());
  actions_ = fields.strings("Actions").value_or(std::vector<std::string>());
  request.finish();
  if (accounts_.empty()) throw missingParameter("AWSAccountIds");
  if (actions_.empty()) throw missingParameter("Actions");
  for (std::string& action : actions_) {
    if (std::find(kActions.begin(), kActions.end(), action) == kActions.end()) {
      throw invalidParameter("SQS:" + action, "ActionName",
                             "Please refer to the appropriate WSDL for a list of valid actions. ");
    }
    action.insert(0, "SQS:");
  }
}

std::string AddPermission::run(Transaction& transaction) const {
  Queue queue = context_.catalog.get(transaction, name_);
  json::object policy = policyOf(queue);
  json::array& statements = policy.at("Statement").as_array();
  if (std::any_of(statements.begin(), statements.end(),
                  [&](const json::value& one) { return hasLabel(one, label_); })) {
    throw invalidParameter(label_, "Label", "Already exists.");
  }
  if (statements.size() == limits::kPolicyStatements) {
    throw overLimit(std::to_string(statements.size()) + " statements were found, maximum allowed is " +
                    std::to_string(limits::kPolicyStatements) + ".");
  }
  std::vector<std::string> principals;
  for (const std::string& account : accounts_) principals.push_back("arn:aws:iam::" + account + ":root");
  statements.push_back(json::object{{"Sid", label_},
                                    {"Effect", "Allow"},
                                    {"Principal", json::object{{"AWS", listOrText(principals)}}},
                                    {"Action", listOrText(actions_)},
                                    {"Resource", queue.arn}});
  setPolicy(queue, policy);
  if (queue.attribute("Policy")->size() > limits::kPolicyBytes) {
    throw overLimit("The policy would be longer than " + std::to_string(limits::kPolicyBytes) + " bytes.");
  }
  context_.catalog.put(transaction, queue);
  return {};
}

}  // namespace

void addAddPermission(rpc::JsonApi& api, Context& context) {
  rpc::addWrite<AddPermission>(api, "AddPermission", context);
}

}  // namespace ddblog::sqs
