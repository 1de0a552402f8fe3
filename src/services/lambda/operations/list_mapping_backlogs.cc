// ListMappingBacklogs, a route of ours: how far event source mappings are behind their sources.
//
//   GET /_local/mappings -> {"mappings": [{"uuid": "…", "waiting": 12, "orMore": false, "age": 1500}, …]}
//
// "waiting": records or messages that it has not delivered yet; "orMore": at least so many. "age": milliseconds since
// the oldest of these records was written (Lambda's IteratorAge); absent if none waits, and for queues. Mappings that
// are being deleted, and those that were never started, are not listed.
#include "base/json_writer.h"
#include "rpc/rest_operation.h"
#include "services/lambda/mappings/iterator_age.h"
#include "services/lambda/mappings/stored_mappings.h"
#include "services/lambda/operations/context.h"

namespace ddblog::lambda {

namespace {

class ListMappingBacklogs {
 public:
  ListMappingBacklogs(rpc::RequestReader& request, Context& context) : context_(context) { request.finish(); }

  std::string run(const Reader& reader) const {
    std::string body;
    JsonWriter json(body);
    json.beginObject().key("mappings").beginArray();
    for (const StoredMapping& stored : allMappings(reader)) {
      if (stored.is_being_deleted || stored.uuid.empty()) continue;
      try {
        write(json, reader, stored);
      } catch (const std::exception&) {  // the mapping's reader says what is wrong with this one
      }
    }
    json.endArray().endObject();
    return body;
  }

 private:
  void write(JsonWriter& json, const Reader& reader, const StoredMapping& stored) const {
    MappingSettings settings = readMappingSettings(stored.request);
    settings.function_name = stored.function_name;
    const std::optional<Duration> age = iteratorAge(context_.mapping_dependencies, reader, settings);
    const EventSourceMapping mapping(context_.mapping_dependencies, std::move(settings));
    const rpc::BoundedCount waiting = mapping.backlog(reader);
    json.beginObject().key("uuid").value(stored.uuid).key("waiting").value(waiting.number);
    json.key("orMore").value(waiting.or_more);
    if (age) json.key("age").value(static_cast<std::int64_t>(age->count()));
    json.endObject();
  }

  Context& context_;
};

}  // namespace

void addListMappingBacklogs(rpc::RestApi& api, Context& context) {
  rpc::addRead<ListMappingBacklogs>(api, {"GET", "/_local/mappings", "ListMappingBacklogs"}, context);
}

}  // namespace ddblog::lambda
