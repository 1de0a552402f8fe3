#include "cli/help/completion_scripts.h"

#include <functional>

#include "base/text.h"

namespace ddblog::cli {
namespace {

using Words = std::vector<std::string>;

// For a shell, in single quotes.
std::string inQuotes(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

// Calls `visit` for the program and each subcommand, with the names of those above it: {"rules", "test"}.
void forEachCommand(const CommandInfo& command, const Words& path,
                    const std::function<void(const CommandInfo&, const Words&)>& visit) {
  visit(command, path);
  for (const CommandInfo& subcommand : command.subcommands) {
    Words below = path;
    below.push_back(subcommand.name);
    forEachCommand(subcommand, below, visit);
  }
}

// `dynamodb-log` as part of a function's name.
std::string functionName(const CommandInfo& program) {
  std::string name = "_" + program.name;
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

// The lines of a case for bash and zsh, which set `chosen` to the subcommands that were typed: "rules test".
std::string findPath(const CommandInfo& program, const std::string& first, const std::string& last) {
  Words paths;
  forEachCommand(program, {}, [&](const CommandInfo&, const Words& path) {
    if (!path.empty()) paths.push_back(inQuotes(joined(path, " ")));
  });
  return "  local chosen='' i\n  for ((i = " + first + "; i < " + last +
         "; i++)); do\n    case \"${chosen:+$chosen }${words[i]}\" in\n      " + joined(paths, "|") +
         ") chosen=\"${chosen:+$chosen }${words[i]}\" ;;\n    esac\n  done\n";
}

// What comes after an option that takes a value: its choices, or a file's name.
std::string valueCases(const CommandInfo& program, const std::function<std::string(const OptionInfo&)>& answer) {
  std::string cases;
  forEachCommand(program, {}, [&](const CommandInfo& command, const Words& path) {
    for (const OptionInfo& option : command.options) {
      if (option.placeholder.empty()) continue;
      Words patterns;
      for (const std::string& name : option.names) patterns.push_back(inQuotes(joined(path, " ") + ":" + name));
      cases += "    " + joined(patterns, "|") + ") " + answer(option) + " ;;\n";
    }
  });
  return cases;
}

}  // namespace

std::string bashCompletion(const CommandInfo& program) {
  std::string script = "# bash completion of " + program.name + ": source <(" + program.name + " completion bash)\n" +
                       functionName(program) + "() {\n  local words=(\"${COMP_WORDS[@]}\")\n" +
                       "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n" +
                       findPath(program, "1", "COMP_CWORD") + "  case \"$chosen:$previous\" in\n" +
                       valueCases(program,
                                  [](const OptionInfo& option) {
                                    if (option.choices.empty()) return std::string("COMPREPLY=(); return");
                                    return "COMPREPLY=($(compgen -W " + inQuotes(joined(option.choices, " ")) +
                                           " -- \"$current\")); return";
                                  }) +
                       "  esac\n  local known=''\n  case \"$chosen\" in\n";
  forEachCommand(program, {}, [&](const CommandInfo& command, const Words& path) {
    Words known;
    for (const CommandInfo& subcommand : command.subcommands) known.push_back(subcommand.name);
    for (const OptionInfo& option : command.options)
      known.insert(known.end(), option.names.begin(), option.names.end());
    script += "    " + inQuotes(joined(path, " ")) + ") known=" + inQuotes(joined(known, " ")) + " ;;\n";
  });
  return script + "  esac\n  COMPREPLY=($(compgen -W \"$known\" -- \"$current\"))\n}\n" + "complete -o default -F " +
         functionName(program) + " " + program.name + "\n";
}

std::string zshCompletion(const CommandInfo& program) {
  std::string script = "#compdef " + program.name + "\n# zsh completion of " + program.name + ": source <(" +
                       program.name + " completion zsh)\n" + functionName(program) + "() {\n" +
                       findPath(program, "2", "CURRENT") + "  case \"$chosen:${words[CURRENT-1]}\" in\n" +
                       valueCases(program,
                                  [](const OptionInfo& option) {
                                    if (option.choices.empty()) return std::string("_files; return");
                                    return "compadd -- " + joined(option.choices, " ") + "; return";
                                  }) +
                       "  esac\n  local -a known\n  case \"$chosen\" in\n";
  forEachCommand(program, {}, [&](const CommandInfo& command, const Words& path) {
    script += "    " + inQuotes(joined(path, " ")) + ") known=(";
    for (const CommandInfo& subcommand : command.subcommands) {
      script += "\n      " + inQuotes(subcommand.name + ":" + subcommand.description);
    }
    for (const OptionInfo& option : command.options) {
      for (const std::string& name : option.names) script += "\n      " + inQuotes(name + ":" + option.description);
    }
    script += ") ;;\n";
  });
  return script + "  esac\n  _describe " + inQuotes(program.name) + " known || _files\n}\ncompdef " +
         functionName(program) + " " + program.name + "\n";
}

std::string fishCompletion(const CommandInfo& program) {
  const std::string begin = "complete -c " + program.name;
  std::string script = "# fish completion of " + program.name + ": " + program.name + " completion fish | source\n";
  forEachCommand(program, {}, [&](const CommandInfo& command, const Words& path) {
    // A subcommand's words and options come after all names of its path.
    std::string condition;
    for (const std::string& name : path) {
      condition += (condition.empty() ? "" : "; and ") + std::string("__fish_seen_subcommand_from ") + name;
    }
    Words names;
    for (const CommandInfo& subcommand : command.subcommands) names.push_back(subcommand.name);
    for (const CommandInfo& subcommand : command.subcommands) {
      const std::string not_yet = "not __fish_seen_subcommand_from " + joined(names, " ");
      script += begin + " -n " + inQuotes((condition.empty() ? "" : condition + "; and ") + not_yet) + " -f -a " +
                subcommand.name + " -d " + inQuotes(subcommand.description) + "\n";
    }
    for (const OptionInfo& option : command.options) {
      std::string line = begin;
      if (!condition.empty()) line += " -n " + inQuotes(condition);
      for (const std::string& name : option.names) {
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      if (!option.placeholder.empty()) line += " -r";
      if (!option.choices.empty()) line += " -f -a " + inQuotes(joined(option.choices, " "));
      script += line + " -d " + inQuotes(option.description) + "\n";
    }
  });
  return script;
}

}  // namespace ddblog::cli
