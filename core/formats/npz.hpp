// NPZ: named NPY arrays in one zip file, as numpy.load and numpy.savez_compressed use it.
#pragma once

#include <memory>
#include <utility>

#include "core/formats/npy.hpp"
#include "core/formats/npy_rows.hpp"

struct zip_source;

namespace latentscape {

/// In file order; names without ".npy".
using NamedArrays = std::vector<std::pair<std::string, NpyArray>>;

/// Deflated, without times: the same arrays give the same bytes. Errors: invalid_argument (empty or duplicate names).
Result<Bytes> npz_bytes(const NamedArrays& arrays);
/// An archive whose arrays are read one by one. Errors: corrupt (no zip, no arrays, an entry that is not what the archive or its own header
/// promises), out_of_memory (an entry that would unpack to more than half of the machine's memory: said before anything is unpacked).
class NpzFile {
 public:
  static Result<NpzFile> open(const std::filesystem::path& path);
  /// The bytes must outlive it.
  static Result<NpzFile> from(ByteView bytes, std::string_view name);

  const std::vector<std::string>& names() const { return names_; }  // in file order, without ".npy"
  Result<NpyArray> read(const std::string& name) const;
  /// Unpacked as it is read; of any size. An array in Fortran order is unpacked first, as all of `read`.
  Result<NpyRows> rows(const std::string& name) const;
  Result<NamedArrays> all() const;

 private:
  struct State;
  class Entry;
  Result<size_t> index_of(const std::string& name) const;
  Result<Bytes> unpack(size_t index) const;
  static Result<NpzFile> from_source(zip_source* source, std::string_view name);
  std::shared_ptr<State> state_;
  std::vector<std::string> names_;
};

/// Entries that are not NPY are an error (corrupt).
Result<NamedArrays> parse_npz(ByteView bytes, std::string_view name);
Result<NamedArrays> read_npz(const std::filesystem::path& path);

}  // namespace latentscape
