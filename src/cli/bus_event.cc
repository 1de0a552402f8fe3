#include "cli/bus_event.h"

#include <vector>

#include "base/json_writer.h"
#include "clients/cpp/src/event_item.h"
#include "ddblog/names.h"

namespace ddblog::cli {
namespace {

// "arn:aws:events:eu-north-1:111122223333:event-bus/log": the part of this number, from 0.
std::string partOfArn(const std::string& arn, int number, const char* otherwise) {
  std::size_t begin = 0;
  for (int i = 0; i < number; ++i) {
    const std::size_t colon = arn.find(':', begin);
    if (colon == std::string::npos) return otherwise;
    begin = colon + 1;
  }
  return arn.substr(begin, arn.find(':', begin) - begin);
}

}  // namespace

std::string busEventOf(const Event& event, const OnBus& on_bus) {
  std::string text;
  JsonWriter json(text);
  json.beginObject().key("version").value("0").key("id").value(on_bus.id);
  json.key("detail-type").value(names::kDetailType).key("source").value(names::kSource);
  json.key("account").value(partOfArn(on_bus.bus_arn, 4, "000000000000"));
  json.key("time").value(on_bus.time).key("region").value(partOfArn(on_bus.bus_arn, 3, "us-east-1"));
  json.key("resources").beginArray().endArray();
  if (!on_bus.replay_name.empty()) json.key("replay-name").value(on_bus.replay_name);
  json.key("detail").raw(detailOf(event, false)).endObject();
  return text;
}

}  // namespace ddblog::cli
