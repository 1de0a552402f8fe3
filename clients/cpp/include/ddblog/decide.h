// The command handler: loads a stream's state, asks which events follow from it, and appends them.
// If another writer was faster, it loads what that one has appended, and asks again.
//
//   struct Account { long balance = 0; };
//   ddblog::StateOf<Account> account;
//   account.evolve = [](Account& state, const ddblog::Event& event) {
//     const long amount = std::stol(ddblog::Payload(event.payload).number("amount"));
//     state.balance += event.type == "deposited" ? amount : -amount;
//   };
//   ddblog::decide(log, "accounts", "7", account, [](const Account& state) {
//     if (state.balance < 4) throw std::runtime_error("The balance is too low.");
//     return std::vector<ddblog::NewEvent>{{"withdrawn", R"({"amount": 4})"}};
//   });
//
// A snapshot is an item of the read-model table. It only saves reads: if one cannot be written,
// SnapshotOptions::notice gets a line, and the decision stands. Writing one costs a PutItem.
//
//   pk       S    <log>#<id>#snapshot
//   sk       S    the snapshot's name
//   version  N    of the last event in the state
//   code     S    the version of the code that made it; other code ignores the snapshot
//   state    any  what `encode` returned
//
// Thread safety: decide() may be called from any thread, if the functions of the StateOf allow it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ddblog/event_log.h"

namespace ddblog {

// How a state is kept. `encode` and `decode` turn it into JSON and back.
template <class State>
struct SnapshotOf {
  SnapshotOptions options;
  std::function<std::string(const State&)> encode;
  std::function<State(const std::string& json)> decode;
};

// How the events of a stream become a state.
template <class State>
struct StateOf {
  State initial = {};
  std::function<void(State&, const Event&)> evolve = {};  // may throw; then decide() rethrows
  std::optional<SnapshotOf<State>> snapshot = {};
};

template <class State>
struct Decision {
  State state;                        // with the new events in it
  std::uint64_t version = 0;          // of the stream; 0: it does not exist
  std::vector<AppendedEvent> events;  // empty: there was nothing to append
  bool appended = false;
};

// `decide` gets the state and returns the events that follow, none if there are none; it may be
// called several times, and what it throws is thrown to the caller. Throws StreamDeleted,
// VersionConflict (if other writers won every race, or the stream is not at
// options.expected_version), InvalidArgument, and what EventLog::read and append throw.
template <class State, class Decide>
Decision<State> decide(EventLog& log, std::string_view log_name, std::string_view id, const StateOf<State>& state_of,
                       Decide&& decide, const DecideOptions& options = {}) {
  class Steps : public DecisionSteps {
   public:
    Steps(const StateOf<State>& state_of, Decide& decide)
        : state(state_of.initial), state_of_(state_of), decide_(decide) {}
    void evolve(const Event& event) override { state_of_.evolve(state, event); }
    std::vector<NewEvent> decide() override { return decide_(std::as_const(state)); }
    std::string snapshot() override { return state_of_.snapshot->encode(state); }
    void restore(const std::string& json) override { state = state_of_.snapshot->decode(json); }

    State state;

   private:
    const StateOf<State>& state_of_;
    Decide& decide_;
  };
  Steps steps(state_of, decide);
  DecidedAppend decided =
      log.decide(log_name, id, steps, options, state_of.snapshot ? &state_of.snapshot->options : nullptr);
  return {std::move(steps.state), decided.version, std::move(decided.events), decided.appended};
}

}  // namespace ddblog
