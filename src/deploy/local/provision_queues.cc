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

// What an existing queue gets: its type cannot be changed, and its name says it already.
json::object attributesToSet(const json::object& create) {
  json::object attributes = create.at("Attributes").as_object();
  attributes.erase("FifoQueue");
  return attributes;
}

void createOrUpdate(const templates::App& app, const rpc::JsonApi& sqs, Refusals& refusals) {
  Calls creations(refusals);
  for (const json::object& queue : app.queues) {
    creations.start(sqs, "CreateQueue", withoutRedrive(queue), subjectOf(queue, "QueueName"), "QueueNameExists");
  }
  const std::vector<Provisioned> created = creations.finish();
  Calls updates(refusals);
  for (std::size_t i = 0; i < app.queues.size(); ++i) {
    json::object attributes = attributesToSet(withoutRedrive(app.queues[i]));
    if (created[i] != Provisioned::kExpectedError || attributes.empty()) continue;
    updates.start(sqs, "SetQueueAttributes",
                  {{"QueueUrl", app.queues[i].at("QueueName")}, {"Attributes", std::move(attributes)}},
                  subjectOf(app.queues[i], "QueueName"));
  }
  updates.finish();
}

}  // namespace

void provisionQueues(const templates::App& app, const rpc::Apis& apis, Refusals& refusals) {
  if (app.queues.empty() && app.queue_policies.empty()) return;
  const rpc::JsonApi& sqs = apiOf(apis, "AmazonSQS");
  createOrUpdate(app, sqs, refusals);
  Calls calls(refusals);
  for (const json::object& queue : app.queues) {
    const json::value* redrive = queue.at("Attributes").as_object().if_contains("RedrivePolicy");
    if (!redrive) continue;
    calls.start(sqs, "SetQueueAttributes",
                {{"QueueUrl", queue.at("QueueName")}, {"Attributes", {{"RedrivePolicy", *redrive}}}},
                subjectOf(queue, "QueueName"));
  }
  for (const json::object& policy : app.queue_policies) {
    calls.start(sqs, "SetQueueAttributes", policy, "the policy of " + subjectOf(policy, "QueueUrl"));
  }
  calls.finish();
}

}  // namespace ddblog::deploy
