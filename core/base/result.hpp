// Result<T>: a value or an Error; the only way errors travel inside the project.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <variant>

#include "core/base/error.hpp"

namespace latentscape {

/// A value of T, or the Error that took its place.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  Result context(std::string_view what) && {
    if (ok()) return std::move(*this);
    return std::move(*this).error().context(what);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

  Result context(std::string_view what) && {
    if (ok()) return {};
    return std::move(*error_).context(what);
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

/// fail(ErrorCode::corrupt, "{}: magic number is {}, expected 2051", path, magic)
template <class... Args>
[[nodiscard]] Error fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  return Error{code, fmt::format(format, std::forward<Args>(args)...)};
}

}  // namespace latentscape

#define LS_JOIN_(a, b) a##b
#define LS_JOIN(a, b) LS_JOIN_(a, b)
#define LS_TRY_(temporary, target, ...)                     \
  auto temporary = (__VA_ARGS__);                           \
  if (!temporary.ok()) return std::move(temporary).error(); \
  target = std::move(temporary).value()

/// LS_TRY(auto bytes, read_file(path)); returns the error to the caller, or binds the value.
#define LS_TRY(target, ...) LS_TRY_(LS_JOIN(ls_result_, __LINE__), target, __VA_ARGS__)

/// LS_CHECK(write_file(path, bytes)); returns the error of a Status to the caller.
#define LS_CHECK(...)                                                                         \
  do {                                                                                        \
    if (auto ls_status = (__VA_ARGS__); !ls_status.ok()) return std::move(ls_status).error(); \
  } while (false)
