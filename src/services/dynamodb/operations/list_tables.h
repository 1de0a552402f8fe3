// ListTables: the tables' names in the order of their bytes, 100 a page unless fewer are asked for.
#pragma once

#include <cstdint>
#include <string>

#include "rpc/request_reader.h"
#include "services/dynamodb/core/context.h"

namespace ddblog::dynamodb {

class ListTables {
 public:
  ListTables(rpc::RequestReader& request, Context& context);
  std::string run(const Reader& reader) const;

 private:
  Context& context_;
  std::size_t limit_;
  std::string after_;
};

}  // namespace ddblog::dynamodb
