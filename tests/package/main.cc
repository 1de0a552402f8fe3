// A user's program: appends two events, reads them back, builds a read model and a second generation
// of it, and subscribes, with only the public headers.
//
// Prints each event as a line of JSON, then the read model's version, how the rebuild went, and what the
// subscription has got. The endpoint is the environment's.
#include <ddblog/clock.h>
#include <ddblog/decide.h>
#include <ddblog/errors.h>
#include <ddblog/event.h>
#include <ddblog/event_log.h>
#include <ddblog/items.h>
#include <ddblog/lambda_runtime.h>
#include <ddblog/local_cloud.h>
#include <ddblog/names.h>
#include <ddblog/payload.h>
#include <ddblog/projector.h>
#include <ddblog/publish.h>
#include <ddblog/read_model.h>
#include <ddblog/schema.h>
#include <ddblog/subscription.h>
#include <ddblog/transport.h>
#include <ddblog/trigger.h>

#include <iostream>

int main() {
  const auto transport = ddblog::connect();
  ddblog::EventLog log(transport, ddblog::logTableName("local"));
  const auto found = log.append("places", "1", {"found", R"({"name": "Göteborg", "long": 11.974560000000000000001})"},
                                ddblog::Expected::none());
  log.append("places", "1", {"renamed", R"({"name": "Gothenburg"})"}, ddblog::Expected::version(found.version));
  for (const ddblog::Event& event : log.stream("places", "1")) std::cout << ddblog::toJson(event) << std::endl;

  ddblog::Projector places(transport, {.log_table = ddblog::logTableName("local"),
                                       .read_model_table = ddblog::readModelTableName("local"),
                                       .log = "places",
                                       .type = "place"});
  places.on("found", [](const ddblog::Event& event, ddblog::ReadModel& place) {
    const ddblog::Payload payload(event.payload);
    place.setString("name", payload.string("name"));
    place.setNumber("long", payload.number("long"));
  });
  places.on("renamed", [](const ddblog::Event& event, ddblog::ReadModel& place) {
    place.setString("name", ddblog::Payload(event.payload).string("name"));
  });
  std::cout << "at version " << places.project("1", 2) << std::endl;

  // A new generation of the read models, while the old one serves.
  ddblog::Projector next(transport, {.log_table = ddblog::logTableName("local"),
                                     .read_model_table = ddblog::readModelTableName("local"),
                                     .log = "places",
                                     .type = "place",
                                     .generation = "v2"});
  for (const char* type : {"found", "renamed"}) {
    next.on(type, [](const ddblog::Event& event, ddblog::ReadModel& place, ddblog::ReadModelItems& items) {
      const std::string name = ddblog::Payload(event.payload).string("name");
      if (const auto old = place.string("title")) items.remove("names#" + *old);
      place.setString("title", name);
      items.upsert("names#" + name).setString("place", event.id);
    });
  }
  const bool had_title = places.getCurrent("1")->has("title");
  const ddblog::Rebuilt rebuilt = next.rebuild();
  next.makeCurrent();
  std::cout << "rebuilt " << rebuilt.advanced << ": " << had_title << ' ' << places.getCurrent("1")->string("title")
            << std::endl;

  ddblog::Subscription subscription(log, {.group = "package test", .logs = {"places"}});
  subscription.on("renamed", [&](const ddblog::Event& event) {
    const bool is_past = ddblog::now() > std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);
    std::cout << "subscribed: version " << event.version << (is_past ? "" : ", in the past") << std::endl;
    subscription.stop();
  });
  subscription.run();

  try {
    log.append("places", "1", {"found", "{}"}, ddblog::Expected::none());
  } catch (const ddblog::VersionConflict& conflict) {
    std::cout << conflict.what() << std::endl;
  }
}
