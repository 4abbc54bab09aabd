// A list of named entries, filled by a generated function, and the nearest name to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace latentscape {

/// The candidate nearest to `name` by edit distance, or empty where none is near (more than a third of it differs).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

/// "unknown model 'mpl', did you mean 'mlp'? known: mlp"
Error unknown_name(std::string_view what, std::string_view name, std::span<const std::string> candidates);

/// Entry has a `std::string name`.
template <class Entry>
class Registry {
 public:
  explicit Registry(std::string what) : what_(std::move(what)) {}

  void add(Entry entry) { entries_.push_back(std::move(entry)); }
  std::span<const Entry> entries() const { return entries_; }
  const Entry* find(std::string_view name) const {
    for (const Entry& e : entries_)
      if (e.name == name) return &e;
    return nullptr;
  }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Entry& e : entries_) all.push_back(e.name);
    return all;
  }
  Result<const Entry*> get(std::string_view name) const {
    if (const Entry* e = find(name)) return e;
    return unknown_name(what_, name, names());
  }

 private:
  std::string what_;
  std::vector<Entry> entries_;
};

}  // namespace latentscape
