#include "offline/settles.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "offline/failures/failure_json.h"
#include "offline/later.h"
#include "rpc/request_reader.h"

namespace ddblog::offline {
namespace {

constexpr std::size_t kShownWork = 20;      // of what is not at rest
constexpr std::size_t kLongestName = 2048;  // of a stream or a table: that of a key

// Boolean or a number of milliseconds.
Duration advanceOf(rpc::ObjectReader& fields) {
  const json::value* given = fields.value("advance");
  if (!given) return Duration(0);
  if (given->is_bool()) return given->get_bool() ? Settles::kUsualAdvance : Duration(0);
  const auto milliseconds =
      fields.integer("advance", {.min = 0, .max = Duration(Settles::kLongestAdvance).count(), .type = "Long"});
  return Duration(milliseconds.value_or(0));
}

std::string eventText(const Settles::Event& event) {
  return "version " + std::to_string(event.version) + " of the stream " + event.stream + " is not in the table " +
         event.table;
}

}  // namespace

void Settles::addRoutes(rpc::RestApi& api) {
  api.add("POST", "/_local/settle", "Settle",
          answeringLater(
              [this](const rpc::Request& request, rpc::Callback respond) { receive(request, std::move(respond)); }));
  api.setWaits("Settle");
}

Settles::Waiting Settles::read(const rpc::Request& request) const {
  rpc::RequestReader reader(request);
  rpc::ObjectReader& fields = reader.fields();
  Waiting waiting;
  const auto timeout = fields.integer("timeout", {.min = 0, .max = Duration(kLongestTimeout).count()});
  waiting.timeout = Duration(timeout.value_or(Duration(kUsualTimeout).count()));
  waiting.advance = advanceOf(fields);
  if (auto until = fields.object("until")) {
    Event event;
    event.stream = until->string("stream", {.required = true, .min = 1, .max = kLongestName}).value_or("");
    event.version = until->integer("version", {.required = true, .min = 1}).value_or(1);
    event.table = until->string("table", {.min = 1, .max = kLongestName}).value_or(dependencies_.log_table);
    waiting.until = std::move(event);
  }
  const auto since = fields.string("since");
  reader.finish();
  if (since) {
    waiting.since = parseFailureId(*since);
    if (!waiting.since) throw validationError("\"since\" is not the id of a failure");
  }
  waiting.deadline = dependencies_.real_time.runningTime() + waiting.timeout;
  waiting.request_id = request.request_id;
  return waiting;
}

void Settles::receive(const rpc::Request& request, rpc::Callback respond) {
  Waiting waiting = read(request);
  waiting.respond = std::move(respond);
  {
    MutexLock lock(mutex_);
    if (ended_) throw cloudIsStopping();
    if (count_ >= kMostWaiting) {
      dependencies_.rest.wake();  // some clients may be gone
      throw ApiError("SettlesInUse", std::to_string(kMostWaiting) + " requests wait already until the cloud is settled",
                     429);
    }
    ++count_;
    new_.push_back(std::move(waiting));
    changed_.notifyAll();
  }
  dependencies_.rest.wake();
}

void Settles::start() {
  const Outcome before = outcome();
  counted_ = before.counts;
  last_failure_ = before.newest_failure;
  thread_ = std::thread([this] { run(); });
}

void Settles::end() {
  {
    MutexLock lock(mutex_);
    ended_ = true;
    changed_.notifyAll();
  }
  dependencies_.rest.wake();
  if (thread_.joinable()) thread_.join();
  List left;
  {
    MutexLock lock(mutex_);
    left.swap(new_);
  }
  left.splice(left.end(), waiting_);
  for (const Waiting& waiting : left) waiting.respond(cloudIsStopping());
}

void Settles::run() {
  while (takeNew()) {
    const std::uint64_t seen = dependencies_.rest.changes();
    try {
      const auto until = step();
      if (until && !waiting_.empty()) dependencies_.rest.await(seen, *until);
    } catch (...) {
      answerAll(std::current_exception());
    }
  }
}

std::optional<RunningTime> Settles::step() {
  Rest::Found found;
  lookForEvents();
  const auto until = lookForRest(found);
  answerOverdue(found);
  return until;
}

bool Settles::takeNew() {
  MutexLock lock(mutex_);
  while (!ended_ && new_.empty() && waiting_.empty()) changed_.wait(lock);
  waiting_.splice(waiting_.end(), new_);
  waiting_.remove_if([this](const Waiting& waiting) { return !dependencies_.has_client(waiting.request_id); });
  count_ = waiting_.size();
  return !ended_;
}

// What is found before the look at rest is followed by everything that it leads to.
void Settles::lookForEvents() {
  for (Waiting& waiting : waiting_) {
    if (!waiting.until || waiting.error) continue;
    try {
      if (dependencies_.is_there(*waiting.until)) waiting.until.reset();
    } catch (...) {
      waiting.error = std::current_exception();
    }
  }
  waiting_.remove_if([](const Waiting& waiting) {
    if (waiting.error) waiting.respond(waiting.error);
    return waiting.error != nullptr;
  });
}

std::optional<RunningTime> Settles::lookForRest(Rest::Found& found) {
  RunningTime until = RunningTime::max();
  for (const Waiting& waiting : waiting_) until = std::min(until, waiting.deadline);
  const bool all_await_events = std::ranges::all_of(waiting_, [](const Waiting& one) { return one.until.has_value(); });
  if (all_await_events) return until;
  bool is_settled = false;
  Duration step(0);
  Outcome settled;
  try {
    const Rest::Look look = dependencies_.rest.look([&](const Rest::Found& at_rest) {
      is_settled = at_rest.delays.empty();
      if (is_settled) {
        settled = outcome();
      } else {
        step = advanceOver(at_rest);
      }
    });
    found = look.found;
    if (is_settled) {
      answerSettled(settled);
    } else if (step > Duration(0) || (!look.is_at_rest && found.activity.busy_with.empty())) {
      return std::nullopt;
    }
  } catch (const StoreFailed& error) {
    found.activity.busy_with.emplace_back(error.what());
  }
  return until;
}

// On the writer thread. Returns by how much the clock has moved: to the end of the first delay, or to what a
// schedule starts before.
Duration Settles::advanceOver(const Rest::Found& at_rest) {
  const RunningTime now = dependencies_.clock.runningTime();
  const auto first = std::ranges::min_element(at_rest.delays, {}, &rpc::Delay::until);
  const Duration whole = std::max(first->until - now, Duration(1));
  const Duration step = at_rest.activity.next_due == RunningTime::max()
                            ? whole
                            : std::clamp<Duration>(at_rest.activity.next_due - now, Duration(1), whole);
  const auto may = [whole](const Waiting& waiting) {
    return !waiting.until && waiting.advanced + whole <= waiting.advance;
  };
  for (Waiting& waiting : waiting_)
    waiting.is_used_up = waiting.advance > Duration(0) && !waiting.until && !may(waiting);
  if (std::ranges::none_of(waiting_, may)) return Duration(0);
  for (Waiting& waiting : waiting_) waiting.advanced += step;
  dependencies_.clock.move(step);
  return step;
}

// Whoever gets an answer may go on at once, so nothing is looked up after the first one.
void Settles::answerSettled(const Outcome& outcome) {
  const bool answers = std::ranges::any_of(waiting_, [](const Waiting& one) { return !one.until; });
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    if (waiting->until) {
      ++waiting;
      continue;
    }
    respond(*waiting, outcome, nullptr);
    waiting = waiting_.erase(waiting);
  }
  if (!answers) return;
  counted_ = outcome.counts;
  last_failure_ = std::max(last_failure_, outcome.newest_failure);
}

void Settles::answerAll(const std::exception_ptr& error) {
  List answered;
  answered.swap(waiting_);
  for (const Waiting& waiting : answered) waiting.respond(error);
}

void Settles::answerOverdue(const Rest::Found& found) {
  const RunningTime now = dependencies_.real_time.runningTime();
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    if (now < waiting->deadline && !waiting->is_used_up) {
      ++waiting;
      continue;
    }
    respond(*waiting, outcome(), &found);
    waiting = waiting_.erase(waiting);
  }
}

void Settles::respond(const Waiting& waiting, const Outcome& outcome, const Rest::Found* not_at_rest) {
  rpc::Response response;
  try {
    response = responseTo(waiting, outcome, not_at_rest);
  } catch (...) {
    return waiting.respond(std::current_exception());
  }
  if (waiting.advanced == Duration(0)) return waiting.respond(std::move(response));
  dependencies_.running_time.save(
      [respond = waiting.respond, response = std::move(response)](std::exception_ptr) { respond(response); });
}

rpc::Response Settles::responseTo(const Waiting& waiting, const Outcome& outcome,
                                  const Rest::Found* not_at_rest) const {
  rpc::Response response;
  JsonWriter json(response.body);
  json.beginObject();
  if (not_at_rest) {
    std::vector<std::string> reasons;
    if (waiting.until) reasons.push_back(eventText(*waiting.until));
    for (const std::string& work : not_at_rest->activity.busy_with) reasons.push_back(work);
    const RunningTime now = dependencies_.clock.runningTime();
    for (const rpc::Delay& delay : not_at_rest->delays) {
      reasons.push_back(delay.what + " (in " + std::to_string((delay.until - now).count()) + " ms)");
    }
    if (reasons.empty()) reasons.emplace_back("work comes and goes");
    if (reasons.size() > kShownWork) reasons.resize(kShownWork);
    std::string message = "The cloud is not settled";
    message += waiting.is_used_up ? ", and the next delay is longer than its clock may still move"
                                  : " after " + std::to_string(waiting.timeout.count()) + " ms";
    if (waiting.advance > Duration(0)) {
      message += ", after its clock moved by " + std::to_string(waiting.advanced.count()) + " of at most " +
                 std::to_string(waiting.advance.count()) + " ms";
    }
    for (const std::string& reason : reasons) message += (&reason == &reasons.front() ? ": " : "; ") + reason;
    response.status = 409;
    response.headers.emplace_back("x-amzn-ErrorType", "NotSettled");
    json.key("Type").value("User").key("Message").value(message).key("waitsFor").beginArray();
    for (const std::string& reason : reasons) json.value(reason);
    json.endArray();
  }
  response.body += (not_at_rest ? "," : "") + reportOf(waiting, outcome, !not_at_rest) + "}";
  return response;
}

// The members of the answer, without braces.
std::string Settles::reportOf(const Waiting& waiting, const Outcome& outcome, bool is_settled) const {
  const auto& snapshot = outcome.snapshot;
  const std::uint64_t after = waiting.since.value_or(last_failure_);
  FailureStore::Page page = dependencies_.failures.list(*snapshot, {}, std::nullopt, kMostFailures);
  bool has_more = page.next.has_value() && !page.failures.empty() && page.failures.back().number > after + 1;
  std::erase_if(page.failures, [after](const FailureSummary& one) { return one.number <= after; });
  std::vector<std::string> failures;
  std::size_t bytes = 0;
  for (const FailureSummary& summary : page.failures) {  // newest first
    std::string text;
    JsonWriter json(text);
    writeFailure(json, summary, dependencies_.failures.load(*snapshot, summary));
    if (bytes + text.size() > kFailureBytes && !failures.empty()) {
      has_more = true;
      break;
    }
    bytes += text.size();
    failures.push_back(std::move(text));
  }
  const std::uint64_t last = page.failures.empty() ? after : page.failures.front().number;
  const rpc::WorkCounts counts = outcome.counts.since(counted_);
  std::string report;
  JsonWriter json(report);
  json.beginObject();
  json.key("settled").value(is_settled).key("now").value(toIso8601(dependencies_.clock.now(), true));
  json.key("advanced").value(static_cast<std::int64_t>(waiting.advanced.count()));
  json.key("counts").beginObject().key("events").value(counts.events);
  json.key("deliveries").value(counts.deliveries).key("invocations").value(counts.invocations);
  json.key("retries").value(counts.retries).endObject();
  json.key("failures").beginArray();
  for (auto text = failures.rbegin(); text != failures.rend(); ++text) json.raw(*text);
  json.endArray().key("moreFailures").value(has_more).key("lastFailure").value(std::to_string(last));
  return report.substr(1);
}

Settles::Outcome Settles::outcome() const {
  Outcome outcome;
  outcome.counts = dependencies_.work_counts();
  outcome.snapshot = dependencies_.store.snapshot();
  const FailureStore::Page page = dependencies_.failures.list(*outcome.snapshot, {}, std::nullopt, 1);
  if (!page.failures.empty()) outcome.newest_failure = page.failures.front().number;
  return outcome;
}

}  // namespace ddblog::offline
