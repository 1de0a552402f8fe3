// The command line: describes the options of subcommands and reports errors in arguments.
//
//   CommandLine line("dynamodb-log", "An event log.", "dynamodb-log 1.0");
//   Command read = line.program().subcommand("read", "Print the events of a stream");
//   read.argument("LOG", flags.log, "The log");
//   read.number("--from VERSION", flags.from, "The first version to print");
//   read.runs([&] { return readStream(flags); });
//   return line.parse(argc, argv)();
//
// A name is written as the help shows it: "--from VERSION", "--yes,-y", "LOG". Values passed by
// reference must outlive the CommandLine; their initial values are the defaults.
//
// Only command_line.cc includes CLI11, whose header takes 8 s of CPU time to compile.
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/help/command_info.h"
#include "cli/options/settings.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ddblog::cli {

using Run = std::function<int()>;  // returns an ExitStatus

enum class Need { kOptional, kRequired };

// The range of numbers that an option accepts.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

// A program or subcommand whose part of the command line is being described. A reference type.
class Command {
 public:
  // Options and arguments follow a subcommand; one of its own subcommands is required if there are
  // any. A hidden one is not listed by --help: it is for programs, not for people.
  Command subcommand(const std::string& name, const std::string& description);
  Command hiddenSubcommand(const std::string& name, const std::string& description);

  // What the program does if this (sub)command is chosen.
  void runs(Run run);
  // The same for a command whose subcommands were described before: if none of them is chosen.
  void runsByDefault(Run run);

  // A required positional argument.
  void argument(const std::string& name, std::string& value, const std::string& description);
  // One that may be left out.
  void optionalArgument(const std::string& name, std::string& value, const std::string& description);
  void option(const std::string& name, std::string& value, const std::string& description, Need need = Need::kOptional);
  // std::nullopt: it was not given, which is not the same as an empty text.
  void option(const std::string& name, std::optional<std::string>& value, const std::string& description);
  // A string that must be one of `choices`. The default of --output is the configured one.
  void choice(const std::string& name, std::string& value, const std::vector<std::string>& choices,
              const std::string& description, Need need = Need::kOptional);
  // A default outside `range` stands for "not given" and is not shown.
  void number(const std::string& name, int& value, const std::string& description, Range range,
              Need need = Need::kOptional);
  void number(const std::string& name, std::int64_t& value, const std::string& description, Range range,
              Need need = Need::kOptional);
  void number(const std::string& name, std::uint64_t& value, const std::string& description, Range range = {},
              Need need = Need::kOptional);
  // May be given several times. A name without dashes: an optional positional argument.
  void list(const std::string& name, std::vector<std::string>& values, const std::string& description);
  void list(const std::string& name, std::vector<int>& values, const std::string& description, Range range);
  void flag(const std::string& name, bool& value, const std::string& description);

  // Sets `is_given` if the option, which was described before, is on the command line. `option`: "--stage".
  void notesGiven(const std::string& option, bool& is_given);

  // Sets `value`, the default of an option that is described afterwards, to what the user has configured for it
  // (settings.h). Returns false if that is nothing. `choices`: the values that the option takes; empty: all.
  bool preset(const std::string& option, std::string& value, const std::vector<std::string>& choices = {}) const;

  // Everything that the user has configured.
  const Settings& settings() const { return *settings_; }

  // Shown at the end of --help.
  void examples(const std::string& text);

  // All of this, as it was described so far.
  CommandInfo info() const;

 private:
  friend class CommandLine;
  using Runs = std::map<const CLI::App*, Run>;
  Command(CLI::App& app, Runs& runs, const Settings& settings) : app_(&app), runs_(&runs), settings_(&settings) {}

  CLI::App* app_;
  Runs* runs_;
  const Settings* settings_;
};

class CommandLine {
 public:
  CommandLine(const std::string& name, const std::string& description, const std::string& version,
              Settings settings = {});
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Command program();

  // Parses the arguments and returns a function that runs the chosen subcommand. For --help and
  // --version, which it prints, the function does nothing. Throws std::invalid_argument with a
  // one-line message; for an unknown subcommand or option it suggests the nearest known one.
  Run parse(int argc, const char* const* argv);
  // Whether parse() has found --help or --version, and printed it.
  bool hasPrinted() const { return has_printed_; }

 private:
  std::unique_ptr<CLI::App> app_;
  Command::Runs runs_;
  const Settings settings_;
  bool has_printed_ = false;
};

}  // namespace ddblog::cli
