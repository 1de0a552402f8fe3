#include "deploy/aws/stack_events.h"

#include <algorithm>
#include <stdexcept>

#include "aws/pages.h"

namespace ddblog::deploy {
namespace {

constexpr Duration kFirstDelay{2000};
constexpr Duration kLongestDelay{30'000};
constexpr std::size_t kMostEventPages = 100;                   // ours, of one look; a page has up to 100 events
constexpr int kLostLooksToTell = 10;                           // ours, one after another
constexpr int kMostLostLooks = 60;                             // ours; half an hour
constexpr int kQuietLooks = 15;                                // then the stack itself is asked
constexpr Duration kLongestOperation{std::chrono::hours(48)};  // ours; CloudFormation gives up before
constexpr std::string_view kStackType = "AWS::CloudFormation::Stack";

StackEvent eventOf(const aws::XmlElement& member) {
  return {member.textOf("EventId"),
          member.textOf("LogicalResourceId"),
          member.textOf("PhysicalResourceId"),
          member.textOf("ResourceType"),
          member.textOf("ResourceStatus"),
          member.textOf("ResourceStatusReason"),
          member.textOf("ClientRequestToken"),
          member.textOf("Timestamp"),
          member.textOf("ResourceProperties")};
}

// Whether CloudFormation only gave up this resource because another one had failed.
bool isConsequence(const StackEvent& event) {
  return event.reason.starts_with("Resource creation cancelled") ||
         event.reason.starts_with("Resource update cancelled");
}

}  // namespace

StackEvents::StackEvents(const aws::QueryClient& api, std::string stack_id, std::string token)
    : api_(api), stack_id_(std::move(stack_id)), token_(std::move(token)) {
  const auto result = api_.call("DescribeStackEvents", {{"StackName", stack_id_}});
  const auto& events = result.listOf("StackEvents");
  if (!events.empty()) last_ = events.front().textOf("EventId");
}

std::vector<StackEvent> StackEvents::since(const std::string& last) const {
  std::vector<StackEvent> found;
  aws::forEachPage("The list of the stack's events", kMostEventPages, [&](const std::string& token) {
    aws::QueryParameters parameters = {{"StackName", stack_id_}};
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    const auto result = api_.call("DescribeStackEvents", parameters);
    for (const auto& member : result.listOf("StackEvents")) {
      StackEvent event = eventOf(member);
      if (event.id == last) return std::string();
      found.push_back(std::move(event));
    }
    return result.textOf("NextToken");
  });
  return found;
}

std::vector<StackEvent> StackEvents::next() {
  std::vector<StackEvent> found = since(last_);
  if (!found.empty()) last_ = found.front().id;
  std::erase_if(found, [this](const StackEvent& event) { return !event.token.empty() && event.token != token_; });
  std::ranges::reverse(found);
  return found;
}

namespace {

class Follower {
 public:
  Follower(const aws::QueryClient& api, StackEvents& events, const Waiting& waiting,
           const std::function<void(const StackEvent&)>& on_event,
           const std::function<void(const std::string&)>& on_trouble)
      : api_(api), events_(events), waiting_(waiting), on_event_(on_event), on_trouble_(on_trouble) {}

  StackOutcome run() {
    for (Duration waited{0}; waited < kLongestOperation; waited += delay_) {
      waiting_.pause(delay_);
      lookOrWaitLonger();
      if (has_ended_) return std::move(outcome_);
    }
    throw std::runtime_error("The operation on " + events_.stackId() + " has not ended in two days.");
  }

 private:
  void lookOrWaitLonger() {
    try {
      look();
      lost_ = 0;
      delay_ = kFirstDelay;
    } catch (const aws::ServiceError& error) {
      if ((!aws::isThrottling(error) && error.status() < 500) || isLast()) throw;
      waitLonger(error);
    } catch (const aws::ConnectionError& error) {
      if (isLast()) throw;
      waitLonger(error);
    }
  }

  bool isLast() { return ++lost_ == kMostLostLooks; }

  void waitLonger(const std::exception& error) {
    if (lost_ == kLostLooksToTell)
      on_trouble_(std::string("AWS does not say what happens (still trying): ") + error.what());
    delay_ = std::min(delay_ * 2, kLongestDelay);
  }

  void look() {
    const std::vector<StackEvent> found = events_.next();
    quiet_ = found.empty() ? quiet_ + 1 : 0;
    for (const StackEvent& event : found) take(event);
    if (seems_ended_ || quiet_ == kQuietLooks) confirm();
  }

  void take(const StackEvent& event) {
    on_event_(event);
    const bool is_stack = event.type == kStackType && event.physical_id == events_.stackId();
    if (is_stack && !isInProgress(event.status)) seems_ended_ = true;
    if (!event.isFailure() || is_stack) return;
    outcome_.failures.push_back(event);
    if (!outcome_.root_cause && !isConsequence(event)) outcome_.root_cause = event;
  }

  void confirm() {
    quiet_ = 0;
    auto stack = findStack(api_, events_.stackId());
    if (!stack) throw std::runtime_error("The stack " + events_.stackId() + " is gone.");
    has_ended_ = !isInProgress(stack->status);
    outcome_.stack = *std::move(stack);
  }

  const aws::QueryClient& api_;
  StackEvents& events_;
  const Waiting& waiting_;
  const std::function<void(const StackEvent&)>& on_event_;
  const std::function<void(const std::string&)>& on_trouble_;
  Duration delay_ = kFirstDelay;
  int lost_ = 0;
  int quiet_ = 0;
  bool seems_ended_ = false;
  bool has_ended_ = false;
  StackOutcome outcome_;
};

}  // namespace

StackOutcome follow(const aws::QueryClient& api, StackEvents& events, const Waiting& waiting,
                    const std::function<void(const StackEvent&)>& on_event,
                    const std::function<void(const std::string&)>& on_trouble) {
  return Follower(api, events, waiting, on_event, on_trouble).run();
}

}  // namespace ddblog::deploy
