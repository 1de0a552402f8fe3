// What a program's command line looks like: the source of completion scripts and of the manual page.
//
// Thread safety: value types.
#pragma once

#include <string>
#include <vector>

namespace ddblog::cli {

struct OptionInfo {
  std::vector<std::string> names;  // "--output", "-o"; of an argument: "LOG"
  std::string placeholder;         // for its value: "NAME", "text|json"; empty: it is a flag or an argument
  std::string description;         // one line
  bool is_required = false;
  std::vector<std::string> choices;  // the values that it accepts, if they are few
};

struct CommandInfo {
  std::string name;
  std::string description;
  std::string footer;  // examples and notes
  std::vector<OptionInfo> options;
  std::vector<OptionInfo> arguments;
  std::vector<CommandInfo> subcommands;  // without hidden ones
};

}  // namespace ddblog::cli
