#include "services/sqs/queues/message_checks.h"

#include <algorithm>

#include "base/text.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"

namespace ddblog::sqs {

namespace {

using std::string_view;

// XML's characters. `text` is UTF-8; of other characters it can contain control characters, and
// U+FFFE and U+FFFF (EF BF BE, EF BF BF).
bool hasOnlyXmlCharacters(string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
    if (c == 0xEF && text.substr(i, 2) == "\xEF\xBF" && i + 2 < text.size()) {
      const auto last = static_cast<unsigned char>(text[i + 2]);
      if (last == 0xBE || last == 0xBF) return false;
    }
  }
  return true;
}

bool isNameLetter(unsigned char c) {
  // AWS takes letters beyond ASCII too.
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-' || c == '.';
}

void checkAttributeName(const std::string& name) {
  if (name.size() >= limits::kAttributeName) {
    throw invalidParameter("Message (user) attribute names must be shorter than 256 Bytes");
  }
  if (name.empty() || !std::all_of(name.begin(), name.end(), isNameLetter)) {
    throw invalidParameter(
        "Message (user) attribute name can only contain upper and lower score characters, digits, periods, hyphens and "
        "underscores. ");
  }
  const std::string lower = lowerCase(name);
  if (lower.starts_with("aws.") || lower.starts_with("amazon.") || name.starts_with('.') || name.ends_with('.')) {
    throw invalidParameter(
        "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
        "internal use. Additionally, they cannot start or end with '.'.");
  }
}

void checkAttributeOfMessage(const MessageAttribute& attribute) {
  checkAttributeName(attribute.name);
  const std::string& type = attribute.type;
  if (type.empty()) throw invalidParameter("Missing required parameter DataType");
  const string_view kind = string_view(type).substr(0, type.find('.'));
  if (kind != "String" && kind != "Number" && kind != "Binary") {
    throw invalidParameter("Type for parameter " + attribute.name +
                           " must be prefixed with 'String', 'Binary', or 'Number', but was: " + type);
  }
  if (type.size() >= limits::kAttributeName) {
    throw invalidParameter("Message (user) attribute types must be shorter than 256 Bytes");
  }
  const bool is_of_kind = attribute.is_binary == (kind == "Binary");
  if (attribute.value.empty() || !is_of_kind) {
    throw invalidParameter("Message (user) attribute '" + attribute.name +
                           "' must contain a non-empty value of type '" + std::string(kind) + "'.");
  }
  if (!attribute.is_binary && !hasOnlyXmlCharacters(attribute.value)) throw invalidMessageContents();
}

}  // namespace

void checkFifoId(const std::string& id, string_view parameter) {
  const bool is_valid =
      id.size() <= limits::kFifoId && std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!is_valid) {
    throw invalidParameter(id, parameter,
                           std::string(parameter) +
                               " can only include alphanumeric and punctuation characters. 1 to 128 in "
                               "length.");
  }
}

void checkMessage(const Message& message) {
  if (message.body.empty()) throw missingParameter("MessageBody");
  if (!hasOnlyXmlCharacters(message.body)) throw invalidMessageContents();
  if (message.attributes.size() > limits::kMessageAttributes) {
    throw invalidParameter("Number of message attributes [" + std::to_string(message.attributes.size()) +
                           "] exceeds the allowed maximum [" + std::to_string(limits::kMessageAttributes) + "].");
  }
  for (const MessageAttribute& attribute : message.attributes) checkAttributeOfMessage(attribute);
  checkFifoId(message.deduplication_id, "MessageDeduplicationId");
  checkFifoId(message.group_id, "MessageGroupId");
}

void checkForQueue(const Queue& queue, const Message& message, std::optional<std::chrono::seconds> delay) {
  if (const std::int64_t most = queue.numberOf("MaximumMessageSize");
      sizeOf(message) > static_cast<std::size_t>(most)) {
    throw invalidParameter("One or more parameters are invalid. Reason: Message must be shorter than " +
                           std::to_string(most) + " bytes.");
  }
  if (!queue.isFifo()) {
    if (!message.deduplication_id.empty()) {
      throw invalidParameter(message.deduplication_id, "MessageDeduplicationId",
                             "The request includes a parameter that is not valid for this queue type.");
    }
    return;
  }
  if (delay && delay->count() != 0) {
    throw invalidParameter(std::to_string(delay->count()), "DelaySeconds",
                           "The request include parameter that is not valid for this queue type.");
  }
  if (message.group_id.empty()) throw missingParameter("MessageGroupId");
  if (message.deduplication_id.empty() && !queue.isOn("ContentBasedDeduplication")) {
    throw invalidParameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
}

}  // namespace ddblog::sqs
