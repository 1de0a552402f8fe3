#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <stdexcept>

#include "cli/terminal/exit_status.h"
#include "cli/terminal/suggestion.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kColumn = 34;     // where the descriptions of --help begin
constexpr std::size_t kMostListed = 8;  // ours: more names than these do not help in the line of an error

// "--from VERSION": an option's names, and the placeholder for its value in the help.
struct Name {
  std::string names;
  std::string placeholder;
};

Name parseName(const std::string& name) {
  const std::size_t space = name.find(' ');
  if (space == std::string::npos) return {name, {}};
  return {name.substr(0, space), name.substr(space + 1)};
}

// "bus or table", "a, b or c"
std::string enumerate(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

CLI::Validator isIn(Range range) {
  return CLI::Validator(
      [range](const std::string& text) -> std::string {
        std::int64_t number = 0;
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool is_number = error == std::errc() && rest == text.data() + text.size();
        if (is_number && range.least <= number && number <= range.most) return {};
        const std::string least = std::to_string(range.least);
        const std::string accepted = range.most == Range().most ? "of " + least + " or more"
                                                                : "from " + least + " to " + std::to_string(range.most);
        return "must be a number " + accepted + ", not '" + text + "'";
      },
      "");
}

CLI::Validator isOneOf(const std::vector<std::string>& choices) {
  return CLI::Validator(
      [choices](const std::string& text) -> std::string {
        for (const std::string& choice : choices) {
          if (text == choice) return {};
        }
        return "must be " + enumerate(choices) + ", not '" + text + "'";
      },
      "");
}

template <class Value>
CLI::Option& addOption(CLI::App& app, const std::string& name, Value& value, const std::string& description,
                       Need need) {
  const Name parsed = parseName(name);
  CLI::Option* option = app.add_option(parsed.names, value, description);
  option->type_name(parsed.placeholder);
  option->required(need == Need::kRequired);
  return *option;
}

template <class Integer>
void addNumber(CLI::App& app, const std::string& name, Integer& value, const std::string& description, Range range,
               Need need) {
  CLI::Option& option = addOption(app, name, value, description, need);
  option.check(isIn(range));
  const auto preset = static_cast<std::int64_t>(value);
  if (range.least <= preset && preset <= range.most) option.capture_default_str();
}

// --- what there is ---

// "text|json": the choices.
std::vector<std::string> choicesIn(const std::string& placeholder) {
  std::vector<std::string> choices;
  if (placeholder.find('|') == std::string::npos) return choices;
  for (std::size_t begin = 0; begin <= placeholder.size();) {
    const std::size_t end = std::min(placeholder.find('|', begin), placeholder.size());
    choices.push_back(placeholder.substr(begin, end - begin));
    begin = end + 1;
  }
  return choices;
}

OptionInfo infoOf(const CLI::Option& option) {
  OptionInfo info;
  if (option.get_positional()) {
    info.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_lnames()) info.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) info.names.push_back("-" + name);
    if (option.get_items_expected_max() > 0) info.placeholder = option.get_type_name();
    info.choices = choicesIn(info.placeholder);
  }
  info.description = option.get_description();
  info.is_required = option.get_required();
  return info;
}

CommandInfo infoOf(const CLI::App& app) {
  CommandInfo info{app.get_name(), app.get_description(), app.get_footer(), {}, {}, {}};
  for (const CLI::Option* option : app.get_options()) {
    (option->get_positional() ? info.arguments : info.options).push_back(infoOf(*option));
  }
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!subcommand->get_group().empty()) info.subcommands.push_back(infoOf(*subcommand));
  }
  return info;
}

// --- errors ---

// "dynamodb-log snapshot"
std::string pathOf(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return parent ? pathOf(*parent) + " " + app.get_name() : app.get_name();
}

std::string helpOf(const CLI::App& app) { return "`" + pathOf(app) + " --help`"; }

std::vector<std::string> shownSubcommands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!subcommand->get_group().empty()) names.push_back(subcommand->get_name());
  }
  return names;
}

std::vector<std::string> longOptions(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// `known`: listed one by one if none of them is near to `word`; empty: too many to list.
std::string unknown(const std::string& kind, const std::string& word, const std::optional<std::string>& nearest,
                    const std::string& known, const CLI::App& app) {
  std::string text = "unknown " + kind + " '" + word + "'";
  if (nearest) {
    text += "; did you mean '" + *nearest + "'?";
  } else {
    text += known.empty() ? "." : "; it must be " + known + ".";
  }
  return text + " " + helpOf(app) + " lists them.";
}

// Whether CLI11 takes a word for an option, not for a value.
bool isOption(const std::string& word) { return word.size() > 1 && word[0] == '-' && word != "--"; }

// Describes the arguments that `app` cannot use; empty: there are none.
std::string describeLeftOver(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return {};
  const std::vector<std::string> subcommands = shownSubcommands(app);
  const bool wants_subcommand = !subcommands.empty() && app.get_subcommands().empty();
  // The value of an unknown option is also left over, or is taken for an argument.
  for (const std::string& word : words) {
    if (isOption(word)) {
      const std::string name = word.substr(0, word.find('='));
      return unknown("option", name, nearestTo(name, longOptions(app)), {}, app);
    }
    if (wants_subcommand) {
      const std::string known = subcommands.size() <= kMostListed ? enumerate(subcommands) : std::string();
      return unknown("subcommand", word, nearestTo(word, subcommands), known, app);
    }
  }
  return "unexpected argument '" + words.front() + "'. " + helpOf(app) + " shows how to use it.";
}

std::string describe(const CLI::App& program, const CLI::ParseError& error) {
  const CLI::App* app = &program;
  for (;;) {
    if (std::string text = describeLeftOver(*app); !text.empty()) return text;
    const std::vector<CLI::App*> chosen = app->get_subcommands();
    if (chosen.empty()) break;
    app = chosen.front();
  }
  if (const auto names = shownSubcommands(*app); !names.empty()) {
    if (names.size() > kMostListed) return "a subcommand is missing. " + helpOf(*app) + " lists them.";
    return "a subcommand is missing: " + enumerate(names) + ". " + helpOf(*app) + " says what they do.";
  }
  return std::string(error.what()) + ". " + helpOf(*app) + " shows how to use it.";
}

}  // namespace

Command Command::subcommand(const std::string& name, const std::string& description) {
  CLI::App* command = app_->add_subcommand(name, description);
  app_->require_subcommand(1);
  return Command(*command, *runs_, *settings_);
}

Command Command::hiddenSubcommand(const std::string& name, const std::string& description) {
  const Command command = subcommand(name, description);
  command.app_->group("");
  return command;
}

void Command::runs(Run run) { (*runs_)[app_] = std::move(run); }

void Command::runsByDefault(Run run) {
  app_->require_subcommand(0, 1);
  runs(std::move(run));
}

void Command::argument(const std::string& name, std::string& value, const std::string& description) {
  addOption(*app_, name, value, description, Need::kRequired);
}

void Command::optionalArgument(const std::string& name, std::string& value, const std::string& description) {
  addOption(*app_, name, value, description, Need::kOptional);
}

void Command::option(const std::string& name, std::string& value, const std::string& description, Need need) {
  addOption(*app_, name, value, description, need).capture_default_str();
}

// CLI11 reads an empty text into an std::optional as none.
void Command::option(const std::string& name, std::optional<std::string>& value, const std::string& description) {
  const Name parsed = parseName(name);
  const auto keep = [&value](const std::string& text) { value = text; };
  app_->add_option_function<std::string>(parsed.names, keep, description)->type_name(parsed.placeholder);
}

void Command::choice(const std::string& name, std::string& value, const std::vector<std::string>& choices,
                     const std::string& description, Need need) {
  if (name.starts_with("--output,")) preset("output", value, choices);
  addOption(*app_, name, value, description, need).check(isOneOf(choices))->capture_default_str();
}

void Command::number(const std::string& name, int& value, const std::string& description, Range range, Need need) {
  addNumber(*app_, name, value, description, range, need);
}

void Command::number(const std::string& name, std::int64_t& value, const std::string& description, Range range,
                     Need need) {
  addNumber(*app_, name, value, description, range, need);
}

void Command::number(const std::string& name, std::uint64_t& value, const std::string& description, Range range,
                     Need need) {
  addNumber(*app_, name, value, description, range, need);
}

void Command::list(const std::string& name, std::vector<std::string>& values, const std::string& description) {
  addOption(*app_, name, values, description, Need::kOptional);
}

void Command::list(const std::string& name, std::vector<int>& values, const std::string& description, Range range) {
  addOption(*app_, name, values, description, Need::kOptional).check(isIn(range))->capture_default_str();
}

void Command::flag(const std::string& name, bool& value, const std::string& description) {
  app_->add_flag(name, value, description);
}

bool Command::preset(const std::string& option, std::string& value, const std::vector<std::string>& choices) const {
  const auto found = settings_->find(option);
  if (found == settings_->end()) return false;
  std::string wanted = found->second.value;
  const auto isTaken = [&] { return choices.empty() || std::ranges::find(choices, wanted) != choices.end(); };
  if (!isTaken()) wanted = wanted == "table" ? "text" : wanted == "text" ? "table" : wanted;  // both are for people
  if (!isTaken()) return false;
  value = wanted;
  return true;
}

void Command::notesGiven(const std::string& option, bool& is_given) {
  app_->get_option(option)->each([&is_given](const std::string&) { is_given = true; });
}

void Command::examples(const std::string& text) { app_->footer(text); }

CommandInfo Command::info() const { return infoOf(*app_); }

CommandLine::CommandLine(const std::string& name, const std::string& description, const std::string& version,
                         Settings settings)
    : app_(std::make_unique<CLI::App>(description, name)), settings_(std::move(settings)) {
  app_->set_version_flag("--version", version);
  const auto formatter = std::make_shared<CLI::Formatter>();
  formatter->column_width(kColumn);
  formatter->label("REQUIRED", "(required)");
  formatter->label("Positionals", "Arguments");
  app_->formatter(formatter);
}

CommandLine::~CommandLine() = default;

Command CommandLine::program() { return Command(*app_, runs_, settings_); }

Run CommandLine::parse(int argc, const char* const* argv) {
  try {
    app_->parse(argc, argv);
  } catch (const CLI::Success& e) {  // --help, --version
    app_->exit(e);
    has_printed_ = true;
    return [] { return static_cast<int>(kOk); };
  } catch (const CLI::ParseError& e) {
    throw std::invalid_argument(describe(*app_, e));
  }
  const CLI::App* chosen = app_.get();
  while (!chosen->get_subcommands().empty()) chosen = chosen->get_subcommands().front();
  return runs_.at(chosen);
}

}  // namespace ddblog::cli
