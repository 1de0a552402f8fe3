// Two lines: any text as a form of the query protocol, and as a queue's policies. A form becomes a request in JSON, and
// what it says comes back as XML; a policy is refused, or used.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/api_error.h"
#include "base/json.h"
#include "check.h"
#include "rpc/call.h"
#include "rpc/query_api.h"
#include "rpc/synchronous.h"
#include "services/sqs/queues/attributes.h"
#include "services/sqs/queues/policy.h"
#include "services/sqs/queues/queue.h"

namespace {

using namespace ddblog;
using Kind = rpc::QueryMember::Kind;

// Answers with what it was asked.
class Echo {
 public:
  Echo()
      : json_(rpc::JsonProtocol(
            {.target_prefix = "E", .content_type = "application/x-amz-json-1.0", .signing_name = "e"})),
        api_(
            rpc::QueryProtocol({.signing_name = "e",
                                .xml_namespace = "urn:e",
                                .describe =
                                    [](const ApiError& error) {
                                      return rpc::QueryError{error.type(), error.message()};
                                    }}),
            json_, [](std::string_view) { return true; }, [](const rpc::Request&, json::object&) {}) {
    json_.add("Echo", rpc::synchronous([](const rpc::Request& request) {
                try {
                  FUZZ_CHECK(parseJson(request.body).is_object());
                } catch (const std::invalid_argument&) {  // the form is not UTF-8
                  throw serializationError("");
                }
                return request.body;
              }));
    const std::vector<rpc::QueryMember> members = {
        {"Text", "T"},
        {"Number", "N", Kind::kNumber},
        {"Texts", "L", Kind::kTexts},
        {"Map", "M", Kind::kTextMap},
        {"Structures", "S", Kind::kStructures, {{"Id", "I"}, {"Texts", "L", Kind::kTexts}}},
        {"Structured", "V", Kind::kStructureMap, {{"Type", "T"}}}};
    api_.add("Echo", {members, members, true});
  }

  rpc::Response send(std::string form) {
    rpc::Request request;
    request.raw_query = std::move(form);
    return rpc::callAndWait(api_.handler(), std::move(request)).response();
  }

 private:
  rpc::JsonApi json_;
  rpc::QueryApi api_;
};

// Whether elements begin and end where they should.
bool isWellFormed(std::string_view xml) {
  std::vector<std::string_view> open;
  xml.remove_prefix(xml.find("?>") + 2);
  while (!xml.empty()) {
    if (xml.front() != '<') {
      if (xml.front() == '>') return false;
      xml.remove_prefix(1);
      continue;
    }
    const std::size_t end = xml.find('>');
    if (end == std::string_view::npos) return false;
    const std::string_view tag = xml.substr(1, end - 1);
    xml.remove_prefix(end + 1);
    if (tag.ends_with('/')) continue;
    if (!tag.starts_with('/')) {
      open.push_back(tag.substr(0, tag.find(' ')));
      continue;
    }
    if (open.empty() || open.back() != tag.substr(1)) return false;
    open.pop_back();
  }
  return open.empty();
}

void checkPolicies(const std::string& text) {
  if (sqs::isPolicy(text)) {
    const auto decision = sqs::decide(text, {"sqs:SendMessage", "arn:q", "events.amazonaws.com", "arn:r", "0"});
    FUZZ_CHECK(sqs::decide(text, {"sqs:SendMessage", "arn:q", "events.amazonaws.com", "arn:r", "0"}) == decision);
  }
  for (const char* name : {"RedrivePolicy", "RedriveAllowPolicy"}) {
    sqs::Queue queue;
    queue.name = "q";
    try {
      sqs::checkAttributes({{name, text}}, false, false);
    } catch (const ApiError& error) {
      FUZZ_CHECK(!error.message().empty());
      continue;
    }
    sqs::setAttributes(queue, {{name, text}});
    if (const auto policy = sqs::redrivePolicy(queue)) FUZZ_CHECK(policy->max_receive_count >= 1);
    sqs::allowsRedrive(queue, "arn:q");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Echo echo;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\n'), text.size());
  FUZZ_CHECK(isWellFormed(echo.send("Action=Echo&" + std::string(text.substr(0, end))).body));
  checkPolicies(std::string(text.substr(std::min(end + 1, text.size()))));
  return 0;
}
