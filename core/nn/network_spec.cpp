#include "core/nn/network_spec.hpp"

#include <charconv>
#include <span>
#include <utility>

#include "core/base/registry.hpp"

namespace latentscape {

namespace {

constexpr size_t kMostKernel = 64;

using Kind = LayerSpec::Kind;
struct KindName {
  std::string_view name, brief;
  Kind kind;
};
constexpr KindName kKinds[] = {{"dense", "", Kind::dense},
                               {"res", "r", Kind::res},
                               {"conv", "c", Kind::conv},
                               {"resconv", "rc", Kind::resconv},
                               {"upconv", "c", Kind::upconv}};

const KindName& names_of(Kind kind) {
  for (const KindName& entry : kKinds)
    if (entry.kind == kind) return entry;
  return kKinds[0];
}

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
  Result<size_t> number(std::string_view what, size_t most, size_t least = 1) {
    skip_spaces();
    size_t value = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || value < least || value > most) return expected(fmt::format("{} from {} to {}", what, least, most));
    at_ += static_cast<size_t>(end - begin);
    return value;
  }
  Result<double> share() {
    skip_spaces();
    double value = 0.0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc() || !(value > 0.0 && value < 1.0)) return expected("a share above 0 and below 1, as in dropout 0.2,");
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

/// "expected a, b or c, did you mean 'b'?" under the word that was read.
Error unknown_word(const Reader& in, std::string_view word, const std::string& expected, std::span<const std::string> known) {
  const std::string nearest = nearest_name(word, known);
  return in.expected(nearest.empty() ? expected : fmt::format("{} (did you mean {}?)", expected, nearest), word.size());
}

Result<Kind> parse_kind(Reader& in) {
  const std::string_view word = in.word();
  if (word.empty()) return Kind::dense;
  std::vector<std::string> known;
  for (const KindName& entry : kKinds) {
    if (entry.name == word) return entry.kind;
    known.emplace_back(entry.name);
  }
  if (word == "norm" || word == "dropout") return in.expected("a layer; norm and dropout follow theirs without a comma", word.size());
  return unknown_word(in, word, "dense, res, conv, resconv or upconv", known);
}

/// "32x4s2p1"; of a residual block, only "32x3".
Status parse_kernel(Reader& in, LayerSpec& layer) {
  LS_TRY(layer.units, in.number("a number of channels", kMostUnits));
  if (!in.take("x")) return in.expected("'x' and the kernel's side, as in conv 32x4s2,");
  LS_TRY(layer.kernel, in.number("a kernel's side", kMostKernel));
  if (layer.kind == Kind::resconv) return {};
  if (in.take("s")) {
    LS_TRY(layer.stride, in.number("a stride", kMostKernel));
  }
  if (layer.stride > layer.kernel) return in.expected(fmt::format("a stride of at most the kernel's {}", layer.kernel), 1);
  if (in.take("p")) {
    LS_TRY(layer.padding, in.number("a padding below the kernel's side,", layer.kernel - 1, 0));
  }
  return {};
}

/// What may follow a layer, up to the comma.
Status parse_suffixes(Reader& in, LayerSpec& layer) {
  static const std::vector<std::string> known = {"norm", "dropout"};
  for (;;) {
    const std::string_view word = in.word();
    if (word.empty()) return {};
    if (word == "norm" && !layer.norm && layer.dropout == 0.0)
      layer.norm = true;
    else if (word == "dropout" && layer.dropout == 0.0) {
      LS_TRY(layer.dropout, in.share());
    } else if (word == "norm" && layer.dropout > 0.0) {
      return in.expected("norm before dropout, as in norm dropout 0.2,", word.size());
    } else
      return unknown_word(in, word, "norm, then dropout, a comma or the end", known);
  }
}

Result<LayerSpec> parse_layer(Reader& in) {
  LayerSpec layer(0);
  LS_TRY(layer.kind, parse_kind(in));
  if (layer.kind == Kind::dense || layer.kind == Kind::res) {
    LS_TRY(layer.units, in.number("a layer size (as in 400,200)", kMostUnits));
  } else {
    LS_CHECK(parse_kernel(in, layer));
  }
  LS_CHECK(parse_suffixes(in, layer));
  return layer;
}

}  // namespace

Result<NetworkSpec> parse_network_spec(std::string_view text) {
  NetworkSpec spec;
  if (text == "none") return spec;
  Reader in(text);
  if (in.done()) return in.expected("a layer size (as in 400,200), or none for no hidden layer,");
  for (;;) {
    LS_TRY(const LayerSpec layer, parse_layer(in));
    spec.push_back(layer);
    if (in.done()) return spec;
    if (!in.take(",")) return in.expected("a comma or the end");
  }
}

std::string to_string(const LayerSpec& layer) {
  std::string text = fmt::format("{} {}", names_of(layer.kind).name, layer.units);
  if (layer.kernel) text += fmt::format("x{}", layer.kernel);
  if (layer.stride > 1) text += fmt::format("s{}", layer.stride);
  if (layer.padding) text += fmt::format("p{}", *layer.padding);
  if (layer.norm) text += " norm";
  if (layer.dropout > 0.0) text += fmt::format(" dropout {}", layer.dropout);
  return text;
}

std::string to_string(const NetworkSpec& spec) {
  if (spec.empty()) return "none";
  bool numbers = true;  // "400,200"
  for (const LayerSpec& layer : spec) numbers = numbers && layer == LayerSpec(layer.units);
  std::string text;
  for (const LayerSpec& layer : spec)
    text += (text.empty() ? "" : numbers ? "," : ", ") + (numbers ? std::to_string(layer.units) : to_string(layer));
  return text;
}

std::string short_text(const NetworkSpec& spec) {
  if (spec.empty()) return "linear";
  std::string text;
  for (const LayerSpec& layer : spec) text += fmt::format("{}{}{}", text.empty() ? "" : "-", names_of(layer.kind).brief, layer.units);
  return text;
}

NetworkSpec mirrored(const NetworkSpec& spec) {
  NetworkSpec back(spec.rbegin(), spec.rend());
  for (LayerSpec& layer : back) {
    if (layer.kind == Kind::conv)
      layer.kind = Kind::upconv;
    else if (layer.kind == Kind::upconv)
      layer.kind = Kind::conv;
  }
  for (size_t i = 1; i < back.size(); ++i)
    for (size_t j = i; back[j].kind == Kind::dense && j > 0 && back[j - 1].kind == Kind::res; --j) std::swap(back[j], back[j - 1]);
  return back;
}

}  // namespace latentscape
