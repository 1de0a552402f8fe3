#include "services/dynamodb/partiql/partiql_requests.h"

#include <utility>

#include "partiql/limits.h"
#include "services/dynamodb/transactions/transaction_tokens.h"

namespace ddblog::dynamodb {

StatementRequest::StatementRequest(rpc::ObjectReader& fields) {
  auto parameters = fields.objects("Parameters", {.min = 1, .element = java::kAttributeValue});
  if (parameters) {
    for (const rpc::ObjectReader& parameter : *parameters) {
      deferred_.push_back(deferValue(json::value(parameter.json()), MessageStyle::kLegacy));
    }
  }
  text_ = fields.string("Statement", {.required = true, .min = 1, .max = limits::kStatementLength}).value_or("");
  json::object request{{"Statement", text_}};
  if (const json::value* given = fields.value("Parameters")) request["Parameters"] = *given;
  fingerprint_ = dynamodb::fingerprint(request);
}

void StatementRequest::readParameters() {
  for (DeferredValue& parameter : deferred_) parameters_.push_back(parameter.take());
  deferred_.clear();
}

partiql::Statement StatementRequest::parse() {
  readParameters();
  return partiql::parseStatement(text_, parameters_);
}

bool isRead(const partiql::Statement& statement) { return std::holds_alternative<partiql::SelectStatement>(statement); }

partiql::Returning returningOf(const partiql::Statement& statement) {
  if (const auto* update = std::get_if<partiql::UpdateStatement>(&statement)) return update->returning;
  if (const auto* remove = std::get_if<partiql::DeleteStatement>(&statement)) return remove->returning;
  return partiql::Returning::kNothing;
}

}  // namespace ddblog::dynamodb
