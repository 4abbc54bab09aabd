// Arrays of NumPy as data: what their dimensions and values mean.
#pragma once

#include "core/data/source.hpp"
#include "core/formats/npy.hpp"
#include "core/formats/npy_rows.hpp"

namespace latentscape {

/// n x d is a table; n x h x w and n x h x w x c (c is 1 or 3) are images with values from 0 to 1, or 0 to 255: whole ones become bytes, so
/// that the fingerprint is that of the same pixels from elsewhere. The rows of all `parts`, one behind the other; `request.spec` is the
/// file that they are from. Values over the memory budget are mapped from the cache, or in place from an NPY file whose values are what
/// they become and that is safe there. Errors: unsupported (other dimensions), corrupt (no rows, other values, rows of another shape),
/// cancelled, those of the cache.
Result<Dataset> dataset_from_rows(std::vector<NpyRows> parts, const DataRequest& request);

/// A column `label` of one number a row (n, or n x 1): classes where all are whole. Errors (corrupt): another number of rows.
Status add_label_array(Dataset& data, const NpyArray& labels, const std::string& where);

}  // namespace latentscape
