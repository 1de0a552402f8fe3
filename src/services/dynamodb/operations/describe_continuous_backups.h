// DescribeContinuousBackups: a table's point-in-time recovery as UpdateContinuousBackups set it. It is kept and given
// back; nothing is backed up. Refuses TableNotFoundException.
#pragma once

#include <string>

#include "base/json_writer.h"
#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class DescribeContinuousBackups {
 public:
  DescribeContinuousBackups(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::string name_;
};

// Of both operations on continuous backups: the table, or TableNotFoundException "Table not found: NAME"; the answer.
std::shared_ptr<const Table> backedUpTable(const Reader& reader, const Context& context, std::string_view name_or_arn);
std::string describeBackups(const Reader& reader, const Context& context, const Table& table);

}  // namespace ddblog::dynamodb
