#include "template/queues.h"

#include <algorithm>

#include "base/json_fields.h"
#include "template/local_arns.h"

namespace ddblog::templates {

bool isQueueArn(std::string_view arn) {
  const std::size_t partition = arn.find(':');
  if (!arn.starts_with("arn:") || arn.ends_with(':')) return false;
  const std::size_t service = arn.find(':', partition + 1);
  return service != std::string_view::npos && arn.substr(service).starts_with(":sqs:");
}

std::string needQueue(Reading& reading, const std::string& arn, Place place) {
  const std::string name = arn.substr(arn.rfind(':') + 1);
  const std::string here = arnHere(reading.intrinsics.pseudo(), "sqs", name);
  const std::string whose = arn == here ? "another stack" : "another region or account";
  reading.collected.when_complete.push_back([&findings = reading.findings, name, whose, place](App& app) {
    const auto isIt = [&](const json::object& queue) { return textOf(queue, "QueueName") == name; };
    if (std::ranges::any_of(app.queues, isIt)) return;
    findings.note(place, "the queue " + name + " is of " + whose + ": it is made here too");
    app.places.emplace("queue " + name, findings.at(place));
    json::object attributes;
    if (name.ends_with(".fifo")) attributes["FifoQueue"] = "true";
    app.queues.push_back({{"QueueName", name}, {"Attributes", std::move(attributes)}});
  });
  return here;
}

std::string localTarget(Reading& reading, const std::string& arn, Place place) {
  return isQueueArn(arn) ? needQueue(reading, arn, place) : localArn(reading, arn);
}

}  // namespace ddblog::templates
