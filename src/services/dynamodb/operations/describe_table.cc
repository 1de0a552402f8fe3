#include "services/dynamodb/operations/describe_table.h"

#include "services/dynamodb/tables/table_extras.h"
#include "services/dynamodb/tables/table_json.h"
#include "services/dynamodb/tables/table_request.h"

namespace ddblog::dynamodb {

DescribeTable::DescribeTable(rpc::RequestReader& request, Context& context)
    : context_(context), name_(readTableName(request.fields(), context)) {
  request.finish();
}

std::string DescribeTable::run(const Reader& reader) const {
  const auto table = describedTable(reader, context_, name_);
  std::string out;
  JsonWriter json(out);
  json.beginObject().key("Table");
  writeTableDescription(json, reader, *table);
  json.endObject();
  return out;
}

}  // namespace ddblog::dynamodb
