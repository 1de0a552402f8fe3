#include "aws/credentials/prompt.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "aws/credentials/credentials.h"

namespace ddblog::aws {
namespace {

constexpr std::size_t kLongestAnswer = 256;  // ours; a one-time password has six digits
constexpr char kCtrlC = 3, kCtrlD = 4, kBackspace = 8, kDelete = 127;

// A terminal that shows nothing of what is typed while it exists.
class HiddenInput {
 public:
  HiddenInput() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) return;
    termios hidden = before_;
    // Without signals: Ctrl-C and Ctrl-Z would leave the terminal as it is now.
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    hidden.c_cc[VMIN] = 1;
    hidden.c_cc[VTIME] = 0;
    is_hidden_ = ::tcsetattr(terminal_, TCSAFLUSH, &hidden) == 0;
  }
  ~HiddenInput() {
    if (is_hidden_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    if (terminal_ >= 0) ::close(terminal_);
  }
  HiddenInput(const HiddenInput&) = delete;

  bool isOpen() const { return terminal_ >= 0; }
  void write(const std::string& text) const { [[maybe_unused]] auto n = ::write(terminal_, text.data(), text.size()); }
  // std::nullopt: Ctrl-C was pressed, or the terminal is gone.
  std::optional<std::string> readLine() const {
    std::string line;
    while (line.size() < kLongestAnswer) {
      char c = 0;
      const ssize_t count = ::read(terminal_, &c, 1);
      if (count < 0 && errno == EINTR) continue;
      if (count != 1 || c == kCtrlC || c == kCtrlD) return std::nullopt;
      if (c == '\n' || c == '\r') break;
      if (c == kBackspace || c == kDelete) {
        if (!line.empty()) line.pop_back();
      } else {
        line += c;
      }
    }
    return line;
  }

 private:
  const int terminal_;
  termios before_ = {};
  bool is_hidden_ = false;
};

}  // namespace

Prompt terminalPrompt() {
  return [](const std::string& question) {
    const HiddenInput terminal;
    if (!terminal.isOpen()) throw CredentialsError("There is no terminal to ask on: " + question);
    terminal.write(question + ": ");
    std::optional<std::string> answer = terminal.readLine();
    terminal.write("\n");
    if (!answer) throw CredentialsError("Nobody answered: " + question);
    return *std::move(answer);
  };
}

}  // namespace ddblog::aws
