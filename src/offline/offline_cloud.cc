#include "offline/offline_cloud.h"

#include <exception>
#include <utility>

#include "base/api_error.h"
#include "base/json_writer.h"
#include "offline/cloud_state.h"
#include "offline/fault_report.h"
#include "offline/function_endpoints.h"
#include "offline/service_options.h"
#include "snapshots/checkpoint.h"
#include "snapshots/staged_state.h"

namespace ddblog::offline {

namespace {

OfflineSummary summaryOf(const templates::App& app) {
  OfflineSummary summary;
  auto text = [](const json::object& object, const char* name) { return std::string(object.at(name).as_string()); };
  for (const templates::App::Table& table : app.tables) summary.tables.push_back(text(table.create_table, "TableName"));
  for (const json::object& bus : app.event_buses) summary.buses.push_back(text(bus, "Name"));
  for (const templates::App::Rule& rule : app.rules) summary.rules.push_back(text(rule.put_rule, "Name"));
  for (const json::object& queue : app.queues) summary.queues.push_back(text(queue, "QueueName"));
  for (const templates::App::Function& function : app.functions) summary.functions.push_back(function.name);
  summary.notes = app.notes;
  return summary;
}

// What a service refuses does not run: a note says so, or validate an error.
void removeRefused(OfflineSummary& summary, const deploy::Refusals& refusals) {
  const auto remove = [&refusals](std::vector<std::string>& names, const char* kind) {
    std::erase_if(names, [&](const std::string& name) { return refusals.isRefused(kind + name); });
  };
  remove(summary.tables, "table ");
  remove(summary.buses, "bus ");
  remove(summary.rules, "rule ");
  remove(summary.queues, "queue ");
  remove(summary.functions, "function ");
}

// The state to which a reset goes. Throws ApiError ResetFailed.
snapshots::LoadedState stateFor(const Reset& reset, const OfflineOptions& options, CloudState& current) {
  try {
    snapshots::LoadedState state;
    state.state = std::make_unique<snapshots::StagedState>(options.in_memory ? std::filesystem::path() : options.data);
    if (reset.checkpoint) {
      state.state->build(*reset.checkpoint);
    } else {
      state.state->buildEmpty();
      state.state->use([&current](Store& store) { current.tryIn(store); });
    }
    return state;
  } catch (const std::exception& error) {
    throw ApiError("ResetFailed", std::string("Nothing was reset: ") + error.what(), 500);
  }
}

}  // namespace

OfflineCloud::OfflineCloud(OfflineOptions options, Log log, Loaded loaded) {
  templates::App app = readApp(options);
  frame_ = std::make_unique<CloudFrame>(std::move(options), std::move(log), std::move(loaded), std::move(app));
  state_ = std::make_unique<CloudState>(*frame_, snapshots::LoadedState(), CloudClock::TimeOfDay());
  open();
}

void OfflineCloud::open() {
  CloudFrame& frame = *frame_;
  frame.summary = summaryOf(frame.app);
  const bool system_chooses_port = frame.options.ports.at(0) == 0;
  for (int& port : frame.options.ports) {
    const server::Address address = frame.server.listen({frame.options.host, port});
    port = address.port;
    frame.summary.urls.push_back(endpointForFunctions(address));
    if (frame.endpoint.empty()) frame.endpoint = frame.summary.urls.back();
  }
  if (system_chooses_port) frame.app = readApp(frame.options);  // the URLs of queues contain the port
  state_->serve();
  const deploy::Refusals refusals = state_->provision();
  removeRefused(frame.summary, refusals);
  frame.summary.refusals = refusals.errors();
  frame.summary.refused_stand_ins = refusals.notes();
  for (const deploy::ProvisionError& note : refusals.notes()) frame.summary.notes.emplace_back(note.what());
  for (std::string& note : notesOnEndpoints(frame.app, frame.summary.urls)) {
    frame.summary.notes.push_back(std::move(note));
  }
  frame.summary.waiting = state_->waiting();
  frame.summary.failures = state_->failures();
}

OfflineCloud::~OfflineCloud() { stop(); }

void OfflineCloud::start() {
  frame_->server.start();
  state_->start();
}

// First rejects snapshots that are not loaded yet. Then the services stop, while functions can
// still reach the server to finish their running invocations. Then the server stops: everything
// that it has acknowledged is in the store. Last, the state's destructor closes the archive and the
// store.
void OfflineCloud::stop() {
  if (!frame_) return;
  frame_->resets.end();
  if (state_) state_->stop([this] { frame_->server.stop(); });
  frame_->server.stop();
}

void OfflineCloud::restart() {
  if (state_->uploads().isLoaded()) {
    const std::string name = replaceState([this] { return state_->uploads().takeLoaded(); }, {}, true);
    frame_->log("started anew with the snapshot " + name);
  }
  while (const auto reset = frame_->resets.take()) {
    try {
      carryOut(*reset);
    } catch (const ApiError& error) {
      reset->respond(error);
    }
  }
}

// Throws ApiError; then the old state goes on.
void OfflineCloud::carryOut(const Reset& reset) {
  state_->uploads().hold();
  snapshots::LoadedState state;
  try {
    state = stateFor(reset, frame_->options, *state_);
  } catch (...) {
    state_->uploads().release();
    throw;
  }
  replaceState(
      [&state] {
        state.state->commit();
        return std::move(state);
      },
      reset.checkpoint ? reset.checkpoint->time : CloudClock::TimeOfDay(), !reset.checkpoint);
  rpc::Response response;
  JsonWriter(response.body).beginObject().key("run").value(state_->run()).endObject();
  reset.respond(std::move(response));
}

std::string OfflineCloud::replaceState(const std::function<snapshots::LoadedState()>& take,
                                       const CloudClock::TimeOfDay& time, bool provisions) {
  CloudFrame& frame = *frame_;
  try {
    state_->retire();
    const snapshots::LoadedState loaded = take();
    state_.reset();  // releases the data directory briefly
    state_ = std::make_unique<CloudState>(frame, loaded, time);
    state_->serve();
    if (provisions) state_->provision();
    state_->start();
    frame.server.resume();  // last, so that a settle counts what the first requests do
    return loaded.name + ", as of " + loaded.saved_at;
  } catch (...) {
    frame.resets.end();
    frame.server.resume();
    if (state_) state_->stop([&frame] { frame.server.stop(); });
    if (frame.function_host) frame.function_host->stop();  // the server may be handling requests of its processes
    frame.server.stop();
    frame.function_host.reset();
    state_.reset();
    frame_.reset();
    throw;
  }
}

const OfflineSummary& OfflineCloud::summary() const { return frame_->summary; }

std::string OfflineCloud::injectedFaults() const {
  return frame_->faults ? offline::injectedFaults(*frame_->faults) : std::string();
}

}  // namespace ddblog::offline
