#include "core/nn/network_spec.hpp"

#include <charconv>

namespace latentscape {

namespace {

constexpr size_t kMostKernel = 64;

/// A place in the text; every reader says what it expected where it stopped.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool done() {
    skip_spaces();
    return at_ == text_.size();
  }
  bool take(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  std::string_view word() {
    skip_spaces();
    const size_t begin = at_;
    while (at_ < text_.size() && ((text_[at_] >= 'a' && text_[at_] <= 'z') || text_[at_] == '_')) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  Result<size_t> number(std::string_view what, size_t most) {
    skip_spaces();
    size_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < 1 || value > most) return expected(fmt::format("{} from 1 to {}", what, most));
    at_ += static_cast<size_t>(end - begin);
    return value;
  }
  Error expected(std::string_view what, size_t back = 0) const {
    return fail(ErrorCode::invalid_argument, "expected {} at character {}\n  {}\n  {}^", what, at_ - back + 1, text_,
                std::string(at_ - back, ' '));
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

Result<LayerSpec> parse_layer(Reader& in) {
  const std::string_view word = in.word();
  if (word.empty() || word == "dense") {
    LS_TRY(const size_t units, in.number("a layer size (as in 400,200)", kMostUnits));
    return LayerSpec(units);
  }
  if (word != "conv" && word != "upconv") return in.expected("dense, conv or upconv", word.size());
  LS_TRY(const size_t channels, in.number("a number of channels", kMostUnits));
  if (!in.take("x")) return in.expected("'x' and the kernel's side, as in conv 32x4s2,");
  LS_TRY(const size_t kernel, in.number("a kernel's side", kMostKernel));
  size_t stride = 1;
  if (in.take("s")) {
    LS_TRY(stride, in.number("a stride", kMostKernel));
  }
  if (stride > kernel) return in.expected(fmt::format("a stride of at most the kernel's {}", kernel), 1);
  return LayerSpec(word == "conv" ? LayerSpec::Kind::conv : LayerSpec::Kind::upconv, channels, kernel, stride);
}

}  // namespace

Result<NetworkSpec> parse_network_spec(std::string_view text) {
  NetworkSpec spec;
  if (text == "none") return spec;
  Reader in(text);
  for (;;) {
    LS_TRY(const LayerSpec layer, parse_layer(in));
    spec.push_back(layer);
    if (in.done()) return spec;
    if (!in.take(",")) return in.expected("a comma or the end");
  }
}

std::string to_string(const LayerSpec& layer) {
  if (layer.kind == LayerSpec::Kind::dense) return fmt::format("dense {}", layer.units);
  return fmt::format("{} {}x{}{}", layer.kind == LayerSpec::Kind::conv ? "conv" : "upconv", layer.units, layer.kernel,
                     layer.stride == 1 ? "" : fmt::format("s{}", layer.stride));
}

std::string to_string(const NetworkSpec& spec) {
  if (spec.empty()) return "none";
  bool dense = true;
  for (const LayerSpec& layer : spec) dense = dense && layer.kind == LayerSpec::Kind::dense;
  std::string text;
  for (const LayerSpec& layer : spec)
    text += (text.empty() ? "" : dense ? "," : ", ") + (dense ? std::to_string(layer.units) : to_string(layer));
  return text;
}

std::string short_text(const NetworkSpec& spec) {
  if (spec.empty()) return "linear";
  std::string text;
  for (const LayerSpec& layer : spec)
    text += fmt::format("{}{}{}", text.empty() ? "" : "-", layer.kind == LayerSpec::Kind::dense ? "" : "c", layer.units);
  return text;
}

NetworkSpec mirrored(const NetworkSpec& spec) {
  NetworkSpec back(spec.rbegin(), spec.rend());
  for (LayerSpec& layer : back) {
    if (layer.kind == LayerSpec::Kind::conv)
      layer.kind = LayerSpec::Kind::upconv;
    else if (layer.kind == LayerSpec::Kind::upconv)
      layer.kind = LayerSpec::Kind::conv;
  }
  return back;
}

}  // namespace latentscape
