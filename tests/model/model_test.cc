// The model test: random operations of all kinds against the real program over the wire and against a simple model in
// this process, with crashes (kill -9) in between; no difference is allowed. See world.h (tables) and queue_world.h.
//
//   model_test --program build/release/dynamodb-log --operations 1000000 --crashes 25 --clock-moves 40 --seed 7
//
// A seed repeats the same operations, except that what a crash leaves undone is up to the moment. On a difference: the
// seed, the request, the answer and what the model expected, exit status 1; the folder with the data, the server's log
// and the last requests stays.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "model/conductor.h"
#include "model/queue_world.h"
#include "model/world.h"

namespace ddblog::model {

namespace {

struct Arguments {
  Plan plan;
  std::string program;
  std::string faults;
  std::vector<std::string> server;
};

constexpr const char* kUsage =
    "usage: model_test --program FILE --faults LIBRARY [--operations N] [--seed N] [--worlds N] [--queue-worlds N] "
    "[--crashes N] [--clock-moves N] [-- SERVER ARGUMENT…]\n";

// Throws std::exception on what is no argument.
Arguments parse(int count, char** words) {
  Arguments arguments;
  arguments.plan.seed = std::random_device()();
  for (int i = 1; i < count; ++i) {
    const std::string name = words[i];
    if (name == "--") {
      arguments.server.assign(words + i + 1, words + count);
      break;
    }
    if (i + 1 == count) throw std::invalid_argument(name);
    const std::string value = words[++i];
    if (name == "--program") {
      arguments.program = value;
    } else if (name == "--faults") {
      arguments.faults = value;
    } else if (name == "--operations") {
      arguments.plan.operations = std::stoll(value);
    } else if (name == "--seed") {
      arguments.plan.seed = std::stoull(value);
    } else if (name == "--worlds") {
      arguments.plan.worlds = std::stoi(value);
    } else if (name == "--queue-worlds") {
      arguments.plan.queue_worlds = std::stoi(value);
    } else if (name == "--crashes") {
      arguments.plan.crashes = std::stoi(value);
    } else if (name == "--clock-moves") {
      arguments.plan.clock_moves = std::stoi(value);
    } else {
      throw std::invalid_argument(name);
    }
  }
  if (arguments.program.empty()) throw std::invalid_argument("--program is missing");
  if (arguments.faults.empty()) throw std::invalid_argument("--faults is missing");
  return arguments;
}

std::filesystem::path makeFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "dynamodb-log-model-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
  return name;
}

template <class World>
void live(World& world, Conductor& conductor, int number, const std::filesystem::path& folder) {
  try {
    world.run();
  } catch (const Stopped&) {
  } catch (const std::exception& error) {
    std::ofstream(folder / ("world-" + std::to_string(number) + ".log")) << world.history();
    conductor.fail(std::string("world ") + std::to_string(number) + ": " + error.what());
  }
  conductor.leave();
}

// What went wrong; empty: nothing.
std::string runAll(const Arguments& arguments, const std::filesystem::path& folder) {
  ServerProcess server(arguments.program, arguments.faults, folder, arguments.server);
  server.launch();
  server.awaitReady();
  Conductor conductor(server, arguments.plan);
  std::vector<std::unique_ptr<World>> worlds;
  std::vector<std::unique_ptr<QueueWorld>> queue_worlds;
  std::vector<std::thread> threads;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < arguments.plan.worlds; ++i) {
    worlds.push_back(std::make_unique<World>(conductor, server.port(), arguments.plan.seed, i));
    threads.emplace_back([&, i] { live(*worlds[static_cast<std::size_t>(i)], conductor, i, folder); });
  }
  for (int i = 0; i < arguments.plan.queue_worlds; ++i) {
    const int number = arguments.plan.worlds + i;
    queue_worlds.push_back(std::make_unique<QueueWorld>(conductor, server.port(), arguments.plan.seed, number));
    threads.emplace_back(
        [&, i, number] { live(*queue_worlds[static_cast<std::size_t>(i)], conductor, number, folder); });
  }
  try {
    conductor.run();
  } catch (const std::exception& error) {
    conductor.fail(error.what());
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (conductor.failure().empty() && server.stop() != 0) conductor.fail("the server did not end with status 0");
  std::cout << conductor.operations() << " operations in " << static_cast<int>(seconds) << " s, " << conductor.crashes()
            << " crashes, the clock moved to window " << conductor.window() << std::endl;
  return conductor.failure();
}

}  // namespace

}  // namespace ddblog::model

int main(int count, char** words) {
  using namespace ddblog::model;
  Arguments arguments;
  try {
    arguments = parse(count, words);
  } catch (const std::exception& error) {
    std::cerr << "not understood: " << error.what() << "\n" << kUsage;
    return 2;
  }
  std::cout << "seed " << arguments.plan.seed << std::endl;
  try {
    const std::filesystem::path folder = makeFolder();
    const std::string failure = runAll(arguments, folder);
    if (!failure.empty()) {
      std::cerr << "FAILED with seed " << arguments.plan.seed << "; see " << folder.string() << "\n" << failure << "\n";
      return 1;
    }
    std::filesystem::remove_all(folder);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
