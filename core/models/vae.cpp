#include "core/models/vae.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/nn/gaussian_posterior.hpp"
#include "core/nn/losses.hpp"

namespace latentscape {

namespace {

constexpr size_t kRowTile = 32;
constexpr size_t kMaxLayers = 32;

void add_block(std::vector<ParameterBlock>& blocks, std::string name, std::vector<size_t> shape, bool of_encoder,
               ChannelsLast channels_last = {}) {
  const size_t offset = blocks.empty() ? 0 : blocks.back().offset + blocks.back().size;
  size_t size = 1;
  for (size_t s : shape) size *= s;
  blocks.push_back({std::move(name), torch_shape(std::move(shape)), offset, size, of_encoder, channels_last});
}

/// The maps that a convolution gives, or that a transposed one reads, as a dense layer beside it sees them.
std::optional<ConvShape> maps_of(const Layer& layer) {
  if (const auto* conv = std::get_if<Convolution>(&layer)) return conv->shape;
  if (const auto* up = std::get_if<TransposedConvolution>(&layer)) return up->shape;
  return std::nullopt;
}

/// How the weight of layer i lies in memory: patches and images have their channels last.
ChannelsLast weight_order(std::span<const Layer> layers, size_t i) {
  if (const auto own = maps_of(layers[i])) return {own->features, own->kernel * own->kernel, own->channels, 1};
  if (const auto below = i > 0 ? maps_of(layers[i - 1]) : std::nullopt) return {layer_out(layers[i]), below->places(), below->features, 1};
  if (const auto above = i + 1 < layers.size() ? maps_of(layers[i + 1]) : std::nullopt)
    return {1, above->places(), above->features, layer_in(layers[i])};
  return {};
}

ChannelsLast bias_order(std::span<const Layer> layers, size_t i) {
  if (maps_of(layers[i]) || i + 1 >= layers.size()) return {};
  const auto above = maps_of(layers[i + 1]);
  return above ? ChannelsLast{1, above->places(), above->features, 1} : ChannelsLast{};
}

/// Layer i of an nn.Sequential in which an activation follows each layer.
void add_sequential(std::vector<ParameterBlock>& blocks, std::string_view part, std::span<const Layer> layers, bool of_encoder) {
  for (size_t i = 0; i < layers.size(); ++i) {
    add_block(blocks, fmt::format("{}.{}.weight", part, 2 * i), weight_shape(layers[i]), of_encoder, weight_order(layers, i));
    add_block(blocks, fmt::format("{}.{}.bias", part, 2 * i), bias_shape(layers[i]), of_encoder, bias_order(layers, i));
  }
}

// Slots of the workspace: the outputs of encoder and decoder layers, then the rest.
enum Slot : size_t {
  kEncoder = 0,
  kDecoder = kMaxLayers,
  kZ = 2 * kMaxLayers,
  kDeviation,
  kClamped,
  kKl,
  kLogVariance,
  kDz,
  kDHead,
  kScratchA,
  kScratchB,
  kScratchGradients,
};
enum DoubleSlot : size_t { kPartials, kRowKl };

}  // namespace

template <class S>
struct Vae<S>::Buffers {
  size_t n = 0;
  std::array<View2<S>, kMaxLayers> encoder_store, decoder_store;
  size_t encoder_layers = 0, decoder_layers = 0;
  View2<S> z, deviation, clamped, kl, log_variance, dz, d_head;
  Network::Scratch<S> scratch;
  std::span<double> partials;  // n x column_tiles: each row's reconstruction loss in each tile of the last product
  std::span<double> row_kl;    // n
  size_t column_tiles = 1;

  std::span<const View2<S>> encoder() const { return {encoder_store.data(), encoder_layers}; }
  std::span<const View2<S>> decoder() const { return {decoder_store.data(), decoder_layers}; }
  View2<S> head() const { return encoder_store[encoder_layers - 1]; }    // n x 2 latent: means, then log-variances
  View2<S> output() const { return decoder_store[decoder_layers - 1]; }  // n x width
};

template <class S>
Vae<S>::Vae(const ModelConfig& config, Network encoder, Network decoder)
    : config_(config), width_(encoder.in()), encoder_(std::move(encoder)), decoder_(std::move(decoder)) {
  const auto layers = encoder_.layers();
  const size_t z = config_.latent, in = layer_in(layers.back());
  const auto maps = layers.size() > 1 ? maps_of(layers[layers.size() - 2]) : std::nullopt;
  const ChannelsLast heads = maps ? ChannelsLast{z, maps->places(), maps->features, 1} : ChannelsLast{};
  add_sequential(blocks_, "encoder", layers.first(layers.size() - 1), true);
  add_block(blocks_, "mean.weight", {z, in}, true, heads);
  add_block(blocks_, "log_variance.weight", {z, in}, true, heads);
  add_block(blocks_, "mean.bias", {z}, true);
  add_block(blocks_, "log_variance.bias", {z}, true);
  add_sequential(blocks_, "decoder", decoder_.layers(), false);
}

template <class S>
ModelMacs Vae<S>::macs() const {
  ModelMacs m;
  for (const Layer& layer : encoder_.layers()) m.encode += layer_macs(layer);
  for (const Layer& layer : decoder_.layers()) m.decode += layer_macs(layer);
  m.step = 3.0 * (m.encode + m.decode) - layer_macs(encoder_.layers().front());
  return m;
}

template <class S>
void Vae<S>::initialise(std::span<S> parameters, uint64_t seed) const {
  encoder_.initialise<S>(parameters.first(encoder_.parameter_count()), seed, 0);
  decoder_.initialise<S>(parameters.subspan(encoder_.parameter_count()), seed, static_cast<uint32_t>(encoder_.layers().size()));
}

template <class S>
auto Vae<S>::buffers(Workspace<S>& work, size_t n, bool gradients) const -> Buffers {
  Buffers b;
  b.n = n;
  b.encoder_layers = encoder_.layers().size();
  b.decoder_layers = decoder_.layers().size();
  const auto matrix = [&](size_t slot, size_t cols) { return View2<S>(work.buffer(slot, n * cols).data(), n, cols); };
  const size_t z = config_.latent;
  for (size_t i = 0; i < encoder_.layers().size(); ++i) b.encoder_store[i] = matrix(kEncoder + i, layer_out(encoder_.layers()[i]));
  for (size_t i = 0; i < decoder_.layers().size(); ++i) b.decoder_store[i] = matrix(kDecoder + i, layer_out(decoder_.layers()[i]));
  b.z = matrix(kZ, z);
  b.deviation = matrix(kDeviation, z);
  b.clamped = matrix(kClamped, z);
  b.kl = matrix(kKl, z);
  b.log_variance = matrix(kLogVariance, z);
  b.dz = matrix(kDz, z);
  b.d_head = matrix(kDHead, 2 * z);
  if (gradients) {
    const size_t widest = std::max(encoder_.widest_input(), decoder_.widest_input());
    b.scratch = {work.buffer(kScratchA, n * widest), work.buffer(kScratchB, n * widest),
                 work.buffer(kScratchGradients, std::max(encoder_.gradient_scratch(n), decoder_.gradient_scratch(n)))};
  }
  b.column_tiles = decoder_.output_tiles(n);
  b.partials = work.doubles(kPartials, n * b.column_tiles);
  b.row_kl = work.doubles(kRowKl, n);
  return b;
}

template <class S>
double Vae<S>::tile_loss(const S* output, const S* x, size_t n, S scale, S* gradient) const {
  if (config_.likelihood == LikelihoodKind::bernoulli) return bernoulli_loss<S>(output, x, n, scale, gradient);
  return gaussian_loss<S>(output, x, n, config_.gaussian_sigma, config_.gaussian_mean == GaussianMean::sigmoid, scale, gradient);
}

template <class S>
void Vae<S>::sample(ComputePool& pool, const Buffers& b, const Pass<S>& io) const {
  const size_t z = config_.latent;
  const auto rows = [&](size_t tile) {
    for (size_t i = tile * kRowTile; i < std::min(b.n, (tile + 1) * kRowTile); ++i) {
      const S* mean = b.head().row_data(i);
      S* log_variance = b.log_variance.row_data(i);
      std::copy(mean + z, mean + 2 * z, log_variance);
      b.row_kl[i] = sample_posterior<S>(mean, log_variance, io.noise.row_data(i), z, b.z.row_data(i), b.deviation.row_data(i),
                                        b.clamped.row_data(i), b.kl.row_data(i));
      if (io.mean.data) std::copy(mean, mean + z, io.mean.row_data(i));
      if (io.log_variance.data) std::copy(log_variance, log_variance + z, io.log_variance.row_data(i));
    }
  };
  pool.run((b.n + kRowTile - 1) / kRowTile, rows);
}

template <class S>
void Vae<S>::reconstruct(ComputePool& pool, const Buffers& b, std::span<const S> decoder, const Pass<S>& io, bool with_gradient) const {
  const S scale = S(1) / static_cast<S>(b.n);
  const View2<S> output = b.output();
  // Loss and gradient of a tile of outputs while it is in cache; the gradient takes the outputs' place.
  const auto loss = [&](const Tile& t) {
    for (size_t i = t.row_begin; i < t.row_end; ++i) {
      S* row = output.row_data(i) + t.col_begin;
      b.partials[i * b.column_tiles + t.col_index] =
          tile_loss(row, io.x.row_data(i) + t.col_begin, t.col_end - t.col_begin, scale, with_gradient ? row : nullptr);
    }
  };
  decoder_.forward<S>(pool, decoder, b.z, b.decoder(), loss);
}

template <class S>
double Vae<S>::row_reconstruction(const Buffers& b, size_t i) const {
  double row = 0.0;
  for (size_t t = 0; t < b.column_tiles; ++t) row += b.partials[i * b.column_tiles + t];
  return row;
}

template <class S>
LossTerms Vae<S>::reduce(const Buffers& b, const Pass<S>& io) const {
  LossTerms terms;
  for (size_t i = 0; i < b.n; ++i) {
    const double row = row_reconstruction(b, i);
    terms.reconstruction += row;
    terms.kl += b.row_kl[i];
    if (!io.reconstruction.empty()) io.reconstruction[i] = static_cast<S>(row);
    if (!io.kl.empty()) io.kl[i] = static_cast<S>(b.row_kl[i]);
  }
  const double n = static_cast<double>(b.n);
  for (size_t j = 0; j < io.kl_per_dimension.size(); ++j) {
    double sum = 0.0;
    for (size_t i = 0; i < b.n; ++i) sum += static_cast<double>(b.kl(i, j));
    io.kl_per_dimension[j] = static_cast<S>(sum / n);
  }
  terms.reconstruction /= n;
  terms.kl /= n;
  terms.objective = terms.reconstruction + static_cast<double>(io.beta) * terms.kl;
  return terms;
}

template <class S>
void Vae<S>::backward(ComputePool& pool, const Buffers& b, std::span<const S> parameters, const Pass<S>& io, std::span<S> gradients) const {
  const size_t z = config_.latent, split = encoder_.parameter_count();
  decoder_.backward<S>(pool, parameters.subspan(split), b.z, b.decoder(), b.output(), gradients.subspan(split),
                       io.encoder_gradient ? b.dz : View2<S>(), b.scratch);
  if (!io.encoder_gradient) return;
  const S kl_weight = io.beta / static_cast<S>(b.n);
  const auto rows = [&](size_t tile) {
    for (size_t i = tile * kRowTile; i < std::min(b.n, (tile + 1) * kRowTile); ++i)
      posterior_gradient<S>(b.head().row_data(i), io.noise.row_data(i), b.deviation.row_data(i), b.clamped.row_data(i), b.dz.row_data(i),
                            kl_weight, z, b.d_head.row_data(i), b.d_head.row_data(i) + z);
  };
  pool.run((b.n + kRowTile - 1) / kRowTile, rows);
  encoder_.backward<S>(pool, parameters.first(split), io.x, b.encoder(), b.d_head, gradients.first(split), View2<S>(), b.scratch);
}

template <class S>
LossTerms Vae<S>::pass(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, const Pass<S>& io,
                       std::span<S> gradients) const {
  const Buffers b = buffers(work, io.x.rows, !gradients.empty());
  encoder_.forward<S>(pool, parameters.first(encoder_.parameter_count()), io.x, b.encoder());
  sample(pool, b, io);
  reconstruct(pool, b, parameters.subspan(encoder_.parameter_count()), io, !gradients.empty());
  if (!gradients.empty()) backward(pool, b, parameters, io, gradients);
  return reduce(b, io);
}

template <class S>
void Vae<S>::encode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<S> mean,
                    View2<S> log_variance) const {
  const Buffers b = buffers(work, x.rows);
  encoder_.forward<S>(pool, parameters.first(encoder_.parameter_count()), x, b.encoder());
  const size_t z = config_.latent;
  constexpr S low = S(kMinLogVariance), high = S(kMaxLogVariance);
  for (size_t i = 0; i < b.n; ++i) {
    const S* row = b.head().row_data(i);
    if (mean.data) std::copy(row, row + z, mean.row_data(i));
    if (!log_variance.data) continue;
    for (size_t j = 0; j < z; ++j) log_variance(i, j) = row[z + j] < low ? low : (row[z + j] > high ? high : row[z + j]);
  }
}

template <class S>
void Vae<S>::reconstruction(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> x, View2<const S> z,
                            std::span<S> out) const {
  const Buffers b = buffers(work, x.rows);
  std::copy_n(z.data, z.rows * z.cols, b.z.data);
  Pass<S> io;
  io.x = x;
  reconstruct(pool, b, parameters.subspan(encoder_.parameter_count()), io, false);
  for (size_t i = 0; i < b.n; ++i) out[i] = static_cast<S>(row_reconstruction(b, i));
}

template <class S>
void Vae<S>::decode(ComputePool& pool, Workspace<S>& work, std::span<const S> parameters, View2<const S> z, View2<S> x) const {
  Buffers b = buffers(work, z.rows);
  b.decoder_store[b.decoder_layers - 1] = x;
  const bool squash = config_.likelihood == LikelihoodKind::bernoulli || config_.gaussian_mean == GaussianMean::sigmoid;
  const auto finish = [&](const Tile& t) {
    for (size_t i = t.row_begin; i < t.row_end; ++i) sigmoid<S>(x.row_data(i) + t.col_begin, t.col_end - t.col_begin);
  };
  decoder_.forward<S>(pool, parameters.subspan(encoder_.parameter_count()), z, b.decoder(), squash ? TileFunction(finish) : TileFunction());
}

namespace {

// Numbers that training keeps for each parameter: itself, its gradient, two moments of Adam, and the last good copy of three.
constexpr double kCopies = 7.0;
// Rows of the largest pass in common use: a chunk of an evaluation.
constexpr size_t kUsualRows = 512;

double memory_bytes() { return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)); }

Status check_layers(const char* side, const NetworkSpec& spec) {
  // What the model's tables hold: far above any use, room left for the layers that frame the hidden ones.
  constexpr size_t most = kMaxLayers - 2;
  if (spec.size() <= most) return {};
  return fail(ErrorCode::invalid_argument, "{} has {} hidden layers, expected at most {}", side, spec.size(), most);
}

}  // namespace

template <class S>
Result<std::shared_ptr<const Model<S>>> make_vae(const ModelConfig& config, std::span<const size_t> shape) {
  LS_CHECK(check_layers("encoder", config.encoder));
  LS_CHECK(check_layers("decoder", config.decoder));
  LS_TRY(Network encoder, Network::reading(config.encoder, shape, 2 * config.latent, config.activation));
  LS_TRY(Network decoder, Network::writing(config.decoder, config.latent, shape, config.activation));
  const double count = parameter_count_of(encoder.layers()) + parameter_count_of(decoder.layers());
  const double working = encoder.working_numbers(kUsualRows) + decoder.working_numbers(kUsualRows);
  const double bytes = (count * kCopies + working) * sizeof(S), most = memory_bytes() / 2;
  if (bytes > most)
    return fail(
        ErrorCode::out_of_memory,
        "a model of {:.1f} million parameters that keeps {:.1f} million numbers for {} examples would need {:.1f} GB to train, more than "
        "half of this machine's {:.1f} GB; choose smaller layers or fewer latents",
        count / 1e6, working / 1e6, kUsualRows, bytes / 1e9, 2 * most / 1e9);
  return std::shared_ptr<const Model<S>>(std::make_shared<Vae<S>>(config, std::move(encoder), std::move(decoder)));
}

template Result<std::shared_ptr<const Model<float>>> make_vae<float>(const ModelConfig&, std::span<const size_t>);
template Result<std::shared_ptr<const Model<double>>> make_vae<double>(const ModelConfig&, std::span<const size_t>);
template class Vae<float>;
template class Vae<double>;

}  // namespace latentscape
