// Looks which read models a table has, and how far they are behind the log.
//
// A read model is what a Projector writes (read_model_item.h). The item pk = projection#<log>#<type>, sk = generation
// says which generation is current.
//
// It reads the keys of the log table first, then the read models: both tables whole. An event that comes in between is
// looked up, so it makes no read model look wrong. Memory: about 150 bytes for each stream.
//
// Errors: those of Transport. Thread safety: stateless functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ddblog/transport.h"

namespace ddblog::cli {

struct SurveyOptions {
  std::string log_table;
  std::string read_model_table;
  std::string log = {};   // only of this log; empty: of all
  std::size_t worst = 5;  // how many to name of a projection
};

// A read model that is not where its stream is.
struct Lag {
  std::string id;
  std::uint64_t version = 0;  // 0: there is no read model
  std::uint64_t end = 0;      // of the stream; 0: there is no stream
};

// The read models of one log, type and generation.
struct Projection {
  std::string log, type, generation;
  bool is_current = false;
  std::uint64_t streams = 0;        // of the log
  std::uint64_t behind = 0;         // streams whose read model lacks events, or is missing
  std::uint64_t missing = 0;        // of these, those without a read model
  std::uint64_t events_behind = 0;  // in total
  std::uint64_t ahead = 0;          // read models with a version that the log does not have
  std::vector<Lag> worst;           // those that are ahead, then those that lack most events
};

// In the order of their logs, types and generations.
std::vector<Projection> surveyProjections(const std::shared_ptr<Transport>& transport, const SurveyOptions& options);

}  // namespace ddblog::cli
