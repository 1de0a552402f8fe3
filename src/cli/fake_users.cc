#include "cli/fake_users.h"

#include <cstdio>

namespace ddblog::cli {
namespace {

constexpr const char* kFirstNames[] = {"Ada",     "Grace", "Edsger", "Barbara", "Alan",   "Radia",  "Donald", "Frances",
                                       "Niklaus", "Karen", "Dennis", "Hedy",    "Tim",    "Joan",   "Ken",    "Sophie",
                                       "Åsa",     "Björn", "Zoë",    "Jürgen",  "Noémie", "Łukasz", "Ioana",  "Søren"};
constexpr const char* kLastNames[] = {"Lovelace", "Hopper",   "Dijkstra", "Liskov",  "Turing", "Perlman", "Knuth",
                                      "Allen",    "Wirth",    "Jones",    "Ritchie", "Lamarr", "Clarke",  "Thompson",
                                      "Wilson",   "Lindgren", "Öberg",    "Schäfer", "Dupont", "Nowak",   "O'Neill"};

// As a JSON string; nothing here needs an escape.
std::string quoted(const std::string& text) { return '"' + text + '"'; }

}  // namespace

FakeUsers::FakeUsers(std::uint64_t seed) : random_(seed), ids_(seed) {}

std::string FakeUsers::pick(std::span<const char* const> from) { return from[random_() % from.size()]; }

// A number of degrees with six decimals, as text.
std::string FakeUsers::degrees(int most) {
  const std::uint64_t millionths = random_() % (static_cast<std::uint64_t>(most) * 1'000'000);
  char text[32];
  std::snprintf(text, sizeof(text), "%s%d.%06d", random_() % 2 ? "-" : "", static_cast<int>(millionths / 1'000'000),
                static_cast<int>(millionths % 1'000'000));
  return text;
}

std::vector<Event> FakeUsers::next(const std::string& created_at) {
  const std::string id = ids_.uuid();
  const std::string name = pick(kFirstNames) + ' ' + pick(kLastNames);
  char phone[32];
  std::snprintf(phone, sizeof(phone), "+46 70 %03d %02d %02d", static_cast<int>(random_() % 1000),
                static_cast<int>(random_() % 100), static_cast<int>(random_() % 100));
  const std::string begin = "{\"id\":" + quoted(id) + ',';
  const std::string number = "\"phoneNumber\":" + quoted(phone) + '}';
  const std::pair<const char*, std::string> contents[] = {
      {"signup", "\"name\":" + quoted(name) + ",\"email\":" + quoted("user-" + id.substr(0, 8) + "@example.com") + '}'},
      {"addPhoneNumber", number},
      {"verifyPhoneNumber", number},
      {"addLocation", "\"long\":" + degrees(180) + ",\"lat\":" + degrees(90) + '}'},
  };
  std::vector<Event> events;
  for (const auto& [type, rest] : contents) {
    events.push_back({"users", id, events.size() + 1, type, begin + rest, ids_.uuid(), created_at, {}});
  }
  return events;
}

}  // namespace ddblog::cli
