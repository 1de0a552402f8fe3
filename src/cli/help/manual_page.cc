#include "cli/help/manual_page.h"

namespace ddblog::cli {
namespace {

// Text as troff takes it: a backslash and a hyphen stay what they are, and no line is a request.
std::string escaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins_line = i == 0 || text[i - 1] == '\n';
    if (begins_line && (text[i] == '.' || text[i] == '\'')) result += "\\&";
    if (text[i] == '\\') {
      result += "\\e";
    } else if (text[i] == '-') {
      result += "\\-";
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string optionEntry(const OptionInfo& option) {
  std::string entry = ".TP\n";
  for (const std::string& name : option.names) {
    entry += (&name == &option.names.front() ? "\\fB" : ", \\fB") + escaped(name) + "\\fR";
  }
  if (!option.placeholder.empty()) entry += " \\fI" + escaped(option.placeholder) + "\\fR";
  return entry + "\n" + escaped(option.description) + (option.is_required ? " (required)" : "") + "\n";
}

std::string usageOf(const CommandInfo& command, const std::string& path) {
  std::string usage = "\\fB" + escaped(path) + "\\fR";
  for (const OptionInfo& argument : command.arguments) {
    const std::string name = "\\fI" + escaped(argument.names.front()) + "\\fR";
    usage += argument.is_required ? " " + name : " [" + name + "]";
  }
  if (!command.options.empty()) usage += " [options]";
  return usage;
}

std::string sectionsOf(const CommandInfo& command, const std::string& path) {
  std::string text;
  if (command.subcommands.empty()) {
    text += ".SS " + escaped(path) + "\n" + usageOf(command, path) + "\n.PP\n" + escaped(command.description) + ".\n";
    for (const OptionInfo& argument : command.arguments) text += optionEntry(argument);
    for (const OptionInfo& option : command.options) {
      if (option.names.front() != "--help" && option.names.front() != "-h") text += optionEntry(option);
    }
    if (!command.footer.empty()) text += ".PP\n.nf\n" + escaped(command.footer) + "\n.fi\n";
  }
  for (const CommandInfo& subcommand : command.subcommands) {
    text += sectionsOf(subcommand, path.empty() ? subcommand.name : path + " " + subcommand.name);
  }
  return text;
}

std::string upperCase(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

std::string manualPage(const CommandInfo& program, const std::string& version) {
  const std::string name = escaped(program.name);
  return ".TH " + upperCase(program.name) + " 1 \"\" \"" + version + "\"\n.SH NAME\n" + name + " \\- " +
         escaped(program.description) + "\n.SH SYNOPSIS\n\\fB" + name + "\\fR \\fIsubcommand\\fR [options]\n" +
         ".SH SUBCOMMANDS\n" + sectionsOf(program, "") + ".SH NOTES\n.nf\n" + escaped(program.footer) + "\n.fi\n";
}

}  // namespace ddblog::cli
