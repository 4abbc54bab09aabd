// Image reading: files decoded in parallel into the rows of a Dataset, brought to one size and colour.
#pragma once

#include "core/data/image_files.hpp"
#include "core/data/source.hpp"

namespace latentscape {

/// Fills shape, rows, values and split of `data`; transparent pixels lie on white. Adds warnings: files left out, mixed sizes, 16 bits, the
/// same file twice. Pixels over the memory budget are mapped from the cache (value_cache.hpp). `kept` is the index of each row's file. The
/// same rows in the same order at any number of threads. Errors: invalid_argument (mixed sizes without reading.size, two files named),
/// those of the cache, corrupt (no image left), cancelled.
Status read_images(const DataRequest& request, const ImageFiles& found, Dataset& data, std::vector<uint32_t>& kept);

}  // namespace latentscape
