#include "core/data/sha256.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

#include "core/formats/byte_source.hpp"

namespace latentscape {

namespace {

constexpr size_t kPiece = size_t{4} << 20;

}  // namespace

struct Sha256::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  if (!state_->context || EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}
Sha256::~Sha256() = default;

void Sha256::add(ByteView bytes) { EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); }
void Sha256::add(std::string_view text) { EVP_DigestUpdate(state_->context, text.data(), text.size()); }

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(state_->context, digest.data(), &size);
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of(ByteView bytes) {
  Sha256 sum;
  sum.add(bytes);
  return sum.hex();
}

Result<std::string> sha256_of_file(const std::filesystem::path& path, const std::stop_token& stop, const Progress& progress) {
  LS_TRY(const auto source, bytes_in_file(path));
  Sha256 sum;
  Bytes piece;
  for (uint64_t at = 0; at < source->size(); at += piece.size()) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "{}: loading was stopped", path.string());
    if (progress) progress(static_cast<double>(at) / static_cast<double>(source->size()), "looking for " + path.filename().string());
    piece.resize(std::min<uint64_t>(kPiece, source->size() - at));
    LS_CHECK(source->read(at, piece));
    sum.add(piece);
  }
  return sum.hex();
}

}  // namespace latentscape
