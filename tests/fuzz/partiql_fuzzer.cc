// Any text as a PartiQL statement: it is refused, or its parts can be evaluated, applied, projected.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/api_error.h"
#include "base/json.h"
#include "check.h"
#include "expression/key_condition.h"
#include "item/wire_json.h"
#include "partiql/limits.h"
#include "partiql/statement.h"

namespace {

using namespace ddblog;

const Item& item() {
  static const Item kItem = readItem(parseJson(R"({
    "pk": {"S": "1"}, "n": {"N": "5"}, "a": {"M": {"b": {"L": [{"N": "1"}, {"M": {"c": {"S": "x"}}}]}}},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"SS": ["x"]}]}, "s": {"S": "text"}, "ss": {"SS": ["x", "y"]},
    "ns": {"NS": ["1", "2"]}, "bin": {"B": "AAEC"}, "t": {"BOOL": true}, "z": {"NULL": true}
  })")
                                         .as_object());
  return kItem;
}

const std::vector<AttributeValue>& parameters() {
  static const std::vector<AttributeValue> kParameters = {
      AttributeValue("x"), AttributeValue(Decimal(1)), AttributeValue(AttributeValue::StringSet{"x", "z"}),
      AttributeValue(AttributeValue::Map{{"pk", AttributeValue("1")}})};
  return kParameters;
}

void tryCondition(const std::optional<Condition>& condition) {
  if (!condition) return;
  FUZZ_CHECK(evaluate(*condition, item()) != evaluate(Condition::negate(*condition), item()));
  evaluate(*condition, {});
  attributesOf(*condition);
  if (const auto comparison = asKeyComparison(*condition)) FUZZ_CHECK(!comparison->values.empty());
}

void tryUpdate(const Update& update, bool existed) {
  try {
    touchedParts(update, apply(update, existed ? item() : Item(), existed));
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "ValidationException");
  }
}

struct Try {
  void operator()(const partiql::SelectStatement& select) const {
    tryCondition(select.where);
    if (select.projection) FUZZ_CHECK(project(*select.projection, item()).size() <= select.projection->paths.size());
  }
  void operator()(const partiql::InsertStatement&) const {}
  void operator()(const partiql::UpdateStatement& update) const {
    FUZZ_CHECK(!update.update.actions.empty());
    tryCondition(update.where);
    tryUpdate(update.update, true);
    tryUpdate(update.update, false);
  }
  void operator()(const partiql::DeleteStatement& remove) const { tryCondition(remove.where); }
  void operator()(const partiql::ExistsStatement& exists) const { (*this)(exists.select); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > limits::kStatementLength) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const partiql::Statement statement = partiql::parseStatement(text, parameters());
    FUZZ_CHECK(!tableOf(statement).empty());
    std::visit(Try(), statement);
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "ValidationException" && !error.message().empty());
  }
  return 0;
}
