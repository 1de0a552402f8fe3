#include "services/sqs/queues/attributes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/json_fields.h"
#include "services/sqs/queues/errors.h"
#include "services/sqs/queues/limits.h"
#include "services/sqs/queues/policy.h"

namespace ddblog::sqs {

namespace {

using std::string_view;

struct Range {
  std::int64_t least;
  std::int64_t most;
};

const std::map<string_view, Range>& ranges() {
  static const std::map<string_view, Range> all = {
      {"DelaySeconds", {0, limits::kDelaySeconds}},
      {"KmsDataKeyReusePeriodSeconds", {60, 86'400}},
      {"MaximumMessageSize", {1024, limits::kMessageBytes}},
      {"MessageRetentionPeriod", {60, 1'209'600}},
      {"ReceiveMessageWaitTimeSeconds", {0, limits::kWaitSeconds}},
      {"VisibilityTimeout", {0, limits::kVisibilitySeconds}},
  };
  return all;
}

constexpr std::array kBooleans = {string_view("ContentBasedDeduplication"), string_view("FifoQueue"),
                                  string_view("SqsManagedSseEnabled")};
constexpr std::array kTexts = {string_view("KmsMasterKeyId"), string_view("Policy"), string_view("RedriveAllowPolicy"),
                               string_view("RedrivePolicy")};
// Only FIFO queues have them.
constexpr std::array kOfFifo = {string_view("DeduplicationScope"), string_view("FifoThroughputLimit")};
// Nobody sets them.
constexpr std::array kComputed = {string_view("ApproximateNumberOfMessages"),
                                  string_view("ApproximateNumberOfMessagesDelayed"),
                                  string_view("ApproximateNumberOfMessagesNotVisible"),
                                  string_view("CreatedTimestamp"),
                                  string_view("LastModifiedTimestamp"),
                                  string_view("QueueArn")};

template <class Names>
bool isOneOf(const Names& names, string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void checkNumber(string_view name, const std::string& value, const Range& range) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool is_number = error == std::errc() && end == value.data() + value.size();
  if (!is_number || number < range.least || number > range.most) throw invalidAttributeValue(name);
}

std::optional<json::object> parsedObject(const std::string& text) {
  try {
    json::value parsed = parseJson(text);
    if (parsed.is_object()) return std::move(parsed).as_object();
  } catch (const std::invalid_argument&) {
  }
  return std::nullopt;
}

ApiError invalidPolicy(const std::string& value, string_view name, const std::string& reason) {
  return invalidParameter(value, name, reason);
}

void checkRedrivePolicy(const std::string& value) {
  const auto policy = parsedObject(value);
  if (!policy) throw invalidPolicy(value, "RedrivePolicy", "Redrive policy is not a valid JSON map.");
  const json::value* arn = memberOf(*policy, "deadLetterTargetArn");
  if (!arn)
    throw invalidPolicy(value, "RedrivePolicy",
                        "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
  const json::value* count = memberOf(*policy, "maxReceiveCount");
  if (!count)
    throw invalidPolicy(value, "RedrivePolicy",
                        "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
  for (const auto& member : *policy) {
    if (member.key() != "deadLetterTargetArn" && member.key() != "maxReceiveCount") {
      throw invalidPolicy(value, "RedrivePolicy",
                          "Only following attributes are supported: [deadLetterTargetArn, maxReceiveCount].");
    }
  }
  if (!arn->is_string() || !string_view(arn->as_string()).starts_with("arn:")) {
    throw invalidPolicy(value, "RedrivePolicy", "Invalid value for deadLetterTargetArn.");
  }
  const std::string shown = count->is_string() ? std::string(count->as_string()) : json::serialize(*count);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(shown.data(), shown.data() + shown.size(), number);
  if (error != std::errc() || end != shown.data() + shown.size() || number < 1 || number > 1000) {
    throw invalidPolicy(
        value, "RedrivePolicy",
        "Invalid value for maxReceiveCount: " + shown + ", valid values are from 1 to 1000 both inclusive.");
  }
}

void checkRedriveAllowPolicy(const std::string& value) {
  constexpr string_view kName = "RedriveAllowPolicy";
  const auto policy = parsedObject(value);
  if (!policy)
    throw invalidPolicy(value, kName,
                        "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.");
  const std::string permission = textOf(*policy, "redrivePermission");
  const json::value* sources = memberOf(*policy, "sourceQueueArns");
  const bool by_queue = permission == "byQueue";
  if (!by_queue && permission != "allowAll" && permission != "denyAll") {
    throw invalidPolicy(
        value, kName, "Amazon SQS can't create the redrive allow policy. Specify one of: allowAll, denyAll, byQueue.");
  }
  if (by_queue != (sources != nullptr)) {
    throw invalidPolicy(value, kName,
                        "Amazon SQS can't create the redrive allow policy. sourceQueueArns goes with byQueue.");
  }
  if (!by_queue) return;
  const bool is_list = sources->is_array() && !sources->as_array().empty() && sources->as_array().size() <= 10 &&
                       std::all_of(sources->as_array().begin(), sources->as_array().end(),
                                   [](const json::value& one) { return one.is_string(); });
  if (!is_list)
    throw invalidPolicy(value, kName,
                        "Amazon SQS can't create the redrive allow policy. sourceQueueArns has 1 to 10 ARNs.");
}

void checkOfFifo(string_view name, const std::string& value, bool is_fifo) {
  if (!is_fifo) {
    throw invalidAttributeName("You can specify the " + std::string(name) + " only when FifoQueue is set to true.");
  }
  const bool is_scope = name == "DeduplicationScope";
  const bool is_known =
      is_scope ? value == "queue" || value == "messageGroup" : value == "perQueue" || value == "perMessageGroupId";
  if (!is_known) throw invalidAttributeValue(name);
}

void checkAttribute(string_view name, const std::string& value, bool is_fifo, bool creates) {
  if (const auto range = ranges().find(name); range != ranges().end()) return checkNumber(name, value, range->second);
  if (isOneOf(kOfFifo, name)) return checkOfFifo(name, value, is_fifo);
  if (name == "FifoQueue") {
    if (!is_fifo) throw invalidAttributeName("Unknown Attribute FifoQueue.");
    if (value != "true") {
      throw invalidAttributeValue(name, creates ? string_view() : "Modifying queue type is not supported.");
    }
    return;
  }
  if (name == "ContentBasedDeduplication" && !is_fifo) {
    throw invalidAttributeName("Unknown Attribute ContentBasedDeduplication.");
  }
  if (isOneOf(kBooleans, name)) {
    if (value != "true" && value != "false") throw invalidAttributeValue(name);
    return;
  }
  if (!isOneOf(kTexts, name)) throw invalidAttributeName("Unknown Attribute " + std::string(name) + ".");
  if (value.size() > limits::kPolicyBytes) throw invalidAttributeValue(name);
  if (value.empty()) return;
  if (name == "RedrivePolicy") checkRedrivePolicy(value);
  if (name == "RedriveAllowPolicy") checkRedriveAllowPolicy(value);
  if (name == "Policy" && !isPolicy(value)) throw invalidAttributeValue(name);
}

bool isHighThroughput(const Queue& queue) {
  const std::string* limit = queue.attribute("FifoThroughputLimit");
  return limit && *limit == "perMessageGroupId";
}

}  // namespace

const std::string* defaultAttribute(string_view name, bool is_fifo) {
  static const Texts defaults = {
      {"DelaySeconds", "0"},
      {"MaximumMessageSize", std::to_string(limits::kMessageBytes)},
      {"MessageRetentionPeriod", "345600"},
      {"ReceiveMessageWaitTimeSeconds", "0"},
      {"SqsManagedSseEnabled", "true"},
      {"VisibilityTimeout", "30"},
  };
  static const Texts of_fifo = {
      {"ContentBasedDeduplication", "false"},
      {"DeduplicationScope", "queue"},
      {"FifoQueue", "true"},
      {"FifoThroughputLimit", "perQueue"},
  };
  if (const auto found = defaults.find(name); found != defaults.end()) return &found->second;
  const auto found = of_fifo.find(name);
  return is_fifo && found != of_fifo.end() ? &found->second : nullptr;
}

bool isAttributeName(string_view name) {
  return name == "All" || ranges().contains(name) || isOneOf(kBooleans, name) || isOneOf(kTexts, name) ||
         isOneOf(kOfFifo, name) || isOneOf(kComputed, name);
}

void checkAttributes(const Texts& attributes, bool is_fifo, bool creates) {
  for (const auto& [name, value] : attributes) checkAttribute(name, value, is_fifo, creates);
  const auto value = [&](string_view name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? string_view() : string_view(found->second);
  };
  if (!value("KmsMasterKeyId").empty() && value("SqsManagedSseEnabled") == "true") {
    throw invalidAttributeName(
        "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.");
  }
}

void setAttributes(Queue& queue, const Texts& attributes) {
  for (const auto& [name, value] : attributes) {
    const bool is_forgotten = value.empty() || (name == "KmsDataKeyReusePeriodSeconds" && value == "300");
    if (is_forgotten) {
      queue.attributes.erase(name);
    } else {
      queue.attributes.insert_or_assign(name, value);
    }
  }
  // Encryption with a key of KMS replaces that of SQS, and the other way round.
  if (attributes.contains("KmsMasterKeyId") && queue.attributes.contains("KmsMasterKeyId")) {
    queue.attributes.insert_or_assign("SqsManagedSseEnabled", "false");
  }
  if (const auto managed = attributes.find("SqsManagedSseEnabled");
      managed != attributes.end() && managed->second == "true") {
    queue.attributes.erase("KmsMasterKeyId");
    queue.attributes.erase("KmsDataKeyReusePeriodSeconds");
  }
  if (isHighThroughput(queue) && !queue.deduplicatesByGroup()) {
    throw invalidAttributeValue("FifoThroughputLimit",
                                "perMessageGroupId needs the value messageGroup of DeduplicationScope.");
  }
}

std::string differingAttribute(const Queue& queue, const Texts& attributes) {
  for (const auto& [name, value] : attributes) {
    const std::string* present = queue.attribute(name);
    const bool is_policy = name == "Policy" || name == "RedrivePolicy" || name == "RedriveAllowPolicy";
    const bool is_same =
        present ? *present == value || (is_policy && !value.empty() && parseJson(*present) == parseJson(value))
                : value.empty();
    if (!is_same) return name;
  }
  return {};
}

}  // namespace ddblog::sqs
