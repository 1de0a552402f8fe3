#include "services/lambda/mappings/stored_mappings.h"

#include "services/lambda/functions/key_spaces.h"
#include "store/key_space.h"

namespace ddblog::lambda {

namespace {

constexpr std::uint64_t kSettings = 3;  // 1 and 2: checkpoints.cc

std::string keyOf(std::string_view function_name, std::string_view source) {
  return KeyBuilder(key_spaces::kMappings).number(kSettings).text(function_name).text(source).str();
}

}  // namespace

void putMapping(Transaction& transaction, std::string_view function_name, std::string_view source,
                const json::object& create_event_source_mapping) {
  transaction.put(keyOf(function_name, source), json::serialize(create_event_source_mapping));
}

void eraseMapping(Transaction& transaction, std::string_view function_name, std::string_view source) {
  transaction.erase(keyOf(function_name, source));
}

std::vector<json::object> storedMappings(const Reader& reader) {
  const std::string all = KeyBuilder(key_spaces::kMappings).number(kSettings).str();
  std::vector<json::object> mappings;
  for (auto cursor = reader.cursor(all, endOfPrefix(all)); cursor->valid(); cursor->next()) {
    mappings.push_back(parseJson(cursor->value()).as_object());
  }
  return mappings;
}

}  // namespace ddblog::lambda
