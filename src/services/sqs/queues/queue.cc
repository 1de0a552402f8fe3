#include "services/sqs/queues/queue.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "base/bytes.h"
#include "base/json.h"
#include "base/json_fields.h"
#include "services/sqs/queues/attributes.h"

namespace ddblog::sqs {

namespace {

constexpr std::uint8_t kVersion = 1;

void appendTexts(std::string& out, const Texts& texts) {
  appendNumber<std::uint32_t>(out, static_cast<std::uint32_t>(texts.size()));
  for (const auto& [name, value] : texts) {
    appendText(out, name);
    appendText(out, value);
  }
}

Texts takeTexts(std::string_view& in) {
  Texts texts;
  for (auto count = takeNumber<std::uint32_t>(in); count > 0; --count) {
    const std::string_view name = takeText(in);
    texts.emplace_hint(texts.end(), name, takeText(in));
  }
  return texts;
}

template <class Time>
std::int64_t milliseconds(Time time) {
  return time.time_since_epoch().count();
}

}  // namespace

const std::string* Queue::attribute(std::string_view attribute_name) const {
  const auto found = attributes.find(attribute_name);
  return found != attributes.end() ? &found->second : defaultAttribute(attribute_name, isFifo());
}

bool Queue::isOn(std::string_view attribute_name) const {
  const std::string* value = attribute(attribute_name);
  return value && *value == "true";
}

std::int64_t Queue::numberOf(std::string_view attribute_name) const {
  const std::string* value = attribute(attribute_name);
  return value ? std::strtoll(value->c_str(), nullptr, 10) : 0;
}

bool Queue::deduplicatesByGroup() const {
  const std::string* scope = attribute("DeduplicationScope");
  return scope && *scope == "messageGroup";
}

std::optional<RedrivePolicy> redrivePolicy(const Queue& queue) {
  const std::string* text = queue.attribute("RedrivePolicy");
  if (!text) return std::nullopt;
  const json::value parsed = parseJson(*text);
  const json::object& policy = parsed.as_object();
  const json::value& count = policy.at("maxReceiveCount");
  return RedrivePolicy{textOf(policy, "deadLetterTargetArn"),
                       count.is_string() ? std::strtoll(count.as_string().c_str(), nullptr, 10) : count.as_int64()};
}

bool allowsRedrive(const Queue& dead_letter_queue, std::string_view source_arn) {
  const std::string* text = dead_letter_queue.attribute("RedriveAllowPolicy");
  if (!text) return true;
  const json::value parsed = parseJson(*text);
  const json::object& policy = parsed.as_object();
  const std::string permission = textOf(policy, "redrivePermission");
  if (permission != "byQueue") return permission != "denyAll";
  const json::array& sources = policy.at("sourceQueueArns").as_array();
  return std::any_of(sources.begin(), sources.end(), [&](const json::value& one) {
    return one.is_string() && std::string_view(one.get_string()) == source_arn;
  });
}

std::string encodeQueue(const Queue& queue) {
  std::string out;
  appendNumber(out, kVersion);
  appendNumber(out, queue.number);
  appendNumber(out, milliseconds(queue.created_at));
  appendNumber(out, milliseconds(queue.modified_at));
  appendNumber(out, milliseconds(queue.purged_at));
  appendTexts(out, queue.attributes);
  appendTexts(out, queue.tags);
  return out;
}

Queue decodeQueue(std::string_view name, std::string_view stored) {
  if (takeNumber<std::uint8_t>(stored) != kVersion) throw std::runtime_error("a queue of an unknown version is stored");
  Queue queue;
  queue.name = name;
  queue.number = takeNumber<std::uint64_t>(stored);
  queue.created_at = Timestamp(Duration(takeNumber<std::int64_t>(stored)));
  queue.modified_at = Timestamp(Duration(takeNumber<std::int64_t>(stored)));
  queue.purged_at = RunningTime(Duration(takeNumber<std::int64_t>(stored)));
  queue.attributes = takeTexts(stored);
  queue.tags = takeTexts(stored);
  return queue;
}

}  // namespace ddblog::sqs
