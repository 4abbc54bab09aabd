#include "core/io/checkpoint.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "core/base/version.hpp"
#include "core/data/table_fit.hpp"
#include "core/formats/crc.hpp"
#include "core/formats/safetensors.hpp"
#include "core/formats/safetensors_header.hpp"
#include "core/io/config_json.hpp"
#include "core/io/json_object.hpp"
#include "core/io/preprocessing_json.hpp"

namespace latentscape {

namespace {

constexpr std::string_view kKind = "latentscape checkpoint";
constexpr uint64_t kCheckpointVersion = 3;  // 1: no checksum, no state to go back to; 2: Adam alone, no schedules
// Every weight block is stored three times: itself and the optimiser's two moments of it.
using Prefixes = std::array<std::string_view, 3>;
constexpr Prefixes kPrefixes = {"", "optimizer.first_moments.", "optimizer.second_moments."};
constexpr Prefixes kPrefixesOfAdam = {"", "optimizer.adam_mean.", "optimizer.adam_variance."};  // before version 3

const Prefixes& prefixes_of(uint64_t version) { return version < 3 ? kPrefixesOfAdam : kPrefixes; }

// Before the names of the same blocks in the state that a recovery goes back to, where that is another one.
constexpr std::string_view kRecovery = "recovery.";
constexpr const char* kChecksum = "crc32";

using Metadata = std::map<std::string, std::string>;

std::string shape_text(std::span<const size_t> shape) { return shape.empty() ? "()" : fmt::format("{}", fmt::join(shape, " x ")); }

Result<std::string> text_of(const Metadata& metadata, const std::string& key, std::string_view where) {
  const auto it = metadata.find(key);
  if (it == metadata.end()) return fail(ErrorCode::corrupt, "{}: metadata has no '{}', expected it in every checkpoint", where, key);
  return it->second;
}

/// Reads all of the text as a number, or says which key it was.
template <class T>
Status number_of(const Metadata& metadata, const std::string& key, std::string_view where, T& value) {
  LS_TRY(const std::string text, text_of(metadata, key, where));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(ErrorCode::corrupt, "{}: metadata '{}' is '{}', expected a number", where, key, text.substr(0, 40));
  return {};
}

Result<uint64_t> check_kind(const Metadata& metadata, std::string_view where) {
  const auto kind = metadata.find("kind");
  if (kind == metadata.end() || kind->second != kKind)
    return fail(ErrorCode::corrupt, "{}: is not a checkpoint of this program, expected 'kind' to be '{}' in its metadata", where, kKind);
  uint64_t version = 0;
  LS_CHECK(number_of(metadata, "format_version", where, version));
  if (version == 0) return fail(ErrorCode::corrupt, "{}: format version is 0, expected a version from 1 on", where);
  if (version > kCheckpointVersion)
    return fail(ErrorCode::unsupported, "{}: written by a later version (format {}, this program reads up to {})", where, version,
                kCheckpointVersion);
  return version;
}

/// Of all metadata but the checksum itself, then of the tensors in the order of the file.
std::string checksum_of(const Safetensors& file) {
  uint32_t crc = 0;
  const auto add = [&crc](const std::string& text) {
    crc = crc32_of(ByteView(reinterpret_cast<const uint8_t*>(text.c_str()), text.size() + 1), crc);  // with the 0 behind it
  };
  for (const auto& entry : file.metadata) {
    if (entry.first == kChecksum) continue;
    add(entry.first);
    add(entry.second);
  }
  for (const Tensor& tensor : file.tensors) crc = crc32_of(tensor.bytes, crc);
  return fmt::format("{:08x}", crc);
}

Status check_checksum(const Safetensors& file, std::string_view where) {
  LS_TRY(const std::string expected, text_of(file.metadata, kChecksum, where));
  const std::string found = checksum_of(file);
  if (found == expected) return {};
  return fail(ErrorCode::corrupt, "{}: is damaged: its {} is {}, expected {}", where, kChecksum, found, expected);
}

void add_plateau(Metadata& m, const std::string& prefix, const PlateauState& plateau) {
  if (plateau.best) m[prefix + "plateau_best"] = fmt::format("{}", *plateau.best);
  m[prefix + "plateau_judged"] = std::to_string(plateau.judged);
  m[prefix + "plateau_waited"] = std::to_string(plateau.waited);
  m[prefix + "plateau_scale"] = fmt::format("{}", plateau.scale);
}

Status read_plateau(const Metadata& m, const std::string& prefix, std::string_view where, PlateauState& plateau) {
  if (m.count(prefix + "plateau_best")) LS_CHECK(number_of(m, prefix + "plateau_best", where, plateau.best.emplace()));
  LS_CHECK(number_of(m, prefix + "plateau_judged", where, plateau.judged));
  LS_CHECK(number_of(m, prefix + "plateau_waited", where, plateau.waited));
  return number_of(m, prefix + "plateau_scale", where, plateau.scale);
}

Metadata metadata_of(const Checkpoint& c) {
  const TrainerState& s = c.state;
  Metadata m;
  m["kind"] = kKind;
  m["format_version"] = std::to_string(kCheckpointVersion);
  m["program_version"] = kVersion;
  m["config"] = json_from_config(c.config);
  m["step"] = std::to_string(s.step);
  m["epoch"] = std::to_string(s.epoch);
  m["position"] = std::to_string(s.position);
  m["recoveries"] = std::to_string(s.recoveries);
  m["batch"] = std::to_string(s.batch);
  // fmt writes the shortest text that reads back as the same double.
  m["learning_rate"] = fmt::format("{}", s.learning_rate);
  m["beta"] = fmt::format("{}", s.beta);
  m["learning_rate_scale"] = fmt::format("{}", s.learning_rate_scale);
  m["attempts"] = std::to_string(s.attempts);
  m["fault_step"] = std::to_string(s.fault_step);
  m["target_epochs"] = std::to_string(s.target_epochs);
  add_plateau(m, "", s.plateau);
  if (s.good_loss) m["good_loss"] = fmt::format("{}", *s.good_loss);
  if (s.good) {
    m["recovery_step"] = std::to_string(s.good->step);
    m["recovery_epoch"] = std::to_string(s.good->epoch);
    m["recovery_position"] = std::to_string(s.good->position);
    add_plateau(m, "recovery_", s.good->plateau);
  }
  std::vector<std::string> added;
  for (const auto& [row, label] : s.labels_added) added.push_back(fmt::format("{}:{}", row, label));
  if (!added.empty()) m["labels_added"] = fmt::format("{}", fmt::join(added, ","));
  m["heldout_loss"] = fmt::format("{}", c.heldout_loss);
  m["shape"] = fmt::format("{}", fmt::join(c.shape, ","));
  m["classes"] = json_from_texts(c.classes);
  if (!c.unmet.empty()) m["unmet_classes"] = json_from_texts(c.unmet);
  m["data_fingerprint"] = c.data_fingerprint;
  if (!c.preprocessing.empty()) m["preprocessing"] = json_from_preprocessing(c.preprocessing);
  return m;
}

Result<std::vector<size_t>> shape_of(const Metadata& metadata, std::string_view where) {
  LS_TRY(const std::string text, text_of(metadata, "shape", where));
  std::vector<size_t> shape;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    size_t length = 0;
    const auto [next, error] = std::from_chars(at, end, length);
    if (error != std::errc{} || (next != end && *next != ',') || length == 0 || shape.size() == 8)
      return fail(ErrorCode::corrupt, "{}: metadata 'shape' is '{}', expected sizes such as 28,28", where, text.substr(0, 40));
    shape.push_back(length);
    if (next == end) return shape;
    at = next + 1;
  }
}

Status read_recovery(const Metadata& m, uint64_t version, std::string_view where, TrainerState& s) {
  LS_CHECK(number_of(m, "attempts", where, s.attempts));
  LS_CHECK(number_of(m, "fault_step", where, s.fault_step));
  if (m.count("good_loss")) LS_CHECK(number_of(m, "good_loss", where, s.good_loss.emplace()));
  if (!m.count("recovery_step") && !m.count("recovery_epoch") && !m.count("recovery_position")) return {};
  s.good.emplace();
  LS_CHECK(number_of(m, "recovery_step", where, s.good->step));
  LS_CHECK(number_of(m, "recovery_epoch", where, s.good->epoch));
  LS_CHECK(number_of(m, "recovery_position", where, s.good->position));
  return version < 3 ? Status() : read_plateau(m, "recovery_", where, s.good->plateau);
}

/// "row:class,row:class": what a person named while it trained.
Status read_labels(const Metadata& m, std::string_view where, TrainerState& s) {
  const auto text = m.find("labels_added");
  if (text == m.end()) return {};
  const char* at = text->second.data();
  const char* const end = at + text->second.size();
  while (at < end) {
    auto& [row, label] = s.labels_added.emplace_back();
    const auto first = std::from_chars(at, end, row);
    const bool colon = first.ec == std::errc{} && first.ptr < end && *first.ptr == ':';
    const auto second = colon ? std::from_chars(first.ptr + 1, end, label) : first;
    if (!colon || second.ec != std::errc{} || (second.ptr < end && *second.ptr != ','))
      return fail(ErrorCode::corrupt, "{}: metadata 'labels_added' is '{}', expected row:class, as in 17:3,20:1", where,
                  text->second.substr(0, 40));
    at = second.ptr + (second.ptr < end);
  }
  return {};
}

Status read_metadata(const Metadata& m, uint64_t version, std::string_view where, Checkpoint& c) {
  LS_TRY(const std::string config, text_of(m, "config", where));
  LS_TRY(c.config, config_from_json(config, fmt::format("{}: config", where)));
  TrainerState& s = c.state;
  LS_CHECK(number_of(m, "step", where, s.step));
  LS_CHECK(number_of(m, "epoch", where, s.epoch));
  LS_CHECK(number_of(m, "position", where, s.position));
  LS_CHECK(number_of(m, "recoveries", where, s.recoveries));
  LS_CHECK(number_of(m, "batch", where, s.batch));
  LS_CHECK(number_of(m, "learning_rate", where, s.learning_rate));
  LS_CHECK(number_of(m, "beta", where, s.beta));
  LS_CHECK(number_of(m, "learning_rate_scale", where, s.learning_rate_scale));
  if (version >= 2) LS_CHECK(read_recovery(m, version, where, s));
  LS_CHECK(read_labels(m, where, s));
  s.target_epochs = c.config.epochs.value_or(1);
  if (version >= 3) {
    LS_CHECK(number_of(m, "target_epochs", where, s.target_epochs));
    LS_CHECK(read_plateau(m, "", where, s.plateau));
  }
  LS_CHECK(number_of(m, "heldout_loss", where, c.heldout_loss));
  LS_TRY(c.shape, shape_of(m, where));
  LS_TRY(const std::string classes, text_of(m, "classes", where));
  LS_TRY(c.classes, texts_from_json(classes, fmt::format("{}: classes", where)));
  if (const auto unmet = m.find("unmet_classes"); unmet != m.end()) {
    LS_TRY(c.unmet, texts_from_json(unmet->second, fmt::format("{}: unmet_classes", where)));
  }
  LS_TRY(c.data_fingerprint, text_of(m, "data_fingerprint", where));
  if (const auto text = m.find("preprocessing"); text != m.end()) {
    LS_TRY(c.preprocessing, preprocessing_from_json(text->second, fmt::format("{}: preprocessing", where)));
    if (c.shape != std::vector{width_of(c.preprocessing)})
      return fail(ErrorCode::corrupt, "{}: its preprocessing makes {} numbers, expected {}", where, width_of(c.preprocessing),
                  shape_text(c.shape));
  }
  return {};
}

/// One of the three flat vectors, block by block, each of the shape that the model has there.
Status read_vector(const Safetensors& file, const ModelF& model, const std::string& prefix, std::string_view where,
                   std::vector<float>& out) {
  out.assign(model.parameter_count(), 0.0f);
  for (const ParameterBlock& block : model.blocks()) {
    const std::string name = prefix + block.name;
    const Tensor* tensor = file.find(name);
    if (!tensor) return fail(ErrorCode::corrupt, "{}: tensor {} is missing, expected {}", where, name, shape_text(block.shape));
    if (tensor->shape != block.shape)
      return fail(ErrorCode::corrupt, "{}: tensor {} has shape {}, expected {}: the checkpoint is of another model", where, name,
                  shape_text(tensor->shape), shape_text(block.shape));
    LS_TRY(const std::vector<float> values, floats_of(file, name).context(where));
    take_torch_order(block, values, std::span(out).subspan(block.offset, block.size));
    for (size_t i = 0; i < values.size(); ++i)
      if (!std::isfinite(values[i]))
        return fail(ErrorCode::corrupt, "{}: tensor {} holds {} at element {}, expected finite numbers", where, name, values[i], i);
  }
  return {};
}

/// The sum of all blocks could be larger than the file by far; compared before anything of that size is allocated.
Status check_sizes(const Safetensors& file, const ModelF& model, std::string_view where) {
  size_t bytes = 0;
  for (const Tensor& tensor : file.tensors) bytes += tensor.bytes.size();
  for (const ParameterBlock& block : model.blocks()) {
    const Tensor* tensor = file.find(block.name);
    if (!tensor) return fail(ErrorCode::corrupt, "{}: tensor {} is missing, expected {}", where, block.name, shape_text(block.shape));
    if (tensor->shape != block.shape)
      return fail(ErrorCode::corrupt, "{}: tensor {} has shape {}, expected {}: the checkpoint is of another model", where, block.name,
                  shape_text(tensor->shape), shape_text(block.shape));
  }
  const size_t expected = model.parameter_count() * sizeof(float);
  if (bytes / kPrefixes.size() < expected)
    return fail(ErrorCode::corrupt, "{}: holds {} bytes of tensors, expected {} (weights and two moments)", where, bytes, expected * 3);
  return {};
}

/// Three vectors of a TrainerState or its GoodState.
Status read_vectors(const Safetensors& file, const ModelF& model, const Prefixes& prefixes, std::string_view prefix, std::string_view where,
                    auto& numbers) {
  const std::array<std::vector<float>*, 3> vectors = {&numbers.parameters, &numbers.first_moments, &numbers.second_moments};
  for (size_t v = 0; v < vectors.size(); ++v)
    LS_CHECK(read_vector(file, model, fmt::format("{}{}", prefix, prefixes[v]), where, *vectors[v]));
  return {};
}

Status add_vectors(Safetensors& file, const ModelF& model, std::string_view prefix, const std::string& path, const auto& numbers) {
  const std::array<const std::vector<float>*, 3> vectors = {&numbers.parameters, &numbers.first_moments, &numbers.second_moments};
  for (size_t v = 0; v < vectors.size(); ++v) {
    const std::span<const float> values = *vectors[v];
    if (values.size() != model.parameter_count())
      return fail(ErrorCode::internal, "{}: {} numbers for a model of {}", path, values.size(), model.parameter_count());
    for (const float value : values)
      if (!std::isfinite(value)) return fail(ErrorCode::non_finite, "{}: not written, the weights hold {}", path, value);
    for (const ParameterBlock& block : model.blocks())
      file.tensors.push_back(tensor_from(fmt::format("{}{}{}", prefix, kPrefixes[v], block.name), block.shape,
                                         torch_order(block, values.subspan(block.offset, block.size))));
  }
  return {};
}

Status check_no_others(const Safetensors& file, const ModelF& model, const Prefixes& prefixes, bool recovery, std::string_view where) {
  std::map<std::string_view, size_t> known;
  for (const ParameterBlock& block : model.blocks()) known[block.name] = block.size;
  for (const Tensor& tensor : file.tensors) {
    std::string_view name = tensor.name;
    if (recovery && name.substr(0, kRecovery.size()) == kRecovery) name.remove_prefix(kRecovery.size());
    for (const std::string_view prefix : {prefixes[1], prefixes[2]})
      if (name.substr(0, prefix.size()) == prefix) name.remove_prefix(prefix.size());
    if (!known.count(name))
      return fail(ErrorCode::corrupt, "{}: tensor {} is not part of the model its config describes", where, tensor.name);
  }
  return {};
}

}  // namespace

Status write_checkpoint(const std::string& path, const Checkpoint& checkpoint, const ModelF& model) {
  const TrainerState& state = checkpoint.state;
  Safetensors file;
  file.metadata = metadata_of(checkpoint);
  LS_CHECK(add_vectors(file, model, "", path, state));
  if (state.good) LS_CHECK(add_vectors(file, model, kRecovery, path, *state.good));
  file.metadata[kChecksum] = checksum_of(file);
  return write_safetensors(path, file);
}

Result<Checkpoint> parse_checkpoint(std::span<const uint8_t> bytes, const std::string& where) {
  LS_TRY(const Safetensors file, parse_safetensors(bytes, where));
  LS_TRY(const uint64_t version, check_kind(file.metadata, where));
  Checkpoint checkpoint;
  LS_CHECK(read_metadata(file.metadata, version, where, checkpoint));
  LS_TRY(const std::shared_ptr<const ModelF> model, make_model(checkpoint.config.model, checkpoint.shape).context(where));
  TrainerState& state = checkpoint.state;
  LS_CHECK(check_sizes(file, *model, where));
  LS_CHECK(check_no_others(file, *model, prefixes_of(version), state.good.has_value(), where));
  LS_CHECK(read_vectors(file, *model, prefixes_of(version), "", where, state));
  if (state.good) LS_CHECK(read_vectors(file, *model, prefixes_of(version), kRecovery, where, *state.good));
  if (version >= 2) LS_CHECK(check_checksum(file, where));  // last: what is wrong by itself says more
  return checkpoint;
}

Result<Checkpoint> read_checkpoint(const std::string& path) {
  LS_TRY(const Bytes bytes, read_file(path));
  return parse_checkpoint(bytes, path);
}

Result<CheckpointSummary> read_checkpoint_summary(const std::string& path) {
  struct Closer {
    int fd;
    ~Closer() {
      if (fd >= 0) ::close(fd);
    }
  } const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return fail(ErrorCode::not_found, "{}: cannot be opened", path);
  std::array<uint8_t, 8> prefix{};
  uint64_t length = 0;
  const bool have_prefix = ::pread(file.fd, prefix.data(), prefix.size(), 0) == 8;
  for (size_t i = 8; i-- > 0;) length = length << 8 | prefix[i];
  std::error_code error;
  const uint64_t size = std::filesystem::file_size(path, error);
  if (!have_prefix || error || length > size - 8 || length > (uint64_t{100} << 20))
    return fail(ErrorCode::corrupt, "{}: is not a safetensors file, or it breaks off", path);
  std::string json(length, '\0');
  if (::pread(file.fd, json.data(), json.size(), 8) != static_cast<ssize_t>(length)) return fail(ErrorCode::io, "{}: cannot be read", path);
  LS_TRY(const SafetensorsHeader header, parse_safetensors_header(json, path));
  LS_TRY([[maybe_unused]] const uint64_t version, check_kind(header.metadata, path));
  uint64_t end = 0;
  for (const TensorEntry& entry : header.entries) end = std::max<uint64_t>(end, entry.end);
  if (size - 8 - length != end) return fail(ErrorCode::corrupt, "{}: has {} bytes, expected {}", path, size, 8 + length + end);
  CheckpointSummary summary;
  LS_CHECK(number_of(header.metadata, "step", path, summary.step));
  LS_CHECK(number_of(header.metadata, "heldout_loss", path, summary.heldout_loss));
  return summary;
}

}  // namespace latentscape
