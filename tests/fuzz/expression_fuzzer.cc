// Any text as an expression of every kind: it is refused, or it can be evaluated, applied, projected.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "check.h"
#include "expression/condition.h"
#include "expression/key_condition.h"
#include "expression/projection.h"
#include "expression/update.h"
#include "item/wire_json.h"

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

Substitutions given() {
  static const json::value kNames = parseJson(R"({"#a": "a", "#b": "b", "#n": "name"})");
  static const json::value kValues = parseJson(R"({
    ":n": {"N": "1"}, ":m": {"N": "1e37"}, ":s": {"S": "x"}, ":l": {"L": [{"N": "1"}]}, ":t": {"S": "SS"},
    ":ss": {"SS": ["x", "z"]}, ":ns": {"NS": ["1"]}, ":b": {"B": "AA=="}, ":y": {"BOOL": true}
  })");
  return Substitutions(&kNames.as_object(), &kValues.as_object(), {});
}

template <class Act>
void unlessRefused(Act act) {
  try {
    Substitutions substitutions = given();
    act(substitutions);
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "ValidationException" && !error.message().empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  unlessRefused([&](Substitutions& substitutions) {
    const Condition condition = parseCondition(text, ExpressionKind::kFilter, substitutions);
    FUZZ_CHECK(evaluate(condition, item()) != evaluate(Condition::negate(condition), item()));
    evaluate(condition, {});
    attributesOf(condition);
  });
  unlessRefused([&](Substitutions& substitutions) {
    const Update update = parseUpdate(text, substitutions);
    touchedParts(update, apply(update, item(), true));
  });
  unlessRefused([&](Substitutions& substitutions) {
    const Update update = parseUpdate(text, substitutions);
    apply(update, {}, false);
  });
  unlessRefused([&](Substitutions& substitutions) {
    const Projection projection = parseProjection(text, substitutions);
    const Item once = project(projection, item());
    FUZZ_CHECK(once.size() <= item().size());
  });
  unlessRefused([&](Substitutions& substitutions) {
    using Type = AttributeValue::Type;
    resolveKeyCondition(parseKeyCondition(text, substitutions), {{"pk", Type::kString}}, {{"n", Type::kNumber}});
  });
  return 0;
}
