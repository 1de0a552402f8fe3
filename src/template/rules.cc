#include "template/rules.h"

#include <algorithm>
#include <array>

#include "base/json_fields.h"
#include "template/function_properties.h"
#include "template/local_arns.h"
#include "template/queues.h"

namespace ddblog::templates {

namespace {

constexpr std::array kTarget = {"Arn",         "DeadLetterConfig", "Id",           "InputPath", "InputTransformer",
                                "RetryPolicy", "RoleArn",          "SqsParameters"};

}  // namespace

std::string busName(const std::string& name_or_arn) {
  const std::size_t marker = name_or_arn.find(":event-bus/");
  return marker == std::string::npos ? name_or_arn : name_or_arn.substr(marker + 11);
}

json::object targetOf(const Properties& properties) {
  json::object target = properties.request(kTarget);
  if (const auto input = properties.jsonText("Input")) target["Input"] = *input;
  return target;
}

bool isBusHere(Reading& reading, const std::string& owner, const std::string& name_or_arn, Place place) {
  const std::string name = busName(name_or_arn);
  if (name.starts_with("aws.partner/")) {
    reading.findings.note(place, owner + " does not run offline: the bus " + name + " gets a partner's events");
    return false;
  }
  const bool is_here =
      name_or_arn == name || name_or_arn == arnHere(reading.intrinsics.pseudo(), "events", "event-bus/" + name);
  if (!is_here && name == "default") {
    reading.findings.note(place, owner + ": " + name_or_arn + " is the bus default here");
  }
  return true;
}

bool addRule(Reading& reading, const std::string& owner, json::object rule, std::vector<json::object> targets,
             Place place) {
  json::object put_targets{{"Rule", rule["Name"]}};
  if (const std::string named = textOf(rule, "EventBusName"); !named.empty()) {
    if (!isBusHere(reading, owner, named, place)) return false;
    const std::string bus = busName(named);
    rule["EventBusName"] = bus;
    put_targets["EventBusName"] = bus;
    needBus(reading, bus, place);
  }
  const PseudoParameters& pseudo = reading.intrinsics.pseudo();
  json::array deliverable;
  for (json::object& target : targets) {
    const std::string arn = localTarget(reading, textOf(target, "Arn"), place);
    if (canDeliverTo(pseudo, arn)) {
      target["Arn"] = arn;
      if (const json::object* dead_letters = objectOf(target, "DeadLetterConfig")) {
        const std::string queue = localTarget(reading, textOf(*dead_letters, "Arn"), place);
        target["DeadLetterConfig"] = {{"Arn", queue}};
        if (!canDeliverTo(pseudo, queue)) target.erase("DeadLetterConfig");
      }
      deliverable.push_back(std::move(target));
    } else {
      reading.findings.note(
          place, owner + ": the target " + arn + " gets nothing offline (functions, queues, buses and log groups do)");
    }
  }
  put_targets["Targets"] = std::move(deliverable);
  reading.app.rules.push_back({std::move(rule), std::move(put_targets)});
  reading.collected.rule_places.push_back(place);
  return true;
}

void needBus(Reading& reading, const std::string& name_or_arn, Place place) {
  const std::string name = busName(name_or_arn);
  if (name == "default" || name.empty()) return;
  reading.collected.when_complete.push_back([&findings = reading.findings, name, place](App& app) {
    const auto isIt = [&](const json::object& bus) { return textOf(bus, "Name") == name; };
    if (std::ranges::any_of(app.event_buses, isIt)) return;
    findings.note(place, "the bus " + name + " is of another stack: it is made here too");
    app.places.emplace("bus " + name, findings.at(place));
    app.event_buses.push_back({{"Name", name}});
  });
}

}  // namespace ddblog::templates
