#include "core/nn/activation.hpp"

#include "core/nn/chunks.hpp"

namespace latentscape {

namespace {

constexpr double kLeak = 0.01;
constexpr std::pair<std::string_view, Activation> kNames[] = {{"relu", Activation::relu},         {"leaky_relu", Activation::leaky_relu},
                                                              {"silu", Activation::silu},         {"tanh", Activation::tanh},
                                                              {"softplus", Activation::softplus}, {"identity", Activation::identity}};

/// 1 / (1 + e^-x), without overflow.
template <class S>
Chunk<S> logistic(const Chunk<S>& x) {
  const Chunk<S> e = (-x.abs()).exp();
  return (x < S(0)).select(e, S(1)) / (S(1) + e);
}

}  // namespace

bool slope_needs_input(Activation f) { return f == Activation::silu; }

std::string_view name_of(Activation f) {
  for (const auto& [name, activation] : kNames)
    if (activation == f) return name;
  return "";
}

std::optional<Activation> activation_named(std::string_view name) {
  for (const auto& [known, activation] : kNames)
    if (known == name) return activation;
  return std::nullopt;
}

std::string activation_names() {
  std::string names;
  for (const auto& entry : kNames) names += (names.empty() ? "" : " or ") + std::string(entry.first);
  return names;
}

template <class S>
void activate(Activation f, S* y, size_t n) {
  switch (f) {
    case Activation::identity: return;
    case Activation::relu:
      // The comparison keeps a NaN (a broken loss must show), which max(y, 0) might hide.
      for (size_t i = 0; i < n; ++i) y[i] = y[i] < S(0) ? S(0) : y[i];
      return;
    case Activation::leaky_relu:
      for (size_t i = 0; i < n; ++i) y[i] = y[i] < S(0) ? S(kLeak) * y[i] : y[i];
      return;
    case Activation::tanh: for_chunks<S>(n, [&](size_t i, size_t m) { store_chunk<S>(load_chunk<S>(y + i, m).tanh(), y + i, m); }); return;
    case Activation::softplus:
      for_chunks<S>(n, [&](size_t i, size_t m) {
        const Chunk<S> x = load_chunk<S>(y + i, m);
        const Chunk<S> e = (-x.abs()).exp();
        store_chunk<S>(x.max(S(0)) + log1p_of_unit<S>(e), y + i, m);
      });
      return;
    case Activation::silu:
      for_chunks<S>(n, [&](size_t i, size_t m) {
        const Chunk<S> x = load_chunk<S>(y + i, m);
        store_chunk<S>(x * logistic<S>(x), y + i, m);
      });
      return;
  }
}

template <class S>
void multiply_by_slope(Activation f, const S* y, S* gradient, size_t n) {
  switch (f) {
    case Activation::identity: return;
    case Activation::relu:
      for (size_t i = 0; i < n; ++i) gradient[i] = y[i] > S(0) ? gradient[i] : S(0);
      return;
    case Activation::leaky_relu:
      for (size_t i = 0; i < n; ++i) gradient[i] = y[i] > S(0) ? gradient[i] : S(kLeak) * gradient[i];
      return;
    case Activation::tanh:
      for (size_t i = 0; i < n; ++i) gradient[i] *= S(1) - y[i] * y[i];
      return;
    case Activation::softplus:
      for_chunks<S>(n, [&](size_t i, size_t m) {
        const Chunk<S> slope = S(1) - (-load_chunk<S>(y + i, m)).exp();
        store_chunk<S>(load_chunk<S>(gradient + i, m) * slope, gradient + i, m);
      });
      return;
    case Activation::silu:
      for_chunks<S>(n, [&](size_t i, size_t m) {
        const Chunk<S> x = load_chunk<S>(y + i, m), s = logistic<S>(x);
        store_chunk<S>(load_chunk<S>(gradient + i, m) * s * (S(1) + x * (S(1) - s)), gradient + i, m);
      });
      return;
  }
}

template void activate<float>(Activation, float*, size_t);
template void activate<double>(Activation, double*, size_t);
template void multiply_by_slope<float>(Activation, const float*, float*, size_t);
template void multiply_by_slope<double>(Activation, const double*, double*, size_t);

}  // namespace latentscape
