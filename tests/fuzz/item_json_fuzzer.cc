// Any text as an item's JSON: it is refused, or it is stored and answered as the same item.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "check.h"
#include "item/item_size.h"
#include "item/stored_item.h"
#include "item/wire_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ddblog;
  json::value wire;
  try {
    wire = parseJson({reinterpret_cast<const char*>(data), size});
  } catch (const std::invalid_argument&) {
    return 0;
  }
  if (!wire.is_object()) return 0;
  Item item;
  try {
    item = readItem(wire.get_object());
  } catch (const ApiError& error) {
    FUZZ_CHECK(error.type() == "ValidationException" || error.type() == "SerializationException");
    return 0;
  }
  const std::string stored = encodeItem(item);
  FUZZ_CHECK(decodeItem(stored) == item);
  FUZZ_CHECK(storedItemSize(stored) == itemSize(item));

  std::string written, written_from_bytes;
  JsonWriter writer(written), bytes_writer(written_from_bytes);
  writeItem(writer, item);
  writeStoredItem(bytes_writer, stored);
  FUZZ_CHECK(written == written_from_bytes);
  FUZZ_CHECK(readItem(parseJson(written).as_object()) == item);
  FUZZ_CHECK(readItem(itemToJson(item)) == item);
  return 0;
}
