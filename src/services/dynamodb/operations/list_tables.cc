// ListTables: the tables' names in the order of their bytes, at most 100 a page.
#include <cstdint>
#include <string>

#include "base/json_writer.h"
#include "rpc/operation.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"
#include "services/dynamodb/core/table_name.h"

namespace ddblog::dynamodb {
namespace {

class ListTables {
 public:
  ListTables(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::size_t limit_;
  std::string after_;
};

constexpr std::int64_t kPage = 100;

ListTables::ListTables(rpc::RequestReader& request, Context& context) : context_(context) {
  rpc::ObjectReader& fields = request.fields();
  const auto limit = fields.integer("Limit", {.min = 1, .max = kPage});
  const auto after =
      fields.string("ExclusiveStartTableName", {.min = kShortestName, .max = kLongestName, .pattern = kNamePattern});
  request.finish();
  limit_ = static_cast<std::size_t>(limit.value_or(kPage));
  after_ = after.value_or("");
}

std::string ListTables::run(const Reader& reader) const {
  // Reads one name more than the page holds, to know whether another page follows.
  std::vector<std::string> names = context_.catalog.names(reader, after_, limit_ + 1);
  const bool more = names.size() > limit_;
  if (more) names.pop_back();
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("TableNames").beginArray();
  for (const std::string& name : names) json.value(name);
  json.endArray();
  if (more) json.key("LastEvaluatedTableName").value(names.back());
  json.endObject();
  return out;
}

}  // namespace

void addListTables(rpc::JsonApi& service, Context& context) {
  rpc::addRead<ListTables>(service, "ListTables", context);
}

}  // namespace ddblog::dynamodb
