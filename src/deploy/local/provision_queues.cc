#include "deploy/local/provision_queues.h"

#include "base/api_error.h"
#include "deploy/local/service_calls.h"

namespace ddblog::deploy {

namespace {

std::string subjectOf(const json::object& request, const char* member) { return "queue " + textOf(request, member); }

// Without the attribute that may name a queue which does not exist yet.
json::object withoutRedrive(json::object request) {
  request["Attributes"].as_object().erase("RedrivePolicy");
  return request;
}

void createOrUpdate(const rpc::JsonApi& sqs, const json::object& request) {
  const json::object create = withoutRedrive(request);
  if (provision(sqs, "CreateQueue", create, subjectOf(request, "QueueName"), "QueueNameExists")) return;
  json::object attributes = create.at("Attributes").as_object();
  attributes.erase("FifoQueue");  // it cannot be changed, and the name says it already
  if (attributes.empty()) return;
  provision(sqs, "SetQueueAttributes", {{"QueueUrl", create.at("QueueName")}, {"Attributes", std::move(attributes)}},
            subjectOf(request, "QueueName"));
}

}  // namespace

void provisionQueues(const templates::App& app, const rpc::Apis& apis) {
  if (app.queues.empty() && app.queue_policies.empty()) return;
  const rpc::JsonApi& sqs = apiOf(apis, "AmazonSQS");
  for (const json::object& queue : app.queues) createOrUpdate(sqs, queue);
  for (const json::object& queue : app.queues) {
    const json::value* redrive = queue.at("Attributes").as_object().if_contains("RedrivePolicy");
    if (!redrive) continue;
    provision(sqs, "SetQueueAttributes",
              {{"QueueUrl", queue.at("QueueName")}, {"Attributes", {{"RedrivePolicy", *redrive}}}},
              subjectOf(queue, "QueueName"));
  }
  for (const json::object& policy : app.queue_policies) {
    provision(sqs, "SetQueueAttributes", policy, "the policy of " + subjectOf(policy, "QueueUrl"));
  }
}

}  // namespace ddblog::deploy
