#include "deliveries/stored_delivery.h"

#include <stdexcept>

namespace ddblog::deliveries {
namespace {

constexpr std::uint64_t kIsWhole = 1, kHasEnvelope = 2, kHasAttributes = 4;  // flags
constexpr std::uint64_t kMostAttributes = 10;                                // SQS's limit for a message

}  // namespace

std::string encodeDelivery(KeySpace space, const Delivery& delivery, RunningTime first_at) {
  const bool is_whole = delivery.input.text() == delivery.event;
  std::uint64_t flags = 0;
  if (is_whole) flags |= kIsWhole;
  if (delivery.envelope) flags |= kHasEnvelope;
  if (!delivery.dead_letter_attributes.empty()) flags |= kHasAttributes;
  KeyBuilder stored(space);
  stored.number(static_cast<std::uint64_t>(first_at.time_since_epoch().count()))
      .text(delivery.source_arn)
      .text(delivery.target_arn)
      .text(delivery.group_id)
      .text(delivery.dead_letter_arn)
      .number(static_cast<std::uint64_t>(delivery.retry_policy.most_retries))
      .number(static_cast<std::uint64_t>(delivery.retry_policy.most_age.count()))
      .text(delivery.id)
      .number(flags);
  if (delivery.envelope) stored.text(delivery.envelope->source).text(delivery.envelope->detail_type);
  if (flags & kHasAttributes) {
    stored.number(delivery.dead_letter_attributes.size());
    for (const auto& [name, value] : delivery.dead_letter_attributes) stored.text(name).text(value);
  }
  return stored.text(is_whole ? std::string_view() : std::string_view(delivery.input.text()))
      .bytes(delivery.event)
      .str();
}

StoredDelivery decodeDelivery(std::string_view stored) {
  KeyParser parser(stored);
  StoredDelivery delivery;
  delivery.first_at = RunningTime(Duration(static_cast<Duration::rep>(parser.number())));
  delivery.source_arn = parser.text();
  delivery.target_arn = parser.text();
  delivery.group_id = parser.text();
  delivery.dead_letter_arn = parser.text();
  delivery.retry_policy.most_retries = static_cast<int>(parser.number());
  delivery.retry_policy.most_age = Duration(static_cast<Duration::rep>(parser.number()));
  delivery.id = parser.text();
  const std::uint64_t flags = parser.number();
  if (flags & kHasEnvelope) {
    delivery.envelope.emplace();
    delivery.envelope->source = parser.text();
    delivery.envelope->detail_type = parser.text();
  }
  if (flags & kHasAttributes) {
    const std::uint64_t count = parser.number();
    if (count > kMostAttributes) throw std::runtime_error("a stored delivery is not readable");
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string name = parser.text();
      delivery.dead_letter_attributes[std::move(name)] = parser.text();
    }
  }
  delivery.input = parser.text();
  delivery.event = parser.rest();
  if (flags & kIsWhole) delivery.input = delivery.event;
  return delivery;
}

}  // namespace ddblog::deliveries
