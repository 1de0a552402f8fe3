#include "cli/query/item_output.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "cli/terminal/printable.h"
#include "clients/cpp/src/payload_json.h"

namespace ddblog::cli {
namespace {

constexpr std::size_t kGap = 2;          // between columns
constexpr std::size_t kNarrowest = 8;    // what a column keeps when the terminal is too narrow
constexpr std::size_t kFirstGuess = 40;  // no column is wider, if that makes more of them fit
constexpr std::string_view kCut = "…";

// Characters, not bytes: those that begin one.
std::size_t lengthOf(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string cut(const std::string& text, std::size_t width) {
  if (lengthOf(text) <= width) return text;
  std::size_t characters = 0, end = 0;
  for (; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xc0) != 0x80 && characters++ == width - 1) break;
  }
  return text.substr(0, end) + std::string(kCut);
}

std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = lengthOf(text);
  return text + std::string(width > length ? width - length : 0, ' ');
}

std::string cellOf(const json::object& item, const std::string& name) {
  const json::value* attribute = item.if_contains(name);
  if (!attribute) return {};
  const json::object* typed = attribute->if_object();
  const json::value* text = typed ? typed->if_contains("S") : nullptr;
  if (text && text->is_string()) return printable(std::string(text->get_string()));
  return printable(jsonFromAttribute(*attribute));
}

std::size_t sumOf(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         kGap * (widths.empty() ? 0 : widths.size() - 1);
}

// Makes the widest columns narrower until all fit, or leaves out the last ones. Returns how many fit.
std::size_t fit(std::vector<std::size_t>& widths, std::size_t room) {
  while (sumOf(widths) > room) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kNarrowest) {
      if (widths.size() == 1) break;
      widths.pop_back();
      continue;
    }
    const std::size_t over = sumOf(widths) - room;
    const std::size_t least = std::max(kNarrowest, *widest > kFirstGuess ? kFirstGuess : kNarrowest);
    *widest = std::max(least, *widest - std::min(over, *widest - least));
  }
  return widths.size();
}

}  // namespace

void ItemOutput::add(const json::object& item) {
  ++count_;
  if (format_ == Format::kTable) {
    items_.push_back(item);
    return;
  }
  if (format_ == Format::kJson) out_ << (count_ == 1 ? "[\n" : ",\n");
  out_ << printableJson(jsonFromAttributes(item));
  if (format_ == Format::kJsonLines) out_ << '\n';
}

std::vector<std::string> ItemOutput::finish() {
  if (format_ == Format::kJson) out_ << (count_ == 0 ? "[]\n" : "\n]\n");
  std::vector<std::string> left_out;
  if (format_ == Format::kTable && count_ > 0) left_out = finishTable();
  out_.flush();
  return left_out;
}

std::vector<std::string> ItemOutput::finishTable() {
  std::vector<std::string> columns = first_;
  std::set<std::string> others;
  for (const json::object& item : items_) {
    for (const auto& [key, value] : item) {
      const std::string name(key);
      if (std::ranges::find(first_, name) == first_.end()) others.insert(name);
    }
  }
  columns.insert(columns.end(), others.begin(), others.end());

  std::vector<std::vector<std::string>> rows(1);
  std::vector<std::size_t> widths;
  for (const std::string& name : columns) {
    rows.front().push_back(printable(name));
    widths.push_back(lengthOf(rows.front().back()));
  }
  for (const json::object& item : items_) {
    std::vector<std::string>& row = rows.emplace_back();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      row.push_back(cellOf(item, columns[i]));
      widths[i] = std::max(widths[i], lengthOf(row.back()));
    }
  }
  const std::size_t shown = width_ > 0 ? fit(widths, static_cast<std::size_t>(width_)) : columns.size();
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < shown; ++i) line += padded(cut(row[i], widths[i]), widths[i]) + std::string(kGap, ' ');
    while (line.ends_with(' ')) line.pop_back();
    out_ << line << '\n';
  }
  return {columns.begin() + static_cast<std::ptrdiff_t>(shown), columns.end()};
}

}  // namespace ddblog::cli
