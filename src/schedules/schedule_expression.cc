#include "schedules/schedule_expression.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ddblog::schedules {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::month;
using std::chrono::weekday;
using std::chrono::year;
using std::chrono::year_month_day;
using std::chrono::year_month_day_last;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr int kMostDigits = 9;
constexpr int kDaysInWeek = 7;

[[noreturn]] void rejectSchedule() { throw std::invalid_argument("not a schedule expression"); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> words = split(text, ' ');
  std::erase(words, std::string_view());
  return words;
}

int readNumber(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || text.front() == '-' || text.size() > kMostDigits) rejectSchedule();
  return number;
}

// 1: Sunday.
int dayOfWeek(local_days date) { return static_cast<int>(weekday(date).c_encoding()) + 1; }
bool isWeekend(local_days date) { return dayOfWeek(date) == 1 || dayOfWeek(date) == 7; }

// The weekday of the same month that is nearest to a date.
local_days nearestWeekday(year_month_day date) {
  const local_days at(date);
  if (!isWeekend(at)) return at;
  const bool is_saturday = dayOfWeek(at) == 7;
  const local_days nearest = is_saturday ? at - days(1) : at + days(1);
  if (year_month_day(nearest).month() == date.month()) return nearest;
  return is_saturday ? at + days(2) : at - days(2);
}

}  // namespace

// Reads the six fields.
class CronReader {
 public:
  using Cron = ScheduleExpression::Cron;

  static Cron read(std::string_view text) {
    const std::vector<std::string_view> fields = words(text);
    if (fields.size() != 6) rejectSchedule();
    Cron cron;
    readField(fields[0], 0, 59, {}, [&](int value) { cron.minutes.set(static_cast<std::size_t>(value)); });
    readField(fields[1], 0, 23, {}, [&](int value) { cron.hours.set(static_cast<std::size_t>(value)); });
    readField(fields[3], 1, 12, kMonths, [&](int value) { cron.months.set(static_cast<std::size_t>(value)); });
    readField(fields[5], ScheduleExpression::kFirstYear, ScheduleExpression::kLastYear, {},
              [&](int value) { cron.years.set(static_cast<std::size_t>(value - ScheduleExpression::kFirstYear)); });
    if ((fields[2] == "?") == (fields[4] == "?")) rejectSchedule();
    readDaysOfMonth(fields[2], cron);
    readDaysOfWeek(fields[4], cron);
    return cron;
  }

 private:
  static void readDaysOfMonth(std::string_view field, Cron& cron) {
    if (field == "?") {
      cron.days_of_month.set();
    } else if (field == "L") {
      cron.is_last_day = true;
    } else if (field.ends_with('W')) {
      cron.nearest_weekday = valueOf(field.substr(0, field.size() - 1), 1, 31, {});
    } else {
      readField(field, 1, 31, {}, [&](int value) { cron.days_of_month.set(static_cast<std::size_t>(value)); });
    }
  }

  static void readDaysOfWeek(std::string_view field, Cron& cron) {
    const std::size_t hash = field.find('#');
    if (field == "?") {
      cron.days_of_week.set();
    } else if (field == "L") {
      cron.days_of_week.set(7);
    } else if (hash != std::string_view::npos) {
      cron.nth_day_of_week = valueOf(field.substr(0, hash), 1, 7, kDays);
      cron.nth = valueOf(field.substr(hash + 1), 1, 5, {});
    } else if (field.ends_with('L')) {
      cron.last_day_of_week = valueOf(field.substr(0, field.size() - 1), 1, 7, kDays);
    } else {
      readField(field, 1, kDaysInWeek, kDays,
                [&](int value) { cron.days_of_week.set(static_cast<std::size_t>((value - 1) % kDaysInWeek + 1)); });
    }
  }

  // A number or a name; names count from 1.
  template <class Names>
  static int valueOf(std::string_view text, int low, int high, const Names& names) {
    if (text.empty()) rejectSchedule();
    std::string upper(text);
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto found = std::find(names.begin(), names.end(), upper);
    if (found != names.end()) return static_cast<int>(found - names.begin()) + 1;
    const int number = readNumber(text);
    if (number < low || number > high) rejectSchedule();
    return number;
  }
  static int valueOf(std::string_view text, int low, int high, std::initializer_list<std::string_view> names) {
    return valueOf<std::initializer_list<std::string_view>>(text, low, high, names);
  }

  template <class Set>
  static void readField(std::string_view field, int low, int high, std::initializer_list<std::string_view> names,
                        const Set& set) {
    readField<std::initializer_list<std::string_view>, Set>(field, low, high, names, set);
  }

  // A list of "*", "a", "a-b", each also with "/step".
  template <class Names, class Set>
  static void readField(std::string_view field, int low, int high, const Names& names, const Set& set) {
    for (const std::string_view part : split(field, ',')) {
      const std::vector<std::string_view> steps = split(part, '/');
      if (steps.size() > 2) rejectSchedule();
      const int step = steps.size() == 2 ? readNumber(steps[1]) : 1;
      if (step == 0) rejectSchedule();
      int first = low, last = high;
      if (steps[0] != "*") {
        const std::vector<std::string_view> ends = split(steps[0], '-');
        if (ends.size() > 2) rejectSchedule();
        first = valueOf(ends[0], low, high, names);
        if (ends.size() == 2) {
          last = valueOf(ends[1], low, high, names);
        } else if (steps.size() == 1) {
          last = first;
        }
      }
      if (first > last && high != kDaysInWeek) rejectSchedule();
      if (first > last) last += kDaysInWeek;  // SAT-SUN
      for (int value = first; value <= last; value += std::min(step, high + 1)) set(value);
    }
  }
};

ScheduleExpression::ScheduleExpression(std::string_view text, Units units) {
  const auto inside = [&text](std::string_view name) {
    return text.starts_with(name) && text.ends_with(')') ? text.substr(name.size(), text.size() - name.size() - 1)
                                                         : std::string_view();
  };
  if (const std::string_view rate = inside("rate("); !rate.empty()) {
    when_ = readRate(rate, units);
  } else if (const std::string_view cron = inside("cron("); !cron.empty()) {
    when_ = CronReader::read(cron);
  } else if (const std::string_view once = inside("at("); !once.empty()) {
    when_ = readOnce(once);
  } else {
    rejectSchedule();
  }
}

ScheduleExpression::Rate ScheduleExpression::readRate(std::string_view text, Units units) {
  static constexpr std::array<std::pair<std::string_view, std::chrono::minutes>, 3> kUnits = {
      {{"minute", std::chrono::minutes(1)}, {"hour", std::chrono::hours(1)}, {"day", std::chrono::hours(24)}}};
  const std::vector<std::string_view> parts = split(text, ' ');
  if (parts.size() != 2) rejectSchedule();
  const int value = readNumber(parts[0]);
  for (const auto& [name, unit] : kUnits) {
    const std::string plural = std::string(name) + 's';
    const bool is_singular = parts[1] == name, is_plural = parts[1] == plural;
    const bool fits = units == Units::kAnyForm ? is_singular || is_plural : (value == 1 ? is_singular : is_plural);
    if (fits && value > 0) return {unit * value};
  }
  rejectSchedule();
}

// yyyy-mm-ddThh:mm:ss
ScheduleExpression::Once ScheduleExpression::readOnce(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  if (text.size() != kShape.size()) rejectSchedule();
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !is_digit : text[i] != kShape[i]) rejectSchedule();
  }
  const auto number = [&](std::size_t from, std::size_t length) { return readNumber(text.substr(from, length)); };
  const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2))));
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!date.ok() || static_cast<int>(date.year()) < kFirstYear || hour > 23 || minute > 59 || second > 59) {
    rejectSchedule();
  }
  return {local_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second)};
}

std::optional<Timestamp> ScheduleExpression::next(Timestamp after, Timestamp since, const TimeZone& zone) const {
  if (const auto* once = std::get_if<Once>(&when_)) {
    const Timestamp due = zone.firstAtOrAfter(once->at);
    return due > after ? std::optional(due) : std::nullopt;
  }
  if (const auto* rate = std::get_if<Rate>(&when_)) {
    if (after < since) return since + rate->period;
    return since + rate->period * ((after - since) / rate->period + 1);
  }
  // A time that the clocks skip is no time; one that they show again is over.
  std::optional<LocalTime> local = zone.toLocal(after);
  while ((local = nextOfCron(std::get<Cron>(when_), *local))) {
    const auto due = zone.firstAt(*local);
    if (due && *due > after) return due;
  }
  return std::nullopt;
}

bool ScheduleExpression::Cron::fitsDay(year_month_day date) const {
  const local_days at(date);
  const local_days last(year_month_day_last(date.year(), std::chrono::month_day_last(date.month())));
  if (is_last_day) return at == last;
  if (nearest_weekday != 0) {
    const year_month_day wanted(date.year(), date.month(), day(static_cast<unsigned>(nearest_weekday)));
    return wanted.ok() && at == nearestWeekday(wanted);
  }
  const int day_of_week = dayOfWeek(at);
  if (last_day_of_week != 0) return day_of_week == last_day_of_week && last - at < days(7);
  const int day_of_month = static_cast<int>(static_cast<unsigned>(date.day()));
  if (nth != 0) return day_of_week == nth_day_of_week && (day_of_month - 1) / 7 + 1 == nth;
  return days_of_month.test(static_cast<std::size_t>(day_of_month)) &&
         days_of_week.test(static_cast<std::size_t>(day_of_week));
}

// Goes through the days, so an expression that is never due ends after the last year.
std::optional<LocalTime> ScheduleExpression::nextOfCron(const Cron& cron, LocalTime after) {
  const auto from = std::chrono::floor<std::chrono::minutes>(after) + std::chrono::minutes(1);
  local_days date = std::chrono::floor<days>(from);
  date = std::max(date, local_days(year_month_day(year(kFirstYear), month(1), day(1))));
  const local_days end(year_month_day(year(kLastYear + 1), month(1), day(1)));
  while (date < end) {
    const year_month_day calendar(date);
    const auto year_bit = static_cast<std::size_t>(static_cast<int>(calendar.year()) - kFirstYear);
    if (!cron.years.test(year_bit)) {
      date = local_days(year_month_day(calendar.year() + std::chrono::years(1), month(1), day(1)));
      continue;
    }
    if (!cron.months.test(static_cast<unsigned>(calendar.month()))) {
      date = local_days(year_month_day_last(calendar.year(), std::chrono::month_day_last(calendar.month()))) + days(1);
      continue;
    }
    if (cron.fitsDay(calendar)) {
      for (std::size_t hour = 0; hour < cron.hours.size(); ++hour) {
        if (!cron.hours.test(hour)) continue;
        for (std::size_t minute = 0; minute < cron.minutes.size(); ++minute) {
          const auto at = date + std::chrono::hours(hour) + std::chrono::minutes(minute);
          if (cron.minutes.test(minute) && at >= from) return LocalTime(at);
        }
      }
    }
    date += days(1);
  }
  return std::nullopt;
}

}  // namespace ddblog::schedules
