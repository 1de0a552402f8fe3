// Runs a program of the machine, and keeps what it prints.
//
// Thread safety: stateless functions.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ddblog::deploy {

struct ProgramRun {
  std::vector<std::string> arguments;  // the first one is found in PATH
  std::filesystem::path directory;     // the working directory
  std::chrono::milliseconds time{0};   // after this it is ended
  std::function<std::chrono::steady_clock::time_point()> now = std::chrono::steady_clock::now;
  std::function<bool()> is_interrupted = {};  // asked while it runs: true ends it; empty: nobody asks
};

struct ProgramResult {
  int status = 0;      // of its exit; 128 and the signal's number, if a signal ended it
  std::string output;  // the last 64 KiB of both its outputs
};

// Throws PackageError with one line: the program is not there, takes too long, or was interrupted. What it
// has started ends with it.
ProgramResult runProgram(const ProgramRun& run);

// The last line of an output that says something, for a message; "it said nothing".
std::string lastLine(const std::string& output);

}  // namespace ddblog::deploy
