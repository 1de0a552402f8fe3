#include "ddblog/trigger.h"

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "base/json_writer.h"
#include "base/limits.h"
#include "ddblog/lambda_runtime.h"

namespace ddblog {
namespace {

constexpr std::size_t kLeastEntryBytes = 1024;

}  // namespace

PublishOptions triggerOptions() {
  PublishOptions options;
  if (const char* bus = std::getenv("EVENT_BUS_NAME"); bus && *bus) options.bus = bus;
  if (const char* text = std::getenv("MAX_ENTRY_BYTES"); text && *text) {
    const std::string_view digits = text;
    std::size_t bytes = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bytes);
    if (error != std::errc() || rest != digits.data() + digits.size() || bytes < kLeastEntryBytes ||
        bytes > limits::kPutEventsBytes) {
      throw std::invalid_argument("MAX_ENTRY_BYTES must be a number from 1024 to 1048576, not \"" +
                                  std::string(digits) + "\"");
    }
    options.max_entry_bytes = bytes;
  }
  return options;
}

std::string handleTriggerBatch(Publisher& publisher, std::string_view batch) {
  const PublishResult published = publisher.publish(batch);
  std::string response;
  JsonWriter json(response);
  json.beginObject().key("batchItemFailures").beginArray();
  if (published.first_failed_sequence_number) {
    json.beginObject().key("itemIdentifier").value(*published.first_failed_sequence_number).endObject();
  }
  json.endArray().endObject();
  return response;
}

int runTrigger() {
  try {
    Publisher publisher(connect(), triggerOptions());
    return runHandler([&publisher](std::string_view batch, const InvocationContext&) {
      return handleTriggerBatch(publisher, batch);
    });
  } catch (const std::exception& e) {
    std::cerr << "The trigger cannot start: " << e.what() << std::endl;
    return 1;
  }
}

}  // namespace ddblog
