#include "template/queues.h"

#include <algorithm>

#include "base/json_fields.h"
#include "template/local_arns.h"

namespace ddblog::templates {

std::string queueHere(Reading& reading, const std::string& arn, Place place) {
  const PseudoParameters& pseudo = reading.intrinsics.pseudo();
  const std::string name = arn.substr(arn.rfind(':') + 1);
  const std::string here = arnHere(pseudo, "sqs", name);
  if (arn == here) return arn;
  reading.collected.when_complete.push_back([&findings = reading.findings, name, place](App& app) {
    const auto isIt = [&](const json::object& queue) { return textOf(queue, "QueueName") == name; };
    if (std::ranges::any_of(app.queues, isIt)) return;
    findings.note(place, "the queue " + name + " is of another region or account: it is made here too");
    json::object attributes;
    if (name.ends_with(".fifo")) attributes["FifoQueue"] = "true";
    app.queues.push_back({{"QueueName", name}, {"Attributes", std::move(attributes)}});
  });
  return here;
}

}  // namespace ddblog::templates
