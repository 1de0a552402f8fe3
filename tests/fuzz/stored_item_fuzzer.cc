// Any bytes as a stored item: both ways of reading refuse them, or both read the same.
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json.h"
#include "check.h"
#include "item/stored_item.h"
#include "item/wire_json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ddblog;
  const std::string_view stored(reinterpret_cast<const char*>(data), size);
  std::string written;
  bool is_written = true;
  try {
    JsonWriter writer(written);
    writeStoredItem(writer, stored);
  } catch (const std::runtime_error&) {
    is_written = false;
  }
  try {
    storedItemSize(stored);
    const Item item = decodeItem(stored);
    FUZZ_CHECK(is_written);
    FUZZ_CHECK(decodeItem(encodeItem(item)) == item);
  } catch (const std::runtime_error&) {
    FUZZ_CHECK(!is_written);
  }
  return 0;
}
